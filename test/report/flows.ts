/** A company whose logs say everything the lenses on flows read; figures below are added up by hand in `flows.test.ts`. */
import type {Files} from '../engine/reports.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 9, 5, 9)

interface Logged {
  readonly id: string
  /** Days after the first. */
  readonly day: number
  readonly usd: string
  readonly session?: string
  readonly ms?: number
  readonly failed?: boolean
  readonly said?: object
}

const TAGS = {
  ...{service: 'heron-api', project_id: 'support_console', feature: 'ticket_summary', cost_center: '04130'},
  ...{environment: 'production', request_intent: 'draft', owner_team: 'marsh'},
}

/** Seconds apart, so that each is later than the one before. */
const log = (calls: readonly Logged[]): string =>
  calls
    .map(({id, day, usd, session = null, ms = 1000, failed = false, said = {}}, index) => {
      const at = START + day * DAY + index * 1000
      return JSON.stringify({
        ...{request_id: id, call_type: 'acompletion', api_key: 'hash-heron', spend: usd, session_id: session},
        ...{startTime: new Date(at).toISOString(), endTime: new Date(at + ms).toISOString()},
        ...{model: 'gpt-5-mini', model_group: 'economy', custom_llm_provider: 'openai'},
        ...{prompt_tokens: 1000, completion_tokens: 100, status: failed ? 'failure' : 'success'},
        metadata: {
          ...{user_api_key_alias: 'heron-prod', additional_usage_values: {cache_read_input_tokens: 400}},
          spend_logs_metadata: {...TAGS, ...said},
        },
      })
    })
    .join('\n')

const routed = {route_reason: 'LOW_RISK_SUMMARY', route_policy_version: 'v7'}

/** Six tenants with a call each: $1 to $6. One answer was rejected, one call fell back after two attempts. */
const TENANTS: readonly Logged[] = [1, 2, 3, 4, 5, 6].map(n => ({
  ...{id: `tenant-${n}`, day: n, usd: `${n}`, ms: n * 1000},
  said: {
    ...{...routed, tenant_id: `tenant ${n}`, outcome_status: n === 6 ? 'rejected' : 'accepted'},
    ...(n === 2 && {fallback_used: true, retry_count: 2}),
  },
}))

/** Twenty sessions of two calls at 5 cents, and one of forty, which is 20 times as dear and as long. */
const SESSIONS: readonly Logged[] = [
  ...Array.from({length: 20}, (_, n) => [
    {id: `usual-${n}a`, day: n % 10, usd: '0.05', session: `s-${n}`},
    {id: `usual-${n}b`, day: n % 10, usd: '0.05', session: `s-${n}`, failed: n === 0},
  ]).flat(),
  ...Array.from({length: 40}, (_, n) => ({id: `loop-${n}`, day: 3, usd: '0.05', session: 's-loop'})),
]

/** Two calls of nobody's: no tags at all but production. */
const UNTAGGED: readonly Logged[] = ['a', 'b'].map(n => ({
  ...{id: `bare-${n}`, day: 1, usd: '0.25'},
  said: {project_id: null, feature: null, cost_center: null, owner_team: null, request_intent: null},
}))

const attribute = (key: string, value: string | number) => ({
  key,
  value: typeof value === 'number' ? {intValue: `${value}`} : {stringValue: value},
})

/**
 * One trace of the worker: a planner that asks once itself and has two tools ask, one of them twice.
 *
 *     plan ┬ call
 *          ├ search ┬ call
 *          │        └ call
 *          └ read ── call
 */
const spans = (): string => {
  const trace = 'abc'.padStart(32, '0')
  const at = START + 2 * DAY
  const span = (id: string, parent: string | null, attributes: object[]) => ({
    ...{traceId: trace, spanId: id.padStart(16, '0'), name: id, startTimeUnixNano: `${at}000000`},
    ...{endTimeUnixNano: `${at + 2000}000000`, attributes},
    ...(parent === null ? {} : {parentSpanId: parent.padStart(16, '0')}),
  })
  const call = (id: string, parent: string) =>
    span(id, parent, [
      attribute('gen_ai.operation.name', 'chat'),
      attribute('gen_ai.provider.name', 'openai'),
      attribute('gen_ai.request.model', 'gpt-5-mini'),
      attribute('gen_ai.usage.input_tokens', 1_000_000),
      attribute('gen_ai.usage.output_tokens', 0),
    ])
  const caller = (id: string, parent: string | null, kind: 'agent' | 'tool', name: string) =>
    span(id, parent, [
      attribute('gen_ai.operation.name', kind === 'agent' ? 'invoke_agent' : 'execute_tool'),
      attribute(`gen_ai.${kind}.name`, name),
    ])
  return JSON.stringify({
    resourceSpans: [
      {
        resource: {
          attributes: [
            attribute('service.name', 'marsh-worker'),
            attribute('deployment.environment.name', 'production'),
          ],
        },
        scopeSpans: [
          {
            spans: [
              ...[
                caller('a', null, 'agent', 'plan'),
                caller('b', 'a', 'tool', 'search'),
                caller('c', 'a', 'tool', 'read'),
              ],
              ...[call('d', 'a'), call('e', 'b'), call('f', 'b'), call('1f', 'c')],
            ],
          },
        ],
      },
    ],
  })
}

/** Eleven tickets of heron's, one of them taken back; two documents of the traced run; one event that names nothing. */
const outcomes = (): string =>
  [
    'event_id,occurred_at,outcome,quantity,unit,service,project,trace_id,success,source',
    ...Array.from(
      {length: 11},
      (_, n) =>
        `t-${n},${new Date(START + (n % 10) * DAY).toISOString()},ticket_resolved,1,ticket,heron-api,,,${n < 9},desk`,
    ),
    `t-back,${new Date(START + 9 * DAY).toISOString()},ticket_resolved,-1,ticket,heron-api,,,,desk`,
    `d-1,${new Date(START + 2 * DAY).toISOString()},document_read,2,document,,,${'abc'.padStart(32, '0')},,desk`,
    `x-1,${new Date(START + 2 * DAY).toISOString()},page_seen,1,,,,,,desk`,
  ].join('\n')

const deployments = (): string =>
  [
    'service,environment,deployed_at,revision',
    `heron-api,production,${new Date(START + 5 * DAY).toISOString()},abc123`,
  ].join('\n')

const catalog = (): string =>
  ['heron-api', 'marsh-worker']
    .map(name =>
      [
        'apiVersion: backstage.io/v1alpha1',
        'kind: Component',
        'metadata:',
        `  name: ${name}`,
        'spec:',
        '  type: service',
        '  lifecycle: production',
        '  owner: group:default/marsh',
      ].join('\n'),
    )
    .join('\n---\n')

export const company: Files = {
  'spend.jsonl': log([...TENANTS, ...SESSIONS, ...UNTAGGED]),
  'spans.jsonl': spans(),
  'outcomes.csv': outcomes(),
  'deployments.csv': deployments(),
  'catalog-info.yaml': catalog(),
}
