import {describe, expect, test} from 'vitest'
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

const DAY = 86_400
const KEY = 'sk-admin-CANARY'
const day = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 1000

interface World {
  /** Rows by endpoint and day. */
  readonly use: {[endpoint: string]: {[day: string]: object[]}}
  readonly lists: {[path: string]: object[]}
  readonly pageSize: number
  /** Called before each answer. */
  trouble?: (asked: Asked) => Reply | undefined
}

/** The admin API: buckets of every day asked for, empty ones too, some at a time; lists after an id. */
function openaiService(world: World): Promise<Service> {
  return serve(asked => {
    const {path, query, headers} = asked
    if (headers.authorization !== `Bearer ${KEY}`)
      return {status: 401, json: {error: {message: `Incorrect API key provided: ${headers.authorization}`}}}
    const trouble = world.trouble?.(asked)
    if (trouble) return trouble
    const endpoint = path.replace('/v1/organization/', '')
    if (/^(usage|costs)/.test(endpoint)) return report(world, endpoint, query)
    const list = world.lists[endpoint]
    if (!list) return undefined
    const items = list as {id: string}[]
    const from = items.findIndex(({id}) => id === query.get('after')) + 1
    const data = items.slice(from, from + world.pageSize)
    const more = from + data.length < items.length
    return {
      json: endpoint.startsWith('groups')
        ? {object: 'list', data, has_more: more, next: more ? data.at(-1)!.id : null}
        : {object: 'list', data, first_id: data[0]?.id, last_id: data.at(-1)?.id, has_more: more},
    }
  })
}

function report({use, pageSize}: World, endpoint: string, query: URLSearchParams): Reply {
  if (query.get('bucket_width') !== '1d' || Number(query.get('limit')) > 31) return {status: 400, json: {}}
  const start = Number(query.get('start_time'))
  // The bucket of the day that has not ended is part of the answer.
  const end = Number(query.get('end_time') ?? day('2026-10-22'))
  const first = query.has('page') ? Number(query.get('page')!.replace('page_', '')) : start
  const last = Math.min(end, first + pageSize * DAY)
  const data = Array.from({length: (last - first) / DAY}, (_, index) => {
    const at = first + index * DAY
    const results = use[endpoint]?.[new Date(at * 1000).toISOString().slice(0, 10)] ?? []
    return {object: 'bucket', start_time: at, end_time: at + DAY, results}
  })
  const more = last < end
  return {json: {object: 'page', data, has_more: more, next_page: more ? `page_${last}` : null}}
}

const tokens = (input: number, fields: object = {}) => ({
  ...{object: 'organization.usage.completions.result', input_tokens: input, output_tokens: 10},
  ...{input_cached_tokens: 0, num_model_requests: 3, project_id: 'proj_heron', user_id: null},
  ...{api_key_id: 'key_a', model: 'gpt-5', batch: false, service_tier: 'default'},
  ...fields,
})
const cost = (value: string, line = 'gpt-5, input') => ({
  ...{object: 'organization.costs.result', amount: {value, currency: 'usd'}},
  ...{line_item: line, project_id: 'proj_heron', api_key_id: 'key_a'},
})

const world = (): World => ({
  use: {
    'usage/completions': {
      '2026-10-03': [tokens(100)],
      '2026-10-19': [tokens(200), tokens(5, {api_key_id: 'key_b'})],
    },
    costs: {'2026-10-03': [cost('1.50')], '2026-10-19': [cost('2.25'), cost('0.75', 'gpt-5, output')]},
  },
  lists: {
    users: [
      {object: 'organization.user', id: 'user-ada', name: 'Ada', email: 'ada@acme.example', role: 'owner'},
      {object: 'organization.user', id: 'user-bob', name: 'Bob', email: 'bob@acme.example', role: 'reader'},
    ],
    projects: [
      {object: 'organization.project', id: 'proj_heron', name: 'Heron', created_at: 1, status: 'active'},
    ],
    'projects/proj_heron/api_keys': [
      {
        ...{object: 'organization.project.api_key', id: 'key_a', name: 'heron', redacted_value: 'sk-CANARY'},
        owner: {type: 'user', user: {id: 'user-ada', email: 'ada@acme.example'}},
      },
    ],
    'projects/proj_heron/service_accounts': [],
    'projects/proj_heron/users': [],
    'projects/proj_heron/groups': [],
    groups: [{id: 'group_1', name: 'payments', created_at: 1, is_scim_managed: true, group_type: 'group'}],
    'groups/group_1/users': [{id: 'user-ada', name: 'Ada', email: 'ada@acme.example'}],
  },
  pageSize: 7,
})

const settings = (service: Service, more: object = {}) =>
  sources.parse([{type: 'openai', url: `${service.url}/v1`, since: '2026-10-01', ...more}])
const env = {OPENAI_ADMIN_KEY: KEY}
const usage = (db: string) =>
  rows(
    db,
    `SELECT date(day * 86400, 'unixepoch') AS day, substr(id, 1, instr(id, '/20') - 1) AS kind, input_tokens AS input, cost_nanos / 1000000 AS milli
     FROM usage ORDER BY day, kind, input, milli`,
  ).map(({day: on, kind, input, milli}) => `${on} ${kind} ${input ?? milli}`)

test('everything is read, page by page, with its place', async () => {
  const service = await openaiService(world())
  const db = emptyDatabase()
  const {sources: told, files, issues} = await pull(db, settings(service), env)
  expect(told).toEqual([
    {source: 'openai', type: 'openai', status: 'done', requests: service.asked.length, problems: []},
  ])
  expect(issues).toEqual([])
  expect(usage(db)).toEqual([
    '2026-10-03 openai/costs 1500',
    '2026-10-03 openai/usage/completions 100',
    '2026-10-19 openai/costs 750',
    '2026-10-19 openai/costs 2250',
    '2026-10-19 openai/usage/completions 5',
    '2026-10-19 openai/usage/completions 200',
  ])
  expect(links(db)).toEqual([
    'openai:key/key_a acts_for openai:user/user-ada',
    'openai:key/key_a runs_in openai:project/proj_heron',
    'openai:user/user-ada member_of openai:group/group_1',
    'openai:user/user-ada same_as email:ada@acme.example',
    'openai:user/user-ada same_as email:ada@acme.example',
    'openai:user/user-ada same_as email:ada@acme.example',
    'openai:user/user-bob same_as email:bob@acme.example',
  ])
  expect(files.map(({path}) => path.replace(service.url, ''))).toContain(
    `/v1/organization/costs?start_time=${day('2026-10-19')}&end_time=${day('2026-10-20')}&bucket_width=1d&group_by=project_id&group_by=line_item&group_by=api_key_id`,
  )
  // 21 days at 7 a page, for each of eleven reports.
  expect(service.lines().filter(line => line.includes('/costs'))).toHaveLength(3)
  expect(service.asked.every(({method}) => method === 'GET')).toBe(true)
})

test('read again, nothing has changed, and only the last days are asked for', async () => {
  const service = await openaiService(world())
  const db = emptyDatabase()
  const clock = machine()
  await pull(db, settings(service), env, {machine: clock})
  const before = usage(db)
  const [asked, kept] = [service.asked.length, links(db)]
  clock.at += 3_600_000
  const {files} = await pull(db, settings(service), env, {machine: clock})
  expect(new Set(files.map(({status}) => status))).toEqual(new Set(['unchanged']))
  expect(usage(db)).toEqual(before)
  expect(links(db)).toEqual(kept)
  const costs = service.asked.slice(asked).filter(({path}) => path.endsWith('/costs'))
  expect(costs[0]!.query.get('start_time')).toBe(String(day('2026-10-14')))
})

describe('a day that changed after it was read is what it is now', () => {
  const changed = async (change: (use: World['use']) => void, on = '2026-10-21T06:00:00Z') => {
    const own = world()
    const service = await openaiService(own)
    const db = emptyDatabase()
    const clock = machine()
    await pull(db, settings(service), env, {machine: clock})
    change(own.use)
    clock.at = Date.parse(on) + 1000
    await pull(db, settings(service), env, {machine: clock})
    return usage(db)
  }

  test('also when its figures went down', async () => {
    const now = await changed(use => {
      use['usage/completions']!['2026-10-19'] = [tokens(150), tokens(5, {api_key_id: 'key_b'})]
      use.costs!['2026-10-19'] = [cost('1.25'), cost('0.75', 'gpt-5, output')]
    })
    expect(now.slice(2)).toEqual([
      '2026-10-19 openai/costs 750',
      '2026-10-19 openai/costs 1250',
      '2026-10-19 openai/usage/completions 5',
      '2026-10-19 openai/usage/completions 150',
    ])
  })

  test('also when rows of it are gone', async () => {
    const now = await changed(use => {
      use['usage/completions']!['2026-10-19'] = []
      use.costs!['2026-10-19'] = [cost('3.00', 'gpt-5 mini, input')]
    })
    expect(now.slice(2)).toEqual(['2026-10-19 openai/costs 3000'])
  })

  test('also when it is again what it was first', async () => {
    const own = world()
    const service = await openaiService(own)
    const db = emptyDatabase()
    const clock = machine()
    const first = own.use.costs!['2026-10-19']!
    for (const day of [first, [cost('9.00')], first]) {
      own.use.costs!['2026-10-19'] = day
      await pull(db, settings(service), env, {machine: clock})
      clock.at += 1000
    }
    expect(usage(db).filter(line => line.includes('10-19 openai/costs'))).toEqual([
      '2026-10-19 openai/costs 750',
      '2026-10-19 openai/costs 2250',
    ])
  })

  test('and an older day stays as it was read', async () => {
    const now = await changed(use => void (use.costs!['2026-10-03'] = []))
    expect(now[0]).toBe('2026-10-03 openai/costs 1500')
  })
})

test('a file of the same days never wins over what was asked later, in either order', async () => {
  const {ingestFiles} = await import('../../src/connectors/ingest.ts')
  const {listFiles} = await import('../../src/connectors/files.ts')
  const {openForWriting} = await import('../../src/store/open.ts')
  const {attributeStore} = await import('../../src/engine/run.ts')
  const {folderWith} = await import('../commands/cli.ts')
  const service = await openaiService(world())
  const bucket = {object: 'bucket', start_time: day('2026-10-19'), end_time: day('2026-10-20')}
  const folder = folderWith({
    'openai/usage.json': JSON.stringify({object: 'page', data: [{...bucket, results: [tokens(999)]}]}),
  })
  const fromFile = async (db: string) => {
    using store = openForWriting(db)
    await ingestFiles(store, await listFiles(['.'], folder), {price: () => null})
  }
  for (const fileFirst of [true, false]) {
    const db = emptyDatabase()
    if (fileFirst) await fromFile(db)
    await pull(db, settings(service), env)
    if (!fileFirst) await fromFile(db)
    using store = openForWriting(db)
    attributeStore(store)
    const counted = rows(
      db,
      `SELECT input_tokens AS input FROM usage AS u
       WHERE id LIKE 'openai/usage/%'
         AND NOT EXISTS (SELECT 1 FROM matched AS m WHERE m.day = u.day AND m.id = u.id AND m.signature_id IS NULL)
       ORDER BY input`,
    ).map(({input}) => input)
    expect(counted).toContain(200)
    expect(counted).not.toContain(999)
  }
})

test('a server that dies half-way: the next run goes on, and the end is the same', async () => {
  const own = world()
  const whole = await openaiService(own)
  const straight = emptyDatabase()
  await pull(straight, settings(whole), env)
  for (const dies of [2, 5, 34, 36, 38, 40]) {
    let count = 0
    const service = await openaiService({
      ...own,
      trouble: () => (++count > dies && count <= dies + 6 ? {json: {}, cut: 0} : undefined),
    })
    const db = emptyDatabase()
    const clock = machine()
    const first = await pull(db, settings(service), env, {machine: clock})
    expect(first.sources[0]).toMatchObject({
      status: 'failed',
      problems: [{mend: expect.stringContaining('it goes on from there')}],
    })
    const before = service.asked.length
    const second = await pull(db, settings(service), env, {machine: clock})
    expect(second.sources[0]).toMatchObject({status: 'done'})
    expect(usage(db), `after ${dies}`).toEqual(usage(straight))
    expect(links(db), `after ${dies}`).toEqual(links(straight))
    // What had been read is not read again, but for the days that overlap.
    expect(service.asked.length - before, `after ${dies}`).toBeLessThan(whole.asked.length)
  }
})

test('earlier days can be asked for later', async () => {
  const service = await openaiService(world())
  const db = emptyDatabase()
  await pull(db, settings(service, {since: '2026-10-10'}), env)
  expect(usage(db)[0]).toMatch(/^2026-10-19/)
  await pull(db, settings(service, {since: '2026-10-01'}), env)
  expect(usage(db)[0]).toBe('2026-10-03 openai/costs 1500')
})

describe('credentials', () => {
  test('a wrong key stops the source, and is not repeated', async () => {
    const service = await openaiService(world())
    const {sources: told} = await pull(emptyDatabase(), settings(service), {
      OPENAI_ADMIN_KEY: 'sk-wrong-CANARY',
    })
    expect(service.asked).toHaveLength(1)
    expect(told[0]).toMatchObject({
      status: 'refused',
      problems: [
        {
          message: expect.stringMatching(/^openai: GET .*\/usage\/completions\?.*: answered 401$/),
          mend: 'OPENAI_ADMIN_KEY must be an admin key (sk-admin-…) with read permission for usage and management',
        },
      ],
    })
    expect(JSON.stringify(told)).not.toContain('CANARY')
  })

  test('a key that may not see costs still reads the rest', async () => {
    const service = await openaiService({
      ...world(),
      trouble: ({path}) => (path.endsWith('/costs') ? {status: 403, json: {}} : undefined),
    })
    const db = emptyDatabase()
    const {sources: told} = await pull(db, settings(service), env)
    expect(told[0]).toMatchObject({status: 'refused', problems: [{mend: expect.stringContaining('skip:')}]})
    expect(usage(db)).toHaveLength(3)
    expect(links(db)).toHaveLength(7)
    const skipping = await pull(db, settings(service, {skip: ['costs']}), env)
    expect(skipping.sources[0]).toMatchObject({status: 'done', problems: []})
  })
})
