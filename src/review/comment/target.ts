/** Which pull request is meant, where it is, and with what one writes there: flags first, then what GitHub Actions says. */
import {readFileSync} from 'node:fs'
import {UserError} from '../../model/errors.ts'

type Env = {readonly [name: string]: string | undefined}

export interface PullRequest {
  readonly owner: string
  readonly repo: string
  readonly number: number
}

export interface Wanted {
  readonly repo: string | undefined
  readonly pullRequest: number | undefined
}

export function pullRequestOf({repo, pullRequest}: Wanted, env: Env): PullRequest {
  const named = repo ?? (env.GITHUB_REPOSITORY || undefined)
  const [, owner, name] = /^([\w.-]+)\/([\w.-]+)$/.exec(named ?? '') ?? []
  if (owner === undefined || name === undefined)
    throw new UserError(
      named === undefined ? 'which repository is not known' : `${JSON.stringify(named)} is not a repository`,
      'add --repo owner/name; in GitHub Actions it comes from GITHUB_REPOSITORY',
    )
  const number = pullRequest ?? numberOf(env)
  if (number === null)
    throw new UserError(
      'which pull request is not known',
      'add --pull-request N; in GitHub Actions it comes from the event, so run on pull_request',
    )
  return {owner, repo: name, number}
}

function numberOf(env: Env): number | null {
  const [, inRef] = /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? '') ?? []
  return numberIn(eventOf(env)) ?? (inRef === undefined ? null : Number(inRef))
}

interface Event {
  readonly pull_request?: {readonly number?: unknown}
  /** A comment on a pull request, which to GitHub is an issue. */
  readonly issue?: {readonly number?: unknown; readonly pull_request?: unknown}
  readonly workflow_run?: {readonly pull_requests?: readonly {readonly number?: unknown}[]}
}

function numberIn({pull_request, issue, workflow_run}: Event): number | null {
  const said = [
    pull_request?.number,
    issue?.pull_request ? issue.number : undefined,
    workflow_run?.pull_requests?.length === 1 ? workflow_run.pull_requests[0]?.number : undefined,
  ]
  return said.find((number): number is number => Number.isInteger(number)) ?? null
}

function eventOf({GITHUB_EVENT_PATH: path}: Env): Event {
  if (path === undefined || path === '') return {}
  try {
    const event: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof event === 'object' && event !== null ? event : {}
  } catch {
    // Flags and the ref may still say which; where they do not, that is what is told.
    return {}
  }
}

export interface Access {
  readonly rest: string
  readonly graphql: string
  readonly token: string
  readonly inActions: boolean
}

export function accessOf(env: Env): Access {
  const token = env.GITHUB_TOKEN?.trim()
  if (!token)
    throw new UserError(
      'GITHUB_TOKEN is not set',
      `set it to a token that may write pull requests, in GitHub Actions \${{ github.token }}; --dry-run needs none`,
      4,
    )
  const rest = withoutSlash(env.GITHUB_API_URL || 'https://api.github.com')
  // GitHub Enterprise keeps GraphQL beside its REST API and not below it.
  const graphql = withoutSlash(env.GITHUB_GRAPHQL_URL || `${rest.replace(/\/api\/v3$/, '/api')}/graphql`)
  for (const address of [rest, graphql])
    if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
      throw new UserError(
        `${JSON.stringify(address)} is not an address`,
        'check GITHUB_API_URL and GITHUB_GRAPHQL_URL',
      )
  return {rest, graphql, token, inActions: env.GITHUB_ACTIONS === 'true'}
}

const withoutSlash = (address: string): string => address.replace(/\/+$/, '')
