/** Microsoft Entra through Graph: people, groups, who is in which, and workload identities. */
import {array, text} from '../fields.ts'
import {list} from './lists.ts'
import {get, odataNext} from './paging.ts'
import {liveSource} from './source.ts'
import {Refused} from './trouble.ts'

/** Without `$select` Graph leaves departments and cost centers out; and no more than this is asked for. */
const USER = [
  'id',
  'userPrincipalName',
  'mail',
  'otherMails',
  'displayName',
  'accountEnabled',
  'userType',
  'department',
  'companyName',
  'employeeId',
  'employeeType',
  'employeeOrgData',
].join(',')
const GROUP = 'id,displayName,mail,mailNickname,groupTypes,securityEnabled,mailEnabled'
const MEMBER = 'id,displayName,mail,userPrincipalName'
const PRINCIPAL = 'id,appId,displayName,servicePrincipalType'

export const entra = liveSource({
  type: 'entra',
  endpoints: ['GET /users', 'GET /groups', 'GET /groups/:id/members', 'GET /servicePrincipals'],
  address: 'https://graph.microsoft.com/v1.0',
  credentials: ({tenant, client_id, secret_env}) => [
    {
      variable: secret_env ?? 'AZURE_CLIENT_SECRET',
      scope:
        'the secret of an app registration with the application permissions User.Read.All, GroupMember.Read.All and Application.Read.All',
    },
    ...(tenant === undefined ? [{variable: 'AZURE_TENANT_ID', scope: 'the tenant to read'}] : []),
    ...(client_id === undefined
      ? [{variable: 'AZURE_CLIENT_ID', scope: "the app registration's application id"}]
      : []),
  ],
  tokenAddress: ({login_url = 'https://login.microsoftonline.com', tenant}, [, first = '']) =>
    `${login_url}/${encodeURIComponent(tenant ?? first)}/oauth2/v2.0/token`,
  async sign({settings, address, secrets, exchange}) {
    const [client_secret = '', ...others] = secrets
    const answer = await exchange({
      grant_type: 'client_credentials',
      client_id: settings.client_id ?? others.at(-1) ?? '',
      client_secret,
      scope: `${new URL(address).origin}/.default`,
    })
    const token = text(answer, 'access_token')
    if (token === undefined) throw new Refused(401, 'the token exchange with Entra')
    return {authorization: `Bearer ${token}`}
  },
  streams(_, address) {
    const base = address
    const common = {next: odataNext} as const
    return [
      list({
        ...{...common, id: 'users', group: 'users', file: 'entra/users.json'},
        ask: get(`${base}/users`, {$select: USER, $top: 999}),
      }),
      list({
        ...{...common, id: 'groups', group: 'groups', file: 'entra/groups.json'},
        ask: get(`${base}/groups`, {$select: GROUP, $top: 999}),
        keys: value => array(value, 'value').flatMap(item => text(item, 'id') ?? []),
        below: id => [
          list({
            ...{...common, id: `groups/${encodeURIComponent(id)}/members`, group: 'groups'},
            ask: get(`${base}/groups/${encodeURIComponent(id)}/members`, {$select: MEMBER, $top: 999}),
            file: `entra/groups/${id}/members.json`,
          }),
        ],
      }),
      list({
        ...{...common, id: 'servicePrincipals', group: 'service_principals', optional: true},
        ask: get(`${base}/servicePrincipals`, {$select: PRINCIPAL, $top: 999}),
        file: 'entra/servicePrincipals.json',
      }),
    ]
  },
})
