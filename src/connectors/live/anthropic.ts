/** Anthropic's organization: token use and costs by day, people from Claude Code analytics, and who holds which key. */
import {dayOf, formatDay, formatTime, parseTime} from '../../model/time.ts'
import {array, text} from '../fields.ts'
import {buckets, log} from './days.ts'
import {list} from './lists.ts'
import {afterLast, get, type Next, nextPage} from './paging.ts'
import {liveSource, type Stream} from './source.ts'

const USAGE = [
  'account_id',
  'api_key_id',
  'context_window',
  'inference_geo',
  'model',
  'service_account_id',
  'service_tier',
  'workspace_id',
]

export const anthropic = liveSource({
  type: 'anthropic',
  endpoints: [
    'GET /v1/organizations/usage_report/messages',
    'GET /v1/organizations/cost_report',
    'GET /v1/organizations/usage_report/claude_code',
    'GET /v1/organizations/api_keys',
    'GET /v1/organizations/workspaces',
    'GET /v1/organizations/workspaces/:id/members',
    'GET /v1/organizations/users',
    'GET /v1/organizations/service_accounts',
    'GET /v1/organizations/rbac_groups',
    'GET /v1/organizations/rbac_groups/:id/members',
  ],
  address: 'https://api.anthropic.com',
  credentials: ({key_env}) => [
    {
      variable: key_env ?? 'ANTHROPIC_ADMIN_KEY',
      scope: 'an admin key (sk-ant-admin…), which only an organization has',
    },
  ],
  sign: ({secrets: [key = '']}) => ({'x-api-key': key, 'anthropic-version': '2023-06-01'}),
  streams(_, address) {
    const base = `${address}/v1/organizations`
    return [
      // The path says what the report was grouped by: a null workspace is then the default one.
      report(
        'usage',
        `${base}/usage_report/messages`,
        USAGE,
        'anthropic/usage_report-messages.by-workspace_id.json',
      ),
      report(
        'costs',
        `${base}/cost_report`,
        ['workspace_id', 'description'],
        'anthropic/cost_report.by-workspace_id.json',
      ),
      log({
        ...{id: 'claude_code', group: 'claude_code', optional: true, wholeDays: true, next: nextPage},
        ask: from =>
          get(`${base}/usage_report/claude_code`, {starting_at: formatDay(dayOf(from)), limit: 1000}),
        file: from => `anthropic/claude_code/${formatDay(dayOf(from))}.json`,
      }),
      directory('api_keys', `${base}/api_keys`),
      list({
        ...lists('workspaces', `${base}/workspaces`, afterLast('after_id')),
        ask: get(`${base}/workspaces`, {limit: 1000, include_archived: 'true'}),
        keys: idsOf,
        below: id => [
          directory(
            `workspaces/${encodeURIComponent(id)}/members`,
            `${base}/workspaces/${encodeURIComponent(id)}/members`,
          ),
        ],
      }),
      directory('users', `${base}/users`),
      list({...lists('service_accounts', `${base}/service_accounts`, nextPage), optional: true}),
      list({
        ...lists('rbac_groups', `${base}/rbac_groups`, nextPage),
        optional: true,
        keys: idsOf,
        below: id => [
          directory(
            `rbac_groups/${encodeURIComponent(id)}/members`,
            `${base}/rbac_groups/${encodeURIComponent(id)}/members`,
            nextPage,
          ),
        ],
      }),
    ]
  },
})

const idsOf = (value: unknown): string[] => array(value, 'data').flatMap(item => text(item, 'id') ?? [])

const lists = (id: string, url: string, next: Next) => ({
  ...{id, group: 'directory', ask: get(url, {limit: 1000}), next},
  file: `anthropic/${decodeURIComponent(id)}.json`,
})

const directory = (id: string, url: string, next: Next = afterLast('after_id')): Stream =>
  list(lists(id, url, next))

function report(id: 'usage' | 'costs', url: string, groups: readonly string[], file: string): Stream {
  return buckets({
    ...{id, group: id, file, next: nextPage},
    ask: (from, until) =>
      get(url, {
        starting_at: formatTime(from),
        ...(until === null ? {} : {ending_at: formatTime(until)}),
        bucket_width: '1d',
        limit: 31,
        'group_by[]': groups,
      }),
    at: bucket => parseTime(text(bucket, 'starting_at') ?? ''),
  })
}
