/** A company of two services and three teams in a few files: what its catalog says, and calls through its gateway. */
const component = (name: string, owner: string): string =>
  [
    'apiVersion: backstage.io/v1alpha1',
    'kind: Component',
    `metadata: {name: ${name}}`,
    `spec: {type: service, lifecycle: production, owner: 'group:${owner}'}`,
  ].join('\n')
const group = (name: string): string =>
  [
    'apiVersion: backstage.io/v1alpha1',
    'kind: Group',
    `metadata: {name: ${name}}`,
    'spec: {type: team, children: []}',
  ].join('\n')

/** Heron is marsh's, crane is rivers'; lakes has nothing yet. */
export const CATALOG = `${[
  ...['marsh', 'rivers', 'lakes'].map(group),
  component('heron-api', 'marsh'),
  component('crane-api', 'rivers'),
].join('\n---\n')}\n`

export interface Called {
  readonly id: string
  /** `2025-03-04`. */
  readonly day: string
  readonly key?: string
  readonly usd: string
}

const TEAM_OF: {readonly [key: string]: string} = {heron: 'marsh', crane: 'rivers'}

/** A gateway's log. Key `heron` is called heron-api and billed to its team; `odd` has no name that says anything. */
export const log = (...calls: readonly Called[]): string =>
  calls
    .map(({id, day, key = 'heron', usd}, index) =>
      JSON.stringify({
        request_id: id,
        call_type: 'acompletion',
        api_key: `hash-of-${key}`,
        spend: usd,
        startTime: `${day}T10:00:${String(index).padStart(2, '0')}Z`,
        model: 'gpt-5-2025-08-07',
        custom_llm_provider: 'openai',
        prompt_tokens: 100,
        completion_tokens: 10,
        total_tokens: 110,
        ...(key !== 'odd' && {
          metadata: {user_api_key_alias: `${key}-api`, user_api_key_team_alias: TEAM_OF[key]},
          request_tags: JSON.stringify([`service:${key}-api`]),
        }),
      }),
    )
    .join('\n')

export const MARCH = [
  {id: 'm1', day: '2025-03-04', usd: '1.000000001'},
  {id: 'm2', day: '2025-03-20', usd: '2.50'},
  {id: 'm3', day: '2025-03-20', usd: '0.25', key: 'crane'},
  {id: 'm4', day: '2025-03-21', usd: '4.00', key: 'odd'},
]
export const APRIL = [
  {id: 'a1', day: '2025-04-02', usd: '1.00'},
  {id: 'a2', day: '2025-04-03', usd: '3.00', key: 'crane'},
]
