/** Google Workspace: people, groups and who is in which. */
import {createSign} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {UserError} from '../../model/errors.ts'
import {array, isObject, type Json, text} from '../fields.ts'
import {list} from './lists.ts'
import {get, nextToken} from './paging.ts'
import {liveSource} from './source.ts'
import {Refused} from './trouble.ts'

const SCOPES = ['user', 'group', 'group.member'].map(
  what => `https://www.googleapis.com/auth/admin.directory.${what}.readonly`,
)
const VARIABLE = 'GOOGLE_APPLICATION_CREDENTIALS'

/** A profile holds phones and addresses too: only this is asked for. */
const USER =
  'id,primaryEmail,name,aliases,nonEditableAliases,suspended,archived,organizations,relations,externalIds'
const GROUP = 'id,email,name,aliases,nonEditableAliases,directMembersCount,adminCreated'
const MEMBER = 'id,email,role,type,status'

export const google = liveSource({
  type: 'google',
  endpoints: ['GET /users', 'GET /groups', 'GET /groups/:id/members'],
  address: 'https://admin.googleapis.com/admin/directory/v1',
  credentials: ({credentials_env}) => [
    {
      variable: credentials_env ?? VARIABLE,
      scope:
        "the path of a service account's JSON key, with domain-wide delegation for admin.directory.user.readonly, admin.directory.group.readonly and admin.directory.group.member.readonly",
    },
  ],
  tokenAddress: ({token_url}) => token_url ?? 'https://oauth2.googleapis.com/token',
  async sign({settings, secrets: [file = ''], exchange, tokenAddress, now}) {
    const answer = await exchange({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: assertion(keyOf(file, settings.credentials_env ?? VARIABLE), {
        sub: settings.subject,
        scope: SCOPES.join(' '),
        aud: tokenAddress,
        iat: Math.floor(now / 1000),
        exp: Math.floor(now / 1000) + 3600,
      }),
    })
    const token = text(answer, 'access_token')
    if (token === undefined) throw new Refused(401, 'the token exchange with Google')
    return {authorization: `Bearer ${token}`}
  },
  streams(settings, address) {
    const base = address
    const customer = settings.customer ?? 'my_customer'
    const common = {next: nextToken} as const
    const fields = (name: string, of: string) => `kind,nextPageToken,${name}(${of})`
    return [
      list({
        ...{...common, id: 'users', group: 'users', file: 'google/users.json'},
        ask: get(`${base}/users`, {
          ...{customer, projection: 'full', maxResults: 500, fields: fields('users', USER)},
        }),
      }),
      list({
        ...{...common, id: 'groups', group: 'groups', file: 'google/groups.json'},
        ask: get(`${base}/groups`, {customer, maxResults: 200, fields: fields('groups', GROUP)}),
        keys: value => array(value, 'groups').flatMap(item => text(item, 'id') ?? []),
        below: id => [
          list({
            ...{...common, id: `groups/${encodeURIComponent(id)}/members`, group: 'groups'},
            ask: get(`${base}/groups/${encodeURIComponent(id)}/members`, {
              ...{maxResults: 200, fields: fields('members', MEMBER)},
            }),
            file: `google/groups/${id}/members.json`,
          }),
        ],
      }),
    ]
  },
})

/** The service account's key; what is wrong with it is said without any of it. */
function keyOf(file: string, variable: string): Json {
  let key: unknown
  try {
    key = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    key = null
  }
  if (isObject(key) && text(key, 'private_key') && text(key, 'client_email')) return key
  throw new UserError(
    `the file that ${variable} names is not a service account's key`,
    'create a JSON key for the service account and let the variable hold its path',
  )
}

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A signed statement (RS256) that the service account wants to act for the administrator. */
function assertion(key: Json, claims: Json): string {
  const body = `${base64({alg: 'RS256', typ: 'JWT'})}.${base64({iss: text(key, 'client_email'), ...claims})}`
  return `${body}.${createSign('RSA-SHA256').update(body).sign(text(key, 'private_key')!, 'base64url')}`
}
