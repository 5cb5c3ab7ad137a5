import {describe, expect, test} from 'vitest'
import {sources} from '../../src/config/sources.ts'
import {connectors} from '../../src/connectors/index.ts'
import {type Asked, emptyDatabase, links, machine, pull, type Reply, rows, serve} from './service.ts'

const HOUR = 3_600_000
/** Whether saved answers of this kind are read: what is asked for goes to the same connector. */
const reads = (id: string): boolean => connectors.some(connector => (connector.id as string) === id)
const usage = (db: string): string[] =>
  rows<{text: string}>(
    db,
    "SELECT id || ' ' || ifnull(input_tokens, '?') AS text FROM usage ORDER BY id",
  ).map(({text}) => text)

describe('LiteLLM', () => {
  const env = {LITELLM_API_KEY: 'sk-CANARY'}
  interface Row {
    request_id: string
    startTime: string
    prompt_tokens: number
  }
  const row = (id: string, startTime: string, prompt_tokens = 10) => ({
    ...{request_id: id, call_type: 'acompletion', api_key: 'hash1', spend: 0.001, startTime, prompt_tokens},
    ...{
      completion_tokens: 5,
      model: 'gpt-5',
      custom_llm_provider: 'openai',
      messages: ['CANARY'],
      response: {x: 'CANARY'},
    },
    metadata: {user_api_key_alias: 'heron'},
  })
  const tables: {[path: string]: unknown} = {
    '/key/list': {
      keys: [
        {token: 'hash1', key_name: 'sk-...CANARY', key_alias: 'heron', user_id: 'u-ada', team_id: 't-1'},
      ],
      ...{total_count: 1, current_page: 1, total_pages: 1},
    },
    '/team/list': [
      {team_id: 't-1', team_alias: 'payments', members_with_roles: [{user_id: 'u-ada', role: 'user'}]},
    ],
    '/user/list': {
      users: [{user_id: 'u-ada', user_email: 'ada@acme.example'}],
      total: 1,
      page: 1,
      total_pages: 1,
    },
    '/organization/list': [],
  }

  /** Spend rows between two instants written without a zone, newest first, 100 a page. */
  const litellmService = (log: Row[], trouble?: (asked: Asked) => Reply | undefined) =>
    serve(asked => {
      const {path, query, headers} = asked
      if (headers.authorization !== 'Bearer sk-CANARY') return {status: 401, json: {}}
      const wrong = trouble?.(asked)
      if (wrong) return wrong
      if (path !== '/spend/logs/v2') return path in tables ? {json: tables[path]} : undefined
      const [from, until] = ['start_date', 'end_date'].map(name => {
        if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(query.get(name)!)) return Number.NaN
        return Date.parse(`${query.get(name)!.replace(' ', 'T')}Z`)
      })
      const found = log
        .filter(({startTime}) => Date.parse(startTime) >= from! && Date.parse(startTime) <= until!)
        .sort((a, b) => (a.startTime < b.startTime ? 1 : -1))
      const [page, size] = [Number(query.get('page')), Number(query.get('page_size'))]
      const data = found.slice((page - 1) * size, page * size)
      return {
        json: {data, total: found.length, page, page_size: size, total_pages: Math.ceil(found.length / size)},
      }
    })
  const settings = (service: {url: string}) =>
    sources.parse([{type: 'litellm', url: `${service.url}/`, since: '2026-10-19'}])
  const many = Array.from({length: 250}, (_, index) =>
    row(`r${String(index).padStart(3, '0')}`, new Date(Date.UTC(2026, 9, 20) + index * 60_000).toISOString()),
  )

  test('spend by windows of a day, keys, teams and users', async () => {
    const service = await litellmService(many)
    const db = emptyDatabase()
    const {sources: told, issues} = await pull(db, settings(service), env)
    expect(told).toMatchObject([{status: 'done', problems: []}])
    expect(issues).toEqual([])
    expect(usage(db)).toHaveLength(250)
    expect(links(db)).toEqual([
      'litellm:key/hash1 acts_for litellm:user/u-ada',
      'litellm:key/hash1 owned_by litellm:team/t-1',
      'litellm:user/u-ada member_of litellm:team/t-1',
      'litellm:user/u-ada same_as email:ada@acme.example',
    ])
    expect(service.lines().slice(0, 2)).toEqual([
      'GET /spend/logs/v2?start_date=2026-10-19+00%3A00%3A00&end_date=2026-10-20+00%3A00%3A00&page=1&page_size=100',
      'GET /spend/logs/v2?start_date=2026-10-20+00%3A00%3A00&end_date=2026-10-21+00%3A00%3A00&page=1&page_size=100',
    ])
  })

  test('later, only what came since, with two hours before; of a row that changed the last reading counts', async () => {
    const log = [row('old', '2026-10-19T05:00:00Z'), row('late', '2026-10-21T05:00:00Z', 30)]
    const service = await litellmService(log)
    const db = emptyDatabase()
    const clock = machine()
    await pull(db, settings(service), env, {machine: clock})
    const before = service.asked.length
    log[1] = row('late', '2026-10-21T05:00:00Z', 20)
    log.push(row('new', '2026-10-21T06:30:00Z'))
    clock.at += HOUR
    await pull(db, settings(service), env, {machine: clock})
    const [first] = service.asked.slice(before)
    expect(first!.query.get('start_date')).toBe('2026-10-21 04:00:00')
    expect(first!.query.get('end_date')).toBe('2026-10-21 07:00:00')
    expect(usage(db)).toEqual(['late 20', 'new 10', 'old 10'])
  })

  test('interrupted between two pages of a day, it goes on with the second', async () => {
    let down = true
    const service = await litellmService(many, ({query}) =>
      down && query.get('page') === '2' ? {status: 502} : undefined,
    )
    const db = emptyDatabase()
    const clock = machine()
    await pull(db, settings(service), env, {machine: clock})
    // The first row of the day came with the window before, whose end LiteLLM includes.
    expect(usage(db)).toHaveLength(101)
    down = false
    const before = service.asked.length
    clock.at += 26 * HOUR
    await pull(db, settings(service), env, {machine: clock})
    expect(usage(db)).toHaveLength(250)
    expect(service.asked[before]!.query.get('page')).toBe('2')
  })
})

describe('Langfuse', () => {
  const env = {LANGFUSE_PUBLIC_KEY: 'pk-lf-1', LANGFUSE_SECRET_KEY: 'sk-lf-CANARY'}
  const basic = `Basic ${Buffer.from('pk-lf-1:sk-lf-CANARY').toString('base64')}`
  /** Two a page; cursors that are good as long as `expired` does not say otherwise. */
  const langfuseService = (count: number, trouble?: (asked: Asked) => Reply | undefined) =>
    serve(asked => {
      const {query, headers} = asked
      if (headers.authorization !== basic) return {status: 401, json: {}}
      const wrong = trouble?.(asked)
      if (wrong) return wrong
      const found = Array.from({length: count}, (_, index) => ({
        ...{
          id: `obs-${index}`,
          traceId: 'tr-1',
          type: 'GENERATION',
          projectId: 'p-heron',
          environment: 'production',
        },
        startTime: new Date(Date.UTC(2026, 9, 20) + index * HOUR).toISOString(),
        ...{providedModelName: 'gpt-5', usageDetails: {input: 10, output: 5, total: 15}, totalCost: 0.001},
      })).filter(
        ({startTime, type}) =>
          type === query.get('type') &&
          Date.parse(startTime) >= Date.parse(query.get('fromStartTime')!) &&
          Date.parse(startTime) < Date.parse(query.get('toStartTime')!),
      )
      const from = Number(query.get('cursor')?.replace('c', '') ?? 0)
      const cursor = from + 2 < found.length ? `c${from + 2}` : null
      return {json: {data: found.slice(from, from + 2), meta: {cursor}}}
    })
  const settings = (service: {url: string}) =>
    sources.parse([{type: 'langfuse', url: service.url, since: '2026-10-20'}])

  test('asks for generations and embeddings, by cursor, and never for inputs and outputs', async () => {
    const service = await langfuseService(5)
    const {sources: told} = await pull(emptyDatabase(), settings(service), env)
    expect(told).toMatchObject([{status: 'done', problems: []}])
    const fields = service.asked.map(({query}) => query.get('fields')!.split(','))
    expect(fields.every(groups => !groups.includes('io') && groups.includes('usage'))).toBe(true)
    expect(service.asked.map(({query}) => `${query.get('type')} ${query.get('cursor')}`)).toEqual([
      ...['GENERATION null', 'GENERATION c2', 'GENERATION c4', 'GENERATION null'],
      ...['EMBEDDING null', 'EMBEDDING null'],
    ])
  })

  test.runIf(reads('langfuse'))('its calls', async () => {
    const service = await langfuseService(5)
    const db = emptyDatabase()
    const {issues} = await pull(db, settings(service), env)
    expect(issues).toEqual([])
    expect(usage(db)).toHaveLength(5)
  })

  test('a cursor that has expired when the next run comes: that day is read from its beginning', async () => {
    let [down, expired] = [true, true]
    const service = await langfuseService(5, ({query}) => {
      if (query.get('cursor') !== 'c4') return undefined
      if (down) return {status: 500}
      return expired && !(expired = false) ? {status: 410, json: {}} : undefined
    })
    const db = emptyDatabase()
    const clock = machine()
    expect((await pull(db, settings(service), env, {machine: clock})).sources).toMatchObject([
      {status: 'failed'},
    ])
    down = false
    const before = service.asked.length
    expect((await pull(db, settings(service), env, {machine: clock})).sources).toMatchObject([
      {status: 'done'},
    ])
    expect(service.asked.slice(before, before + 4).map(({query}) => query.get('cursor'))).toEqual([
      ...['c4', null, 'c2', 'c4'],
    ])
  })
})

describe('Helicone', () => {
  const env = {HELICONE_API_KEY: 'sk-helicone-CANARY'}
  const heliconeService = (count: number, error: string | null = null) =>
    serve(({headers, body, method, path}) => {
      if (headers.authorization !== 'Bearer sk-helicone-CANARY') return {status: 401, json: {}}
      if (method !== 'POST' || path !== '/v1/request/query-clickhouse') return undefined
      if (error) return {json: {data: null, error}}
      const {filter, offset, limit} = JSON.parse(body)
      const [from, until] = [filter.left, filter.right].map(
        leaf => Object.values(leaf.request_response_rmt.request_created_at)[0] as string,
      )
      const data = Array.from({length: count}, (_, index) => ({
        ...{request_id: `req-${index}`, request_model: 'gpt-5', provider: 'OPENAI', response_status: 200},
        request_created_at: new Date(Date.UTC(2026, 9, 20) + index * 1000)
          .toISOString()
          .replace('.000Z', 'Z'),
        ...{prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, costUSD: 0.001},
      })).filter(({request_created_at: at}) => at >= from! && at < until!)
      return {json: {data: data.slice(offset, offset + limit), error: null}}
    })
  const settings = (service: {url: string}) =>
    sources.parse([{type: 'helicone', url: service.url, since: '2026-10-20'}])

  test('one query a thousand rows, without inputs, with its window as the place', async () => {
    const service = await heliconeService(2500)
    const {sources: told, files} = await pull(emptyDatabase(), settings(service), env)
    expect(told).toMatchObject([{status: 'done', problems: []}])
    expect(
      service.asked
        .map(({body}) => JSON.parse(body))
        .map(({offset, includeInputs}) => [offset, includeInputs]),
    ).toEqual([...[0, 1000, 2000, 0].map(offset => [offset, false])])
    expect(files[1]!.path).toBe(
      `${service.url}/v1/request/query-clickhouse?from=2026-10-20T00:00:00Z&until=2026-10-21T00:00:00Z#page-2`,
    )
  })

  test.runIf(reads('helicone'))('its calls', async () => {
    const service = await heliconeService(1200)
    const db = emptyDatabase()
    const {issues} = await pull(db, settings(service), env)
    expect(issues).toEqual([])
    expect(usage(db)).toHaveLength(1200)
  })

  test('an error inside a 200 is an error', async () => {
    const service = await heliconeService(1, 'no access to CANARY')
    const {sources: told} = await pull(emptyDatabase(), settings(service), env)
    expect(told).toMatchObject([
      {status: 'failed', problems: [{message: expect.stringContaining('answered with an error')}]},
    ])
    expect(JSON.stringify(told)).not.toContain('CANARY')
  })
})
