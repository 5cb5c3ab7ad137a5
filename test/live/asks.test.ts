import {generateKeyPairSync} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {sources} from '../../src/config/sources.ts'
import {liveSources, sourceOf} from '../../src/connectors/live/index.ts'
import {missingCredentials, planSource} from '../../src/connectors/live/pull.ts'
import {folderWith} from '../commands/cli.ts'
import {type Asked, emptyDatabase, machine, pull, serve} from './service.ts'

/** One item of every kind, and one more page of everything once. */
function anything({path, query, before, body}: Asked, url: string) {
  const item = {
    ...{
      id: 'i1',
      slug: 'i1',
      name: 'i1',
      default_branch: 'main',
      pushed_at: '2026-10-20T00:00:00Z',
      node_id: 'DE_1',
    },
    ...{sha: 'c1', commit: {committer: {date: '2026-10-20T00:00:00Z'}}, created_at: '2026-10-20T00:00:00Z'},
  }
  const more = before === 0
  const link = `<${url}${path}?${new URLSearchParams({...Object.fromEntries(query), page: '2'})}>; rel="next"`
  if (/\/(contents|CODEOWNERS)/.test(path)) return {text: '* @acme/x\n'}

  if (/^\/(api\/v1|orgs|organizations|repos|team)\b/.test(path))
    return {json: [item], headers: more ? {link} : {}}
  const page = {has_more: more, next_page: more ? 'p2' : null, last_id: 'i1', next: 'i1'}
  const externalIdentities = {pageInfo: {hasNextPage: !body.includes('"c2"'), endCursor: 'c2'}, edges: []}
  return {
    json: {
      ...{data: [item], value: [item], users: [item], groups: [item], members: [item], ...page},
      ...{
        nextPageToken: more ? 't2' : undefined,
        meta: {cursor: more ? 'c2' : null},
        total_pages: more ? 2 : 1,
      },
      ...(path === '/graphql'
        ? {data: {organization: {samlIdentityProvider: {externalIdentities}}, nodes: []}}
        : {}),
      ...(more ? {'@odata.nextLink': `${url}${path}?$skiptoken=2`} : {}),
    },
  }
}

/** A service account's, as Google hands it out. */
const keyFile = (): string => {
  const {privateKey} = generateKeyPairSync('rsa', {modulusLength: 2048})
  const private_key = privateKey.export({type: 'pkcs8', format: 'pem'})
  return join(folderWith({'key.json': JSON.stringify({client_email: 'a@b.c', private_key})}), 'key.json')
}

const settingsOf = (type: string, url: string) =>
  sources.parse([
    {
      ...{type, url},
      ...(type === 'github' ? {org: 'acme'} : {}),
      ...(type === 'google' ? {subject: 'a@b.c', token_url: `${url}/token`} : {}),
      ...(type === 'entra' ? {login_url: url, tenant: 't', client_id: 'c'} : {}),
      ...(['okta', 'entra', 'google'].includes(type) ? {} : {since: '2026-10-20'}),
    },
  ])

test.each(liveSources.map(({type}) => type))(
  '%s asks with GET, queries with POST where it is listed, and nothing else',
  async type => {
    const service = await serve((asked, url) =>
      asked.path.endsWith('/token') ? {json: {access_token: 't'}} : anything(asked, url),
    )
    const list = settingsOf(type, service.url)
    const env = Object.fromEntries(
      missingCredentials(list[0]!, {}).map(({variable}) => [variable, type === 'google' ? keyFile() : 'x']),
    )
    await pull(emptyDatabase(), list, env, {machine: machine()})
    const {endpoints} = sourceOf(list[0]!)
    const allowed = endpoints.map(
      endpoint => new RegExp(`^${endpoint.replace(/:\w+/g, '[^/]+').replace('*', '.*')}$`),
    )
    const asked = service.asked
      .map(({method, path}) => `${method} ${path}`)
      .filter(line => !/^POST (\/t\/oauth2\/v2\.0)?\/token$/.test(line))
    expect(asked.length).toBeGreaterThan(1)
    expect(asked.filter(line => !allowed.some(pattern => pattern.test(line)))).toEqual([])
    expect(new Set(service.asked.map(({method}) => method)).size).toBeLessThanOrEqual(2)
    const posts = new Set(asked.filter(line => !line.startsWith('GET ')))
    expect([...posts]).toEqual(
      type === 'github'
        ? ['POST /graphql']
        : type === 'helicone'
          ? ['POST /v1/request/query-clickhouse']
          : [],
    )
    // Nothing is listed that is never asked, but for what a service calls the same things itself.
    const unused = endpoints.filter((_, index) => !asked.some(line => allowed[index]!.test(line)))
    expect(unused.filter(endpoint => !/\/(organizations|repositories)\/|\.\./.test(endpoint))).toEqual([])
  },
)

test.each(liveSources)('$type: what it asks and needs stands in docs/live.md', source => {
  const page = readFileSync('docs/live.md', 'utf8')
  const [settings] = settingsOf(source.type, 'https://x.example')
  for (const {variable} of sourceOf(settings!).credentials(settings as never))
    expect(page).toContain(variable)
  for (const endpoint of source.endpoints.filter(line => !/\/(organizations|repositories)\/|\.\./.test(line)))
    expect(page).toContain(endpoint.replace(/^\w+ /, ''))
})

test.each(liveSources.map(({type}) => type))('%s: every stream says what it would ask', type => {
  const [settings] = settingsOf(type, 'https://x.example')
  const planned = planSource(settings!, Date.UTC(2026, 9, 21), () => undefined)
  expect(planned.length).toBeGreaterThan(0)
  for (const {url, method, from} of planned) {
    expect(url).toMatch(/^https:\/\/x\.example\//)
    expect(['GET', 'POST']).toContain(method)
    expect(from).not.toBe('')
  }
})
