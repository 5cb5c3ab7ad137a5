/** OpenAI's organization: usage and costs by day, and who holds which key. */
import {parseUnixSeconds} from '../../model/time.ts'
import {array, isObject, text} from '../fields.ts'
import {buckets} from './days.ts'
import {list} from './lists.ts'
import {afterLast, afterNext, get, type Next, nextPage} from './paging.ts'
import {liveSource, type Stream} from './source.ts'

/** Every dimension an endpoint can be grouped by that tells whose use it is or what it costs. */
const FOUR = ['project_id', 'user_id', 'api_key_id', 'model']
const USAGE = {
  completions: [...FOUR, 'batch', 'service_tier'],
  embeddings: FOUR,
  moderations: FOUR,
  images: [...FOUR, 'size', 'source'],
  audio_speeches: FOUR,
  audio_transcriptions: FOUR,
  vector_stores: ['project_id'],
  code_interpreter_sessions: ['project_id'],
  file_search_calls: ['project_id', 'user_id', 'api_key_id', 'vector_store_id'],
  web_search_calls: [...FOUR, 'context_level'],
} as const

export const openai = liveSource({
  type: 'openai',
  endpoints: [
    'GET /organization/usage/:kind',
    'GET /organization/costs',
    'GET /organization/users',
    'GET /organization/projects',
    'GET /organization/projects/:id/api_keys',
    'GET /organization/projects/:id/service_accounts',
    'GET /organization/projects/:id/users',
    'GET /organization/projects/:id/groups',
    'GET /organization/groups',
    'GET /organization/groups/:id/users',
  ],
  address: 'https://api.openai.com/v1',
  credentials: ({key_env}) => [
    {
      variable: key_env ?? 'OPENAI_ADMIN_KEY',
      scope: 'an admin key (sk-admin-…) with read permission for usage and management',
    },
  ],
  sign: ({secrets: [key]}) => ({authorization: `Bearer ${key}`}),
  streams(_, address) {
    const base = `${address}/organization`
    return [
      ...Object.entries(USAGE).map(([kind, groups]) =>
        report('usage', `usage/${kind}`, `${base}/usage/${kind}`, groups, `openai/usage_${kind}.json`),
      ),
      report(
        'costs',
        'costs',
        `${base}/costs`,
        ['project_id', 'line_item', 'api_key_id'],
        'openai/costs.json',
      ),
      directory('users', `${base}/users`, 'openai/users.json'),
      list({
        ...lists('projects', `${base}/projects`, 'openai/projects.json', afterLast('after')),
        // Without its archived projects past cost is nobody's.
        ask: get(`${base}/projects`, {limit: 100, include_archived: 'true'}),
        keys: idsOf,
        below(id) {
          const project = `${base}/projects/${encodeURIComponent(id)}`
          const own = (what: string, parameters = {}, next: Next = afterLast('after')) =>
            list({
              ...lists(
                `projects/${encodeURIComponent(id)}/${what}`,
                `${project}/${what}`,
                `openai/projects/${id}/${what}.json`,
                next,
              ),
              ask: get(`${project}/${what}`, {limit: 100, ...parameters}),
            })
          return [
            // Keys of people who have left still spend, or did.
            own('api_keys', {owner_project_access: 'any'}),
            own('service_accounts'),
            own('users'),
            own('groups', {}, afterNext),
          ]
        },
      }),
      list({
        ...lists('groups', `${base}/groups`, 'openai/groups.json', afterNext),
        optional: true,
        keys: idsOf,
        below: id => [
          directory(
            `groups/${encodeURIComponent(id)}/users`,
            `${base}/groups/${encodeURIComponent(id)}/users`,
            `openai/groups/${id}/users.json`,
            afterNext,
          ),
        ],
      }),
    ]
  },
})

const idsOf = (value: unknown): string[] => array(value, 'data').flatMap(item => text(item, 'id') ?? [])

const lists = (id: string, url: string, file: string, next: Next) => ({
  ...{id, group: 'directory', ask: get(url, {limit: 100}), next, file},
})

const directory = (id: string, url: string, file: string, next: Next = afterLast('after')): Stream =>
  list(lists(id, url, file, next))

function report(group: string, id: string, url: string, groups: readonly string[], file: string): Stream {
  return buckets({
    ...{id, group, file, next: nextPage},
    ask: (from, until) =>
      get(url, {
        start_time: from / 1000,
        ...(until === null ? {} : {end_time: until / 1000}),
        bucket_width: '1d',
        limit: 31,
        group_by: groups,
      }),
    at: bucket => (isObject(bucket) ? parseUnixSeconds(bucket.start_time) : null),
  })
}
