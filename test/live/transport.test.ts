import {once} from 'node:events'
import {type AddressInfo, createServer} from 'node:net'
import {describe, expect, test} from 'vitest'
import {Transport, type TransportOptions} from '../../src/connectors/live/transport.ts'
import {Absent, Refused, Rejected, Unreachable} from '../../src/connectors/live/trouble.ts'
import {type Asked, machine, type Reply, serve} from './service.ts'

const SECRET = 'Bearer sk-secret-CANARY'

async function service(answer: (asked: Asked, url: string) => Reply | undefined) {
  const server = await serve(answer)
  const clock = machine()
  const transport = (options: Partial<TransportOptions> = {}) =>
    new Transport({
      ...{address: `${server.url}/v1`, endpoints: ['GET /list', 'GET /of/:id/list', 'POST /query']},
      ...{sign: async () => ({authorization: SECRET}), renews: false, machine: clock},
      ...options,
    })
  const get = (options: Partial<TransportOptions> = {}, path = '/v1/list') =>
    transport(options).send({method: 'GET', url: `${server.url}${path}`}, null)
  return {server, clock, transport, get}
}
const ok: Reply = {json: {data: [1]}}

describe('is tried again', () => {
  test.each<[string, Reply]>([
    ['after a 429', {status: 429, headers: {'retry-after': '7'}}],
    ['after a 500', {status: 500, text: 'oops'}],
    ['after a connection that broke', {json: {data: [1, 2, 3]}, cut: 0}],
    ['after a body that was cut short', {json: {data: [1, 2, 3]}, cut: 9}],
    [
      'after JSON that ends in the middle',
      {text: '{"data":[1,2', headers: {'content-type': 'application/json'}},
    ],
  ])('%s', async (_, first) => {
    const {server, clock, get} = await service(({before}) => (before === 0 ? first : ok))
    expect((await get()).value).toEqual({data: [1]})
    expect(server.asked).toHaveLength(2)
    expect(clock.slept).toEqual([first.status === 429 ? 7500 : 750])
  })

  test('but not for ever', async () => {
    const {server, get} = await service(() => ({status: 503}))
    const error = await get().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Unreachable)
    expect((error as Error).message).toBe(`GET ${server.url}/v1/list: answered 503, 6 times`)
    expect(server.asked).toHaveLength(6)
  })

  test('nor past its patience, which is told with the time', async () => {
    const reply = {status: 429, headers: {'retry-after': '3600'}}
    const {server, clock, get} = await service(() => reply)
    await expect(get()).rejects.toMatchObject({
      message: `GET ${server.url}/v1/list: its limit is used up until 2026-10-21T07:00:00Z`,
      mend: 'run it again then: what was read is kept, and it goes on from there',
    })
    expect(clock.slept).toEqual([])
  })

  test('when no answer comes in time', async () => {
    const {get} = await service(({before}) => (before === 0 ? {hang: true} : ok))
    expect((await get({timeoutMs: 100})).value).toEqual({data: [1]})
  })

  test('when nobody listens, and says so without the address’s secrets', async () => {
    const port = createServer().listen(0, '127.0.0.1')
    await once(port, 'listening')
    const address = `http://127.0.0.1:${(port.address() as AddressInfo).port}`
    port.close()
    const closed = new Transport({
      ...{address, endpoints: ['GET /list'], renews: false, machine: machine()},
      sign: async () => ({}),
    })
    await expect(
      closed.send({method: 'GET', url: `${address}/list?token=CANARY&of=x`}, null),
    ).rejects.toThrow(`GET ${address}/list?of=x: ECONNREFUSED, 6 times`)
  })
})

test.each([
  [401, Refused],
  [403, Refused],
  [404, Absent],
  [410, Absent],
  [400, Rejected],
])('%i is told at once', async (status, kind) => {
  const {server, get} = await service(() => ({status, json: {error: 'sk-secret-CANARY is wrong'}}))
  const error = await get().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(kind)
  expect(String((error as Error).message)).not.toContain('CANARY')
  expect(server.asked).toHaveLength(1)
})

test('a quota that is used up is waited for before the next request', async () => {
  const {server, clock, transport} = await service(({before}) => ({
    ...ok,
    headers: before === 0 ? {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30'} : {},
  }))
  const own = transport()
  const ask = {method: 'GET', url: `${server.url}/v1/list`} as const
  await own.send(ask, null)
  expect(clock.slept).toEqual([])
  await own.send(ask, null)
  expect(clock.slept).toEqual([30_000])
})

describe('only what the source listed leaves', () => {
  test.each([
    ['PUT', '/v1/list'],
    ['DELETE', '/v1/list'],
    ['PATCH', '/v1/list'],
    ['POST', '/v1/list'],
    ['GET', '/v1/query'],
    ['GET', '/v1/other'],
    ['GET', '/v1/of/a/b/list'],
    ['GET', '/list'],
    ['GET', '/v1/../admin'],
  ])('%s %s', async (method, path) => {
    const {server, transport} = await service(() => ok)
    await expect(transport().fetch(`${server.url}${path}`, {method})).rejects.toBeInstanceOf(Rejected)
    expect(server.asked).toEqual([])
  })

  test('nor anything to another origin', async () => {
    const {server, transport} = await service(() => ok)
    const other = await serve(() => ok)
    await expect(transport().fetch(`${other.url}/v1/list`)).rejects.toThrow(
      `GET ${other.url}/v1/list: not among what may be asked of ${server.url}`,
    )
    expect([...server.asked, ...other.asked]).toEqual([])
  })
})

describe('redirects', () => {
  test('to another host are followed without the credential', async () => {
    const other = await serve(() => ok)
    const {server, get} = await service(() => ({status: 302, headers: {location: `${other.url}/x`}}))
    expect((await get()).value).toEqual({data: [1]})
    expect(server.asked[0]!.headers.authorization).toBe(SECRET)
    expect(JSON.stringify(other.asked[0]!.headers)).not.toMatch(/CANARY|if-none-match/i)
  })

  test('within the host carry it, to what may be asked', async () => {
    const {server, get} = await service(({path}) =>
      path === '/v1/list' ? {status: 301, headers: {location: '/v1/of/7/list'}} : ok,
    )
    expect((await get()).value).toEqual({data: [1]})
    expect(server.asked[1]!.headers.authorization).toBe(SECRET)
  })

  test('within the host to something else are not followed', async () => {
    const {server, get} = await service(() => ({status: 307, headers: {location: '/v1/delete-all'}}))
    await expect(get()).rejects.toBeInstanceOf(Rejected)
    expect(server.asked).toHaveLength(1)
  })

  test('of a query are not followed, nor do they go round for ever', async () => {
    const {server, transport, get} = await service(() => ({status: 307, headers: {location: '/v1/list'}}))
    const query = {method: 'POST', url: `${server.url}/v1/query`, body: {}} as const
    await expect(transport().send(query, null)).rejects.toMatchObject({
      mend: 'write the address it has moved to under url:',
    })
    expect(server.asked).toHaveLength(1)
    await expect(get()).rejects.toBeInstanceOf(Rejected)
    expect(server.asked).toHaveLength(1 + 6)
  })
})

test('a token that ran out is exchanged once more', async () => {
  let tokens = 0
  const {get} = await service(({headers}) =>
    headers.authorization === 'Bearer 2' ? ok : {status: 401, json: {}},
  )
  const sign = async () => ({authorization: `Bearer ${++tokens}`})
  expect((await get({renews: true, sign})).value).toEqual({data: [1]})
  await expect(get({renews: true, sign: async () => ({})})).rejects.toBeInstanceOf(Refused)
})

test('an etag is sent, and a 304 is an answer', async () => {
  const {server, transport} = await service(({headers}) =>
    headers['if-none-match'] === 'W/"1"' ? {status: 304} : {...ok, headers: {etag: 'W/"1"'}},
  )
  const ask = {method: 'GET', url: `${server.url}/v1/list`} as const
  const {status, etag} = await transport().send(ask, null)
  expect({status, etag}).toEqual({status: 200, etag: 'W/"1"'})
  expect(await transport().send(ask, etag)).toMatchObject({status: 304, bytes: new Uint8Array()})
})

test('the next page is read from several Link headers', async () => {
  const {get} = await service((_, url) => ({
    ...ok,
    headers: {
      link: [`<${url}/v1/list?limit=2>; rel="self"`, `<${url}/v1/list?after=a,b&limit=2>; rel="next"`],
    },
  }))
  expect((await get()).next).toMatch(/\/v1\/list\?after=a,b&limit=2$/)
})
