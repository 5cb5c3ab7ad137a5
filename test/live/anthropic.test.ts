import {expect, test} from 'vitest'
import {sources} from '../../src/config/sources.ts'
import {
  type Asked,
  emptyDatabase,
  links,
  machine,
  pull,
  type Reply,
  rows,
  type Service,
  serve,
} from './service.ts'

const KEY = 'sk-ant-admin-CANARY'
const env = {ANTHROPIC_ADMIN_KEY: KEY}
const BASE = '/v1/organizations'
const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')

const use = (input: number, workspace: string | null, key = 'apikey_1') => ({
  ...{uncached_input_tokens: input, cache_read_input_tokens: 0, output_tokens: 5, workspace_id: workspace},
  ...{cache_creation: {ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0}, api_key_id: key},
  ...{account_id: null, service_account_id: null, model: 'claude-haiku-4-5', service_tier: 'standard'},
})
const cost = (amount: string, workspace: string | null) => ({
  ...{
    amount,
    currency: 'USD',
    workspace_id: workspace,
    description: 'Claude Haiku 4.5 Usage - Output Tokens',
  },
  ...{cost_type: 'tokens', token_type: 'output_tokens', model: 'claude-haiku-4-5', service_tier: 'standard'},
})

interface World {
  readonly days: {readonly [report: string]: {readonly [day: string]: object[]}}
  readonly lists: {[path: string]: object[]}
  trouble?: (asked: Asked) => Reply | undefined
}
const world = (): World => ({
  days: {
    'usage_report/messages': {'2026-10-19': [use(100, null)]},
    cost_report: {'2026-10-19': [cost('42.10250', null)]},
    'usage_report/claude_code': {
      '2026-10-19': [
        {
          ...{date: '2026-10-19T00:00:00Z', actor: {type: 'user_actor', email_address: 'ada@acme.example'}},
          ...{core_metrics: {num_sessions: 1}, model_breakdown: [], customer_type: 'api'},
        },
      ],
    },
  },
  lists: {
    api_keys: [
      {
        ...{id: 'apikey_1', type: 'api_key', name: 'heron', status: 'active', workspace_id: null},
        ...{created_by: {id: 'user_1', type: 'user'}, partial_key_hint: 'sk-ant-CANARY'},
      },
    ],
    workspaces: [
      {id: 'wrkspc_1', type: 'workspace', name: 'Payments', tags: {team: 'payments'}, archived_at: null},
    ],
    'workspaces/wrkspc_1/members': [{type: 'workspace_member', user_id: 'user_1', workspace_id: 'wrkspc_1'}],
    users: [{id: 'user_1', type: 'user', name: 'Ada', email: 'ada@acme.example', role: 'admin'}],
    service_accounts: [{id: 'svac_1', name: 'ci', organization_role: 'developer'}],
    rbac_groups: [{id: 'rbac_group_1', name: 'Payments', source_type: 'scim'}],
    'rbac_groups/rbac_group_1/members': [
      {user_id: 'user_1', email: 'ada@acme.example', group_id: 'rbac_group_1'},
    ],
  },
})

/** Its three ways of paging: by `page`, by `after_id`, by `next_page` alone. Two items or ten days at a time. */
function anthropicService(own: World): Promise<Service> {
  return serve(asked => {
    const {path, query, headers} = asked
    if (headers['x-api-key'] !== KEY || headers['anthropic-version'] !== '2023-06-01')
      return {status: 401, json: {}}
    const trouble = own.trouble?.(asked)
    if (trouble) return trouble
    const name = path.replace(`${BASE}/`, '')
    if (name === 'usage_report/claude_code')
      return {
        json: {data: own.days[name]![query.get('starting_at')!] ?? [], has_more: false, next_page: null},
      }
    if (name in own.days) return report(own, name, query)
    const list = own.lists[name]
    if (!list) return undefined
    if (/service_accounts|rbac/.test(name)) {
      const from = Number(query.get('page') ?? 0)
      const more = from + 2 < list.length
      const next_page = more ? String(from + 2) : null
      const data = list.slice(from, from + 2)
      return {json: name.startsWith('rbac') ? {data, has_more: more, next_page} : {data, next_page}}
    }
    const items = list as {id?: string}[]
    const from = items.findIndex(({id}) => id === query.get('after_id')) + 1
    const data = items.slice(from, from + 2)
    return {
      json: {data, first_id: data[0]?.id, last_id: data.at(-1)?.id, has_more: from + 2 < items.length},
    }
  })
}

function report(own: World, name: string, query: URLSearchParams): Reply {
  const start = Date.parse(query.get('starting_at')!)
  const end = Date.parse(query.get('ending_at') ?? '2026-10-22T00:00:00Z')
  const first = query.has('page') ? Date.parse(query.get('page')!.replace('page_', '')) : start
  const last = Math.min(end, first + 10 * 86_400_000)
  const data = []
  for (let at = first; at < last; at += 86_400_000)
    data.push({
      ...{starting_at: iso(at), ending_at: iso(at + 86_400_000)},
      results: own.days[name]![iso(at).slice(0, 10)] ?? [],
    })
  const next_page = last < end ? `page_${iso(last)}` : null
  return {json: {data, has_more: next_page !== null, next_page}}
}

const settings = (service: Service, more: object = {}) =>
  sources.parse([{type: 'anthropic', url: service.url, since: '2026-10-01', ...more}])

const usage = (db: string) =>
  rows(
    db,
    `SELECT iif(cost_nanos IS NULL, input_tokens, cost_nanos) AS figure, json_extract(evidence, '$.project') AS project
     FROM usage JOIN signature ON signature.id = signature_id ORDER BY figure`,
  ).map(({figure, project}) => `${figure} ${project}`)

test('everything is read; a null workspace is the default one, because the report was grouped by workspace', async () => {
  const service = await anthropicService(world())
  const db = emptyDatabase()
  const {sources: told, issues} = await pull(db, settings(service), env)
  expect(told).toMatchObject([{status: 'done', problems: []}])
  expect(issues).toEqual([])
  expect(usage(db)).toEqual(['100 anthropic:workspace/default', '421025000 anthropic:workspace/default'])
  expect(links(db)).toEqual([
    'anthropic:key/apikey_1 created_by anthropic:user/user_1',
    'anthropic:key/apikey_1 runs_in anthropic:workspace/default',
    'anthropic:user/user_1 contributes_to anthropic:workspace/wrkspc_1',
    'anthropic:user/user_1 member_of anthropic:group/rbac_group_1',
    'anthropic:user/user_1 same_as email:ada@acme.example',
    'anthropic:user/user_1 same_as email:ada@acme.example',
    'anthropic:workspace/Payments same_as anthropic:workspace/wrkspc_1',
    'anthropic:workspace/wrkspc_1 owned_by name:team/payments',
  ])
  const messages = service.asked.filter(({path}) => path.endsWith('/messages'))
  expect(messages).toHaveLength(3)
  expect(messages[0]!.query.getAll('group_by[]')).toContain('workspace_id')
  expect(service.asked.filter(({path}) => path.endsWith('/claude_code'))).toHaveLength(21)
})

test('what a plan does not offer is passed over', async () => {
  const service = await anthropicService({
    ...world(),
    trouble: ({path}) =>
      /rbac_groups|service_accounts/.test(path)
        ? {status: 404, json: {}}
        : path.endsWith('claude_code')
          ? {status: 403, json: {}}
          : undefined,
  })
  const stages: string[] = []
  const {sources: told} = await pull(emptyDatabase(), settings(service), env, {
    onStage: line => void stages.push(line),
  })
  expect(told).toMatchObject([{status: 'done', problems: []}])
  expect(stages.slice(1)).toEqual([
    'anthropic: claude_code is not offered, passed over',
    'anthropic: service_accounts is not offered, passed over',
    'anthropic: rbac_groups is not offered, passed over',
  ])
})

test('its limits are kept by its own words', async () => {
  const headers = {
    'anthropic-ratelimit-requests-remaining': '0',
    'anthropic-ratelimit-requests-reset': '2026-10-21T06:00:20Z',
    date: 'Wed, 21 Oct 2026 06:00:00 GMT',
  }
  const service = await anthropicService({
    ...world(),
    trouble: ({path, before}) =>
      path.endsWith('/users') && before === 0 ? {status: 429, headers, json: {}} : undefined,
  })
  const clock = machine()
  const {sources: told} = await pull(emptyDatabase(), settings(service), env, {machine: clock})
  expect(told).toMatchObject([{status: 'done'}])
  expect(clock.slept).toEqual([20_500])
})

test('somebody who moves is in one group until then and in the other since; who has gone is known', async () => {
  const own = world()
  own.lists.rbac_groups!.push({id: 'rbac_group_2', name: 'Risk', source_type: 'scim'})
  own.lists['rbac_groups/rbac_group_2/members'] = []
  own.lists.users!.push({id: 'user_2', type: 'user', name: 'Bob', email: 'bob@acme.example'})
  const service = await anthropicService(own)
  const db = emptyDatabase()
  const clock = machine()
  await pull(db, settings(service), env, {machine: clock})
  own.lists['rbac_groups/rbac_group_2/members'] = own.lists['rbac_groups/rbac_group_1/members']!.map(
    member => ({
      ...member,
      group_id: 'rbac_group_2',
    }),
  )
  own.lists['rbac_groups/rbac_group_1/members'] = []
  own.lists.users!.pop()
  own.lists.api_keys!.push({
    id: 'apikey_2',
    type: 'api_key',
    name: 'new',
    created_by: {id: 'user_1', type: 'user'},
  })
  clock.at = Date.UTC(2026, 9, 22)
  await pull(db, settings(service), env, {machine: clock})
  const moved = Date.UTC(2026, 9, 22)
  const expected = [
    `anthropic:user/user_1 member_of anthropic:group/rbac_group_1 to ${moved}`,
    `anthropic:user/user_1 member_of anthropic:group/rbac_group_2 from ${moved}`,
  ]
  const told = () => links(db).filter(line => line.includes('member_of'))
  expect(told()).toEqual(expected)
  // A new key was in use before it was listed: nothing says from when.
  expect(links(db)).toContain('anthropic:key/apikey_2 created_by anthropic:user/user_1')
  expect(links(db)).toContain(`anthropic:user/user_2 same_as email:bob@acme.example to ${moved}`)
  expect(rows(db, "SELECT name FROM entity WHERE alias = 'anthropic:user/user_2'")).toEqual([{name: 'Bob'}])
  // What has ended stays ended, and begun begun.
  clock.at += 86_400_000
  await pull(db, settings(service), env, {machine: clock})
  expect(told()).toEqual(expected)
})

test('a group that is gone takes its memberships with it', async () => {
  const own = world()
  const service = await anthropicService(own)
  const db = emptyDatabase()
  const clock = machine()
  await pull(db, settings(service), env, {machine: clock})
  own.lists.rbac_groups = []
  clock.at = Date.UTC(2026, 9, 22)
  await pull(db, settings(service), env, {machine: clock})
  expect(links(db).filter(line => line.includes('member_of'))).toEqual([
    `anthropic:user/user_1 member_of anthropic:group/rbac_group_1 to ${clock.at}`,
  ])
})

test('an interrupted round ends nothing that it has not read', async () => {
  const own = world()
  const service = await anthropicService(own)
  const db = emptyDatabase()
  const clock = machine()
  await pull(db, settings(service), env, {machine: clock})
  const before = links(db)
  own.trouble = ({path}) => (/members/.test(path) ? {status: 500} : undefined)
  clock.at = Date.UTC(2026, 9, 22)
  const {sources: told} = await pull(db, settings(service), env, {machine: clock})
  expect(told).toMatchObject([{status: 'failed'}])
  expect(links(db)).toEqual(before)
  delete own.trouble
  await pull(db, settings(service), env, {machine: clock})
  expect(links(db)).toEqual(before)
})
