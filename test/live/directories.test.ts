import {createVerify, generateKeyPairSync} from 'node:crypto'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {sources} from '../../src/config/sources.ts'
import {connectors} from '../../src/connectors/index.ts'
import {folderWith} from '../commands/cli.ts'
import {emptyDatabase, links, machine, pull, rows, serve} from './service.ts'

/** Whether saved answers of this kind are read: what is asked for goes to the same connector. */
const reads = (id: string): boolean => connectors.some(connector => (connector.id as string) === id)

const paths = (db: string): string[] =>
  rows<{path: string}>(db, 'SELECT path FROM batch ORDER BY path').map(({path}) => path)

describe('Entra', () => {
  const env = {
    AZURE_CLIENT_SECRET: 'secret-CANARY',
    AZURE_TENANT_ID: 'acme.example',
    AZURE_CLIENT_ID: 'app-1',
  }

  const guid = (last: number) => `00000000-0000-4000-8000-00000000000${last}`
  const [ADA, PAYMENTS] = [guid(1), guid(7)]

  /** The token endpoint and Graph: two a page, the whole next address in the answer, tokens good for a few requests. */
  const entraService = (lasts = 100, grants = true) => {
    let [tokens, left] = [0, 0]
    return serve((asked, url) => {
      if (asked.path === '/acme.example/oauth2/v2.0/token') {
        if (!grants) return {status: 400, json: {error: 'invalid_client', error_description: 'CANARY'}}
        left = lasts
        return {json: {token_type: 'Bearer', expires_in: 3599, access_token: `token-CANARY-${++tokens}`}}
      }
      if (asked.headers.authorization !== `Bearer token-CANARY-${tokens}` || left-- <= 0)
        return {status: 401, json: {}}
      const path = asked.path.replace('/v1.0', '')
      const lists: {[path: string]: object[]} = {
        '/users': [ADA, guid(2), guid(3)].map(id => ({
          id,
          userPrincipalName: `${id}@acme.example`,
          mail: null,
        })),
        '/groups': [{id: PAYMENTS, displayName: 'Payments', groupTypes: [], securityEnabled: true}],
        [`/groups/${PAYMENTS}/members`]: [{'@odata.type': '#microsoft.graph.user', id: ADA}],
        '/servicePrincipals': [
          {id: guid(8), appId: guid(9), displayName: 'ci', servicePrincipalType: 'Application'},
        ],
      }
      const list = lists[path]
      if (!list) return undefined
      const from = Number(asked.query.get('$skiptoken') ?? 0)
      const more =
        from + 2 < list.length ? {'@odata.nextLink': `${url}/v1.0${path}?$skiptoken=${from + 2}`} : {}
      return {json: {'@odata.context': 'x', value: list.slice(from, from + 2), ...more}}
    })
  }
  const settings = (url: string, more: object = {}) =>
    sources.parse([{type: 'entra', url: `${url}/v1.0`, login_url: url, ...more}])

  test('exchanges its secret for a token, then reads people, groups and members', async () => {
    const service = await entraService()
    const {sources: told} = await pull(emptyDatabase(), settings(service.url), env)
    expect(told).toMatchObject([{status: 'done', problems: []}])
    const [exchange, first] = service.asked
    expect(exchange!.method).toBe('POST')
    expect(Object.fromEntries(new URLSearchParams(exchange!.body))).toEqual({
      ...{grant_type: 'client_credentials', client_id: 'app-1', client_secret: 'secret-CANARY'},
      scope: `${service.url}/.default`,
    })
    expect(exchange!.headers.authorization).toBeUndefined()
    expect(first!.query.get('$select')).toContain('employeeOrgData')
    expect(first!.query.get('$select')).not.toMatch(/phone|address|birth/i)
    expect(service.asked.filter(({method}) => method === 'POST')).toHaveLength(1)
    expect(service.lines().at(2)).toBe('GET /v1.0/users?%24skiptoken=2')
  })

  test.runIf(reads('entra'))('who is in which group', async () => {
    const service = await entraService()
    const db = emptyDatabase()
    const {issues} = await pull(db, settings(service.url), env)
    expect(issues).toEqual([])
    expect(links(db)).toContain(`entra:user/${ADA} member_of entra:group/${PAYMENTS}`)
    expect(links(db)).toContain(`entra:user/${ADA} same_as email:${ADA}@acme.example`)
  })

  test('a token that runs out is exchanged again', async () => {
    const service = await entraService(2)
    const {sources: told} = await pull(emptyDatabase(), settings(service.url), env)
    expect(told).toMatchObject([{status: 'done', problems: []}])
    expect(service.asked.filter(({method}) => method === 'POST').length).toBeGreaterThan(1)
  })

  test('a wrong secret is told with what it needs', async () => {
    const service = await entraService(1, false)
    const {sources: told} = await pull(emptyDatabase(), settings(service.url), env)
    expect(told).toMatchObject([
      {status: 'refused', problems: [{mend: expect.stringContaining('User.Read.All')}]},
    ])
    expect(JSON.stringify(told)).not.toContain('CANARY')
  })

  test('tenant and application may stand in the file', async () => {
    const service = await entraService()
    const list = settings(service.url, {tenant: 'acme.example', client_id: 'app-2'})
    const {sources: told} = await pull(emptyDatabase(), list, {AZURE_CLIENT_SECRET: 'secret-CANARY'})
    expect(told).toMatchObject([{status: 'done'}])
    expect(new URLSearchParams(service.asked[0]!.body).get('client_id')).toBe('app-2')
  })
})

describe('Google Workspace', () => {
  const {privateKey, publicKey} = generateKeyPairSync('rsa', {modulusLength: 2048})
  const keyFile = (key: object) => join(folderWith({'key.json': JSON.stringify(key)}), 'key.json')
  const serviceAccount = {
    ...{type: 'service_account', client_email: 'venturi@acme.iam.gserviceaccount.com'},
    private_key: privateKey.export({type: 'pkcs8', format: 'pem'}),
  }

  const googleService = () =>
    serve(asked => {
      if (asked.path === '/token') {
        const [head, claims, signature] = new URLSearchParams(asked.body).get('assertion')!.split('.')
        const good = createVerify('RSA-SHA256')
          .update(`${head}.${claims}`)
          .verify(publicKey, signature!, 'base64url')
        const {sub} = JSON.parse(Buffer.from(claims!, 'base64url').toString())
        return good && sub === 'admin@acme.example'
          ? {json: {access_token: 'token-CANARY', token_type: 'Bearer'}}
          : {status: 400, json: {error: 'invalid_grant'}}
      }
      if (asked.headers.authorization !== 'Bearer token-CANARY') return {status: 401, json: {}}
      const {query} = asked
      const path = asked.path.replace('/admin/directory/v1', '')
      if (path === '/users') {
        const second = query.get('pageToken') === 't2'
        const users = [{id: second ? '2' : '1', primaryEmail: `${second ? 'bob' : 'ada'}@acme.example`}]
        return {json: {kind: 'admin#directory#users', users, ...(second ? {} : {nextPageToken: 't2'})}}
      }
      if (path === '/groups') {
        const groups = ['g1', 'g2'].map(id => ({
          id,
          email: `${id}@acme.example`,
          directMembersCount: '1',
          adminCreated: true,
        }))
        return {json: {kind: 'admin#directory#groups', groups}}
      }
      if (path === '/groups/g1/members')
        return {
          json: {
            kind: 'admin#directory#members',
            members: [{id: '1', email: 'ada@acme.example', role: 'MEMBER', type: 'USER'}],
          },
        }
      // The array is absent where there is nobody.
      if (path === '/groups/g2/members') return {json: {kind: 'admin#directory#members', etag: 'x'}}
      return undefined
    })
  const settings = (url: string) =>
    sources.parse([
      {
        ...{type: 'google', url: `${url}/admin/directory/v1`, token_url: `${url}/token`},
        subject: 'admin@acme.example',
      },
    ])

  test('signs as the service account for an administrator, and asks for no phones', async () => {
    const service = await googleService()
    const env = {GOOGLE_APPLICATION_CREDENTIALS: keyFile(serviceAccount)}
    const db = emptyDatabase()
    const {sources: told} = await pull(db, settings(service.url), env, {machine: machine()})
    expect(told).toMatchObject([{status: 'done', problems: [], requests: 6}])
    expect(
      service.asked.slice(1).every(({query}) => !/phone|address|recovery/i.test(query.get('fields')!)),
    ).toBe(true)
    expect(paths(db).join()).not.toContain('CANARY')
  })

  test.runIf(reads('google-workspace'))('who is in which group', async () => {
    const service = await googleService()
    const db = emptyDatabase()
    const env = {GOOGLE_APPLICATION_CREDENTIALS: keyFile(serviceAccount)}
    const {issues} = await pull(db, settings(service.url), env)
    expect(issues).toEqual([])
    expect(links(db)).toContain('google:user/1 member_of google:group/g1')
  })

  test.each<[string, object | null]>([
    ['a file that is not there', null],
    ['a file that is no key', {private_key: 7}],
  ])('%s', async (_, key) => {
    const service = await googleService()
    const env = {GOOGLE_APPLICATION_CREDENTIALS: key ? keyFile(key) : '/nowhere/key.json'}
    const {sources: told} = await pull(emptyDatabase(), settings(service.url), env)
    const message =
      "google: the file that GOOGLE_APPLICATION_CREDENTIALS names is not a service account's key"
    expect(told).toMatchObject([{status: 'refused', problems: [{message}]}])
  })
})
