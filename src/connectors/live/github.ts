/** GitHub: repositories, teams, people, who they are at the identity provider, CODEOWNERS and deployments. */
import {isObject, type Json, object, text} from '../fields.ts'
import {githubClient, graphql, octokitFor, rest} from './github-client.ts'
import {codeownersHistory} from './github-codeowners.ts'
import {deployments} from './github-deployments.ts'
import {list} from './lists.ts'
import {linkHeader, type Next} from './paging.ts'
import {liveSource} from './source.ts'

export const github = liveSource({
  type: 'github',
  endpoints: [
    'GET /orgs/:org/repos',
    'GET /orgs/:org/members',
    'GET /orgs/:org/teams',
    'GET /orgs/:org/teams/:team/members',
    'GET /orgs/:org/teams/:team/repos',
    'GET /repos/:owner/:repo/contents/*',
    'GET /repos/:owner/:repo/commits',
    'GET /repos/:owner/:repo/deployments',
    // What its Link headers and redirects call the same things.
    'GET /organizations/:id/repos',
    'GET /organizations/:id/members',
    'GET /organizations/:id/teams',
    'GET /organizations/:id/team/:team/members',
    'GET /organizations/:id/team/:team/repos',
    'GET /repositories/:id/contents/*',
    'GET /repositories/:id/commits',
    'GET /repositories/:id/deployments',
    'POST /graphql',
    'POST ../graphql',
  ],
  address: 'https://api.github.com',
  credentials: ({token_env}) => [
    {
      variable: token_env ?? 'GITHUB_TOKEN',
      scope:
        'a token of the organization that may read contents, deployments, metadata and members (classic: repo, read:org; for identities also admin:org of an owner)',
    },
  ],
  sign: ({secrets: [token]}) => ({authorization: `Bearer ${token}`}),
  client: githubClient,
  streams({org}, address) {
    const api = octokitFor(address).rest
    const home = `github/orgs/${org}`
    const directory = {group: 'directory', next: linkHeader} as const
    return [
      list({
        // Everything else hangs on it, so it cannot be skipped.
        ...{id: 'repos', group: 'repos', next: linkHeader, file: `${home}/repos.json`},
        ask: rest(api.repos.listForOrg.endpoint({org, type: 'all', per_page: 100})),
        keys: repositoriesOf,
      }),
      list({
        ...{...directory, id: 'members', file: `${home}/members.json`},
        ask: rest(api.orgs.listMembers.endpoint({org, per_page: 100})),
      }),
      list({
        ...{...directory, id: 'teams', file: `${home}/teams.json`},
        ask: rest(api.teams.list.endpoint({org, per_page: 100})),
        keys: value => (Array.isArray(value) ? value : []).flatMap(item => text(item, 'slug') ?? []),
        below: team => [
          list({
            ...{...directory, id: `teams/${team}/members`, file: `${home}/teams/${team}/members.json`},
            ask: rest(api.teams.listMembersInOrg.endpoint({org, team_slug: team, per_page: 100})),
          }),
          list({
            ...{...directory, id: `teams/${team}/repos`, file: `${home}/teams/${team}/repos.json`},
            ask: rest(api.teams.listReposInOrg.endpoint({org, team_slug: team, per_page: 100})),
          }),
        ],
      }),
      list({
        ...{id: 'identities', group: 'identities', next: nextIdentities},
        file: 'github/graphql/external-identities.json',
        ask: graphql(address, IDENTITIES, {org, after: null}),
        where: `${graphql(address, '', {}).url}?org=${org}#externalIdentities`,
      }),
      codeownersHistory(address, org),
      deployments(address, org),
    ]
  },
})

/** `name branch pushed_at` of each repository: what a stream of its own needs to know of it. */
const repositoriesOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).filter(isObject).flatMap((item: Json) => {
    const [name, branch, pushed] = [text(item, 'name'), text(item, 'default_branch'), text(item, 'pushed_at')]
    return name === undefined ? [] : [[name, branch ?? 'HEAD', pushed ?? 'never'].join(' ')]
  })

const IDENTITIES = `query ($org: String!, $after: String) {
  organization(login: $org) {
    samlIdentityProvider {
      externalIdentities(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        edges { node { samlIdentity { nameId } scimIdentity { username } user { login } } }
      }
    }
  }
}`

const nextIdentities: Next = ({value}, asked) => {
  const provider = object(object(object(value, 'data'), 'organization'), 'samlIdentityProvider')
  const page = object(object(provider, 'externalIdentities'), 'pageInfo')
  const after = text(page, 'endCursor')
  if (page.hasNextPage !== true || after === undefined || !isObject(asked.body)) return null
  return {...asked, body: {...asked.body, variables: {...object(asked.body, 'variables'), after}}}
}
