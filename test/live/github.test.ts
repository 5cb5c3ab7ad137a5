import {createHash} from 'node:crypto'
import {describe, expect, test} from 'vitest'
import {sources} from '../../src/config/sources.ts'
import {type Asked, emptyDatabase, links, machine, pull, type Reply, rows, serve} from './service.ts'

const TOKEN = 'github_pat_CANARY'
const env = {GITHUB_TOKEN: TOKEN}
const at = (text: string): number => Date.parse(text)

interface Commit {
  readonly sha: string
  readonly date: string
  /** Null: the file was deleted. */
  readonly text: string | null
}

interface World {
  readonly repos: {name: string; full_name: string; default_branch: string; pushed_at: string}[]
  /** CODEOWNERS of a repository, oldest first, at one path. */
  readonly files: {[repo: string]: {path: string; commits: Commit[]}}
  readonly deployments: {[repo: string]: {id: number; created_at: string; state: string}[]}
  readonly members: {[team: string]: string[]}
  trouble?: (asked: Asked) => Reply | undefined
}

const repo = (name: string, pushed_at = '2026-10-15T00:00:00Z') => ({
  ...{id: name.length, name, full_name: `acme/${name}`, default_branch: 'main', archived: false, pushed_at},
})
const world = (): World => ({
  repos: ['heron', 'marsh', 'reed'].map(name => repo(name)),
  files: {
    heron: {
      path: '.github/CODEOWNERS',
      commits: [
        {sha: 'a1', date: '2025-01-01T00:00:00Z', text: '* @acme/old\n'},
        {sha: 'b2', date: '2026-10-10T00:00:00Z', text: '* @acme/payments\n'},
        {sha: 'c3', date: '2026-10-15T00:00:00Z', text: '* @acme/risk\n'},
      ],
    },
    marsh: {
      path: 'docs/CODEOWNERS',
      commits: [{sha: 'd4', date: '2026-10-12T00:00:00Z', text: '/x/ @ada\n'}],
    },
  },
  deployments: {
    heron: [
      {id: 3, created_at: '2026-10-14T09:00:00Z', state: 'FAILURE'},
      {id: 2, created_at: '2026-10-14T08:00:00Z', state: 'SUCCESS'},
      {id: 1, created_at: '2026-05-01T00:00:00Z', state: 'SUCCESS'},
    ],
  },
  members: {payments: ['ada', 'bob'], risk: ['eve']},
})

/** REST pages of two by number with Link headers that name organizations by id; ETags of content; GraphQL. */
const githubService = (own: World, prefix = '') =>
  serve((asked, url) => {
    const {headers, query, method} = asked
    if (headers.authorization !== `Bearer ${TOKEN}`) return {status: 401, json: {message: 'Bad credentials'}}
    const trouble = own.trouble?.(asked)
    if (trouble) return trouble
    if (method === 'POST') return graphql(own, JSON.parse(asked.body))
    if (!asked.path.startsWith(prefix)) return undefined
    // The official client writes a file's path as one segment.
    const path = decodeURIComponent(asked.path.slice(prefix.length)).replace('/repositories/', '/repos/acme/')
    const [, kind, owner, name, what, ...rest] = path.split('/')
    const paged = (items: readonly object[], as: string): Reply => {
      const page = Number(query.get('page') ?? 1)
      const json = items.slice((page - 1) * 2, page * 2)
      const etag = `W/"${createHash('sha256').update(JSON.stringify(json)).digest('hex')}"`
      const more = items.length > page * 2
      const link = more ? {link: `<${url}${prefix}${as}?per_page=100&page=${page + 1}>; rel="next"`} : {}
      return headers['if-none-match'] === etag
        ? {status: 304, headers: {etag, ...link}}
        : {json, headers: {etag, ...link}}
    }
    if (kind === 'orgs' || kind === 'organizations') {
      const of = (list: string) => `/organizations/7/${list}`
      if (name === 'repos') return paged(own.repos, of('repos'))
      const people = (logins: readonly string[]) => logins.map((login, id) => ({id, login, type: 'User'}))
      if (name === 'members') return paged(people(Object.values(own.members).flat()), of('members'))
      if (name === 'teams' && what === undefined)
        return paged(
          Object.keys(own.members).map((slug, id) => ({
            id,
            slug,
            name: slug,
            privacy: 'closed',
            parent: null,
          })),
          of('teams'),
        )
      const [list] = rest
      if (list === 'members') return paged(people(own.members[what!] ?? []), of(`team/${what}/members`))
      if (list === 'repos')
        return paged(
          what === 'payments' ? [{...own.repos[0], permissions: {admin: true}}] : [],
          of(`team/${what}/repos`),
        )
    }
    if (kind === 'repos' && owner === 'acme') {
      const file = own.files[name!]
      if (what === 'contents') return content(file, rest.join('/'), query.get('ref')!)
      if (what === 'commits') return commits(file, query)
      if (what === 'deployments')
        return paged(
          (own.deployments[name!] ?? []).map(({id, created_at}) => ({
            ...{id, node_id: `DE_${id}`, sha: `sha${id}`, environment: 'production', created_at},
            payload: {secret: 'CANARY'},
          })),
          `/repositories/${name}/deployments`,
        )
    }
    return undefined
  })

function content(file: World['files'][string] | undefined, path: string, ref: string): Reply | undefined {
  if (file?.path !== path) return undefined
  const found =
    file.commits.find(({sha}) => sha === ref) ?? (ref === 'main' ? file.commits.at(-1) : undefined)
  if (!found || found.text === null) return undefined
  return {text: found.text, headers: {'content-type': 'application/vnd.github.raw+json; charset=utf-8'}}
}

function commits(file: World['files'][string] | undefined, query: URLSearchParams): Reply {
  const [since, until] = [query.get('since'), query.get('until')]
  const found = [...(file?.path === query.get('path') ? file!.commits : [])]
    .reverse()
    .filter(
      ({date}) => (since === null || at(date) >= at(since)) && (until === null || at(date) <= at(until)),
    )
    .slice(0, Number(query.get('per_page')))
  return {
    json: found.map(({sha, date}) => ({
      ...{sha, author: {login: 'ada'}},
      commit: {message: 'CANARY', committer: {date, name: 'CANARY'}},
    })),
  }
}

function graphql(
  own: World,
  {query, variables}: {query: string; variables: {ids?: string[]; after?: string}},
): Reply {
  if (/nodes\(ids/.test(query)) {
    const states = new Map(
      Object.values(own.deployments)
        .flat()
        .map(({id, state}) => [`DE_${id}`, state]),
    )
    const nodes = variables.ids!.map(id => ({id, statuses: {nodes: [{state: states.get(id)}]}}))
    return {json: {data: {nodes}}}
  }
  const first = variables.after === null
  const edge = (login: string, nameId: string) => ({
    node: {samlIdentity: {nameId}, scimIdentity: null, user: {login}},
  })
  const externalIdentities = {
    pageInfo: {hasNextPage: first, endCursor: 'Y3Vyc29y'},
    edges: [first ? edge('ada', 'ada@acme.example') : edge('bob', 'bob@acme.example')],
  }
  return {json: {data: {organization: {samlIdentityProvider: {externalIdentities}}}}}
}

const settings = (service: {url: string}, more: object = {}) =>
  sources.parse([{type: 'github', url: service.url, org: 'acme', since: '2026-10-01', ...more}])
const rules = (db: string) =>
  rows<{text: string}>(
    db,
    `SELECT repository || ' ' || file || ' ' || pattern || ' ' || owners || ifnull(' from ' || datetime(valid_from / 1000, 'unixepoch'), '')
       || ifnull(' to ' || datetime(valid_to / 1000, 'unixepoch'), '') AS text FROM rule ORDER BY repository, valid_from`,
  ).map(({text}) => text)
const deployed = (db: string) =>
  rows(db, 'SELECT revision FROM deployment ORDER BY revision').map(({revision}) => revision)

test('repositories, teams, people, identities, the owners there were, and what went out', async () => {
  const service = await githubService(world())
  const db = emptyDatabase()
  const {sources: told, issues} = await pull(db, settings(service), env)
  expect(told).toMatchObject([{status: 'done', problems: []}])
  expect(issues).toEqual([])
  expect(links(db)).toEqual([
    'github:repo/acme/heron owned_by github:team/acme/payments',
    'github:user/ada member_of github:team/acme/payments',
    'github:user/ada same_as email:ada@acme.example',
    'github:user/bob member_of github:team/acme/payments',
    'github:user/bob same_as email:bob@acme.example',
    'github:user/eve member_of github:team/acme/risk',
  ])
  expect(rules(db)).toEqual([
    'github:repo/acme/heron .github/CODEOWNERS * ["@acme/old"] from 2025-01-01 00:00:00 to 2026-10-10 00:00:00',
    'github:repo/acme/heron .github/CODEOWNERS * ["@acme/payments"] from 2026-10-10 00:00:00 to 2026-10-15 00:00:00',
    'github:repo/acme/heron .github/CODEOWNERS * ["@acme/risk"] from 2026-10-15 00:00:00',
    // Nobody had written down who owned it before.
    'github:repo/acme/marsh docs/CODEOWNERS /x/ ["@ada"]',
  ])
  expect(deployed(db)).toEqual(['sha2'])
  expect(rows(db, "SELECT path FROM batch WHERE connector = 'codeowners' ORDER BY path LIMIT 1")).toEqual([
    {path: `${service.url}/repos/acme/heron/contents/.github/CODEOWNERS?ref=a1`},
  ])
  expect(service.asked.every(({headers}) => headers['x-github-api-version'] === '2022-11-28')).toBe(true)
  expect(service.lines()).toContain('GET /organizations/7/repos?per_page=100&page=2')
})

test('asked again, unchanged pages are not sent again and untouched repositories not asked about', async () => {
  const service = await githubService(world())
  const db = emptyDatabase()
  const clock = machine()
  await pull(db, settings(service), env, {machine: clock})
  const before = {rules: rules(db), links: links(db), asked: service.asked.length}
  clock.at += 86_400_000
  const {files} = await pull(db, settings(service), env, {machine: clock})
  expect(new Set(files.map(({status}) => status))).toEqual(new Set(['unchanged']))
  expect({rules: rules(db), links: links(db)}).toEqual({rules: before.rules, links: before.links})
  const again = service.asked.slice(before.asked)
  expect(again.filter(({path}) => /contents|commits/.test(path))).toEqual([])
  const whole = again.filter(({method, headers}) => method === 'GET' && !headers['if-none-match'])
  expect(whole.map(({path}) => path)).toEqual([])
})

describe('a change of CODEOWNERS', () => {
  const changed = async (change: (own: World) => void) => {
    const own = world()
    const service = await githubService(own)
    const db = emptyDatabase()
    const clock = machine()
    await pull(db, settings(service), env, {machine: clock})
    change(own)
    own.repos[0]!.pushed_at = '2026-10-21T12:00:00Z'
    clock.at = at('2026-10-22T00:00:00Z')
    const before = service.asked.length
    await pull(db, settings(service), env, {machine: clock})
    return {rules: rules(db).slice(1, -1), asked: service.lines().slice(before)}
  }

  test('ends one version and begins the next', async () => {
    const found = await changed(({files}) =>
      files.heron!.commits.push({
        sha: 'e5',
        date: '2026-10-21T12:00:00Z',
        text: '* @acme/payments @acme/risk\n',
      }),
    )
    expect(found.rules).toEqual([
      'github:repo/acme/heron .github/CODEOWNERS * ["@acme/payments"] from 2026-10-10 00:00:00 to 2026-10-15 00:00:00',
      'github:repo/acme/heron .github/CODEOWNERS * ["@acme/risk"] from 2026-10-15 00:00:00 to 2026-10-21 12:00:00',
      'github:repo/acme/heron .github/CODEOWNERS * ["@acme/payments","@acme/risk"] from 2026-10-21 12:00:00',
    ])
    expect(found.asked.filter(line => line.includes('ref=a1'))).toEqual([])
  })

  test('a push that leaves it alone changes nothing', async () => {
    const found = await changed(() => {})
    expect(found.rules.at(-1)).toBe(
      'github:repo/acme/heron .github/CODEOWNERS * ["@acme/risk"] from 2026-10-15 00:00:00',
    )
  })

  test('its removal ends it', async () => {
    const {rules: found} = await changed(({files}) =>
      files.heron!.commits.push({sha: 'e5', date: '2026-10-21T12:00:00Z', text: null}),
    )
    expect(found.at(-1)).toMatch(/risk"\] from 2026-10-15 00:00:00 to 2026-10-22 00:00:00$/)
  })
})

test('GitHub Enterprise: REST under /api/v3, GraphQL beside it', async () => {
  const service = await githubService(world(), '/api/v3')
  const db = emptyDatabase()
  const {sources: told} = await pull(db, settings({url: `${service.url}/api/v3/`}), env)
  expect(told).toMatchObject([{status: 'done', problems: []}])
  expect(links(db)).toContain('github:user/ada same_as email:ada@acme.example')
  expect(new Set(service.asked.filter(({method}) => method === 'POST').map(({path}) => path))).toEqual(
    new Set(['/api/graphql']),
  )
})

describe('limits', () => {
  test.each<[string, Reply, number]>([
    [
      'the hourly quota, by its reset',
      {
        ...{status: 403, json: {message: 'API rate limit exceeded for user'}},
        headers: {
          ...{'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(at('2026-10-21T06:10:00Z') / 1000)},
          date: 'Wed, 21 Oct 2026 06:00:00 GMT',
        },
      },
      600_500,
    ],
    [
      'a secondary limit that says how long',
      {status: 403, json: {message: 'secondary rate limit'}, headers: {'retry-after': '60'}},
      60_500,
    ],
    [
      'a secondary limit that does not',
      {status: 403, json: {message: 'You have exceeded a secondary rate limit'}},
      60_000,
    ],
  ])('%s', async (_, reply, wait) => {
    const own = world()
    own.trouble = ({path, before}) =>
      path.endsWith('/members') && before === 0 && once() ? reply : undefined
    let told = false
    const once = () => !told && (told = true)
    const service = await githubService(own)
    const clock = machine()
    expect((await pull(emptyDatabase(), settings(service), env, {machine: clock})).sources).toMatchObject([
      {status: 'done'},
    ])
    expect(clock.slept).toEqual([wait])
  })
})

test('a token that may not see identities: told, the rest is read, and it can be skipped', async () => {
  const own = world()
  own.trouble = ({body}) =>
    /samlIdentityProvider/.test(body)
      ? {json: {data: {organization: null}, errors: [{type: 'FORBIDDEN', message: 'CANARY'}]}}
      : undefined
  const service = await githubService(own)
  const db = emptyDatabase()
  const {sources: told} = await pull(db, settings(service), env)
  expect(told).toMatchObject([
    {
      status: 'refused',
      problems: [
        {
          message: `github: POST ${service.url}/graphql: answered 403`,
          mend: expect.stringContaining('skip:'),
        },
      ],
    },
  ])
  expect(rules(db)).toHaveLength(4)
  const skipping = await pull(db, settings(service, {skip: ['identities']}), env)
  expect(skipping.sources).toMatchObject([{status: 'done', problems: []}])
})
