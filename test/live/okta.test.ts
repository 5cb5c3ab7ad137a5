import {describe, expect, test} from 'vitest'
import {sources} from '../../src/config/sources.ts'
import {type Asked, emptyDatabase, links, machine, pull, type Reply, serve} from './service.ts'

const env = {OKTA_API_TOKEN: '00CANARY'}
const user = (id: string, status = 'ACTIVE') => ({
  ...{id: `00u${id}`, status, created: '2026-01-01T00:00:00.000Z'},
  profile: {
    login: `${id}@acme.example`,
    email: `${id}@acme.example`,
    mobilePhone: '+1 CANARY',
    displayName: id,
  },
})
const group = (id: string) => ({
  ...{id: `00g${id}`, type: 'OKTA_GROUP', objectClass: ['okta:user_group']},
  profile: {name: id, description: null},
})

interface World {
  users: object[]
  left: object[]
  groups: object[]
  members: {[group: string]: object[]}
  trouble?: (asked: Asked) => Reply | undefined
}
const world = (): World => ({
  users: ['ada', 'bob', 'eve'].map(id => user(id)),
  left: [user('old', 'DEPROVISIONED')],
  groups: ['marsh', 'reed'].map(group),
  members: {'00gmarsh': [user('ada'), user('bob')], '00greed': [user('eve')]},
})

/** Arrays without an envelope, two at a time; the next page in one of several Link headers. */
const oktaService = (own: World) =>
  serve((asked, url) => {
    const {path, query, headers} = asked
    if (headers.authorization !== 'SSWS 00CANARY') return {status: 401, json: {errorCode: 'E0000011'}}
    const trouble = own.trouble?.(asked)
    if (trouble) return trouble
    const [, id] = /\/groups\/(\w+)\/users$/.exec(path) ?? []
    const list =
      id !== undefined
        ? own.members[id]
        : path.endsWith('/groups')
          ? own.groups
          : query.has('filter')
            ? own.left
            : own.users
    if (!list) return {status: 404, json: {errorCode: 'E0000007'}}
    const from = Number(query.get('after') ?? 0)
    const next = new URL(`${url}${path}?${query}`)
    next.searchParams.set('after', String(from + 2))
    const link = [`<${url}${path}>; rel="self"`, ...(from + 2 < list.length ? [`<${next}>; rel="next"`] : [])]
    return {json: list.slice(from, from + 2), headers: {link, 'x-rate-limit-remaining': '50'}}
  })

const settings = (service: {url: string}) => sources.parse([{type: 'okta', url: service.url}])
const members = (db: string): string[] => links(db).filter(line => line.includes('member_of'))

test('people, also who has left, groups and who is in which', async () => {
  const service = await oktaService(world())
  const db = emptyDatabase()
  const {sources: told, issues} = await pull(db, settings(service), env)
  expect(told).toMatchObject([{status: 'done', problems: [], requests: 6}])
  expect(issues).toEqual([])
  expect(members(db)).toEqual([
    'okta:user/00uada member_of okta:group/00gmarsh',
    'okta:user/00ubob member_of okta:group/00gmarsh',
    'okta:user/00ueve member_of okta:group/00greed',
  ])
  expect(links(db)).toContain('okta:user/00uold same_as email:old@acme.example')
  expect(service.lines()[1]).toBe('GET /api/v1/users?limit=200&after=2')
})

test('its limit: waits as long as it says, by the second', async () => {
  const own = world()
  own.trouble = ({path, before}) =>
    path.endsWith('/groups') && before === 0
      ? {
          status: 429,
          json: {},
          headers: {
            ...{
              'x-rate-limit-remaining': '0',
              'x-rate-limit-reset': String(Date.UTC(2026, 9, 21, 6) / 1000 + 17),
            },
            date: 'Wed, 21 Oct 2026 06:00:00 GMT',
          },
        }
      : undefined
  const service = await oktaService(own)
  const clock = machine()
  await pull(emptyDatabase(), settings(service), env, {machine: clock})
  expect(clock.slept).toEqual([17_500])
})

describe('a list that is interrupted', () => {
  const interrupted = async (meanwhile: (own: World) => void) => {
    const own = world()
    own.trouble = ({query}) => (query.has('after') ? {status: 503} : undefined)
    const service = await oktaService(own)
    const db = emptyDatabase()
    const clock = machine()
    expect((await pull(db, settings(service), env, {machine: clock})).sources).toMatchObject([
      {status: 'failed'},
    ])
    delete own.trouble
    meanwhile(own)
    const before = service.asked.length
    expect((await pull(db, settings(service), env, {machine: clock})).sources).toMatchObject([
      {status: 'done'},
    ])
    return {db, asked: service.lines().slice(before)}
  }

  test('goes on behind the pages it has', async () => {
    const {db, asked} = await interrupted(() => {})
    expect(asked[0]).toBe('GET /api/v1/users?limit=200&after=2')
    expect(members(db)).toHaveLength(3)
  })

  test('begins again when its place has expired', async () => {
    const {db, asked} = await interrupted(own => {
      own.trouble = ({query, before}) =>
        query.has('after') && before < 10 && !query.has('filter') && first()
          ? {status: 400, json: {errorCode: 'E0000031'}}
          : undefined
      let expired = false
      const first = () => !expired && (expired = true)
    })
    expect(asked.slice(0, 3)).toEqual([
      'GET /api/v1/users?limit=200&after=2',
      'GET /api/v1/users?limit=200',
      'GET /api/v1/users?limit=200&after=2',
    ])
    expect(members(db)).toHaveLength(3)
  })
})

test('a page that changes between two reads: each page is what it was last', async () => {
  const own = world()
  const service = await oktaService(own)
  const db = emptyDatabase()
  const clock = machine()
  await pull(db, settings(service), env, {machine: clock})
  own.members['00gmarsh'] = [user('bob'), user('eve'), user('new')]
  clock.at += 86_400_000
  await pull(db, settings(service), env, {machine: clock})
  expect(members(db)).toEqual([
    `okta:user/00uada member_of okta:group/00gmarsh to ${clock.at}`,
    'okta:user/00ubob member_of okta:group/00gmarsh',
    'okta:user/00ueve member_of okta:group/00gmarsh',
    'okta:user/00ueve member_of okta:group/00greed',
    'okta:user/00unew member_of okta:group/00gmarsh',
  ])
})

test('a group that disappears between its list and its members stops nothing', async () => {
  const own = world()
  delete own.members['00gmarsh']
  const service = await oktaService(own)
  const db = emptyDatabase()
  expect((await pull(db, settings(service), env)).sources).toMatchObject([{status: 'done'}])
  expect(members(db)).toEqual(['okta:user/00ueve member_of okta:group/00greed'])
})

test('a next page on another host is not followed', async () => {
  const other = await serve(() => ({json: []}))
  const own = world()
  own.trouble = () => ({
    json: [user('ada')],
    headers: {link: `<${other.url}/api/v1/users?after=x>; rel="next"`},
  })
  const service = await oktaService(own)
  const {sources: told} = await pull(emptyDatabase(), settings(service), env)
  expect(told).toMatchObject([{status: 'failed'}])
  expect(told[0]!.problems[0]!.message).toContain('not among what may be asked')
  expect(other.asked).toEqual([])
})
