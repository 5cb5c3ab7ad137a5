/** Okta: people, groups and who is in which. */
import {isObject, text} from '../fields.ts'
import {list} from './lists.ts'
import {get, linkHeader} from './paging.ts'
import {liveSource} from './source.ts'

export const okta = liveSource({
  type: 'okta',
  endpoints: ['GET /api/v1/users', 'GET /api/v1/groups', 'GET /api/v1/groups/:id/users'],
  credentials: ({token_env}) => [
    {
      variable: token_env ?? 'OKTA_API_TOKEN',
      scope:
        'a token of a read-only administrator (or, with scheme: Bearer, an OAuth token with okta.users.read and okta.groups.read)',
    },
  ],
  sign: ({settings: {scheme = 'SSWS'}, secrets: [token]}) => ({authorization: `${scheme} ${token}`}),
  streams(_, address) {
    const base = `${address}/api/v1`
    const common = {next: linkHeader} as const
    return [
      list({
        ...{...common, id: 'users', group: 'users', file: 'okta/users.json'},
        ask: get(`${base}/users`, {limit: 200}),
      }),
      // The list leaves out who has left, and what they spent stays.
      list({
        ...{...common, id: 'users-deprovisioned', group: 'users', file: 'okta/users.json'},
        ask: get(`${base}/users`, {limit: 200, filter: 'status eq "DEPROVISIONED"'}),
      }),
      list({
        ...{...common, id: 'groups', group: 'groups', file: 'okta/groups.json'},
        ask: get(`${base}/groups`, {limit: 200}),
        keys: value =>
          (Array.isArray(value) ? value : []).flatMap(item => (isObject(item) && text(item, 'id')) || []),
        below: id => [
          list({
            ...{...common, id: `groups/${encodeURIComponent(id)}/users`, group: 'groups'},
            ask: get(`${base}/groups/${encodeURIComponent(id)}/users`, {limit: 200}),
            file: `okta/groups/${id}/users.json`,
          }),
        ],
      }),
    ]
  },
})
