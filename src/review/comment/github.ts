/** The comments of one pull request at GitHub, through its own client. */
import {Octokit} from '@octokit/rest'
import {EXIT, UserError} from '../../model/errors.ts'
import type {Comment} from './decide.ts'
import type {Patience} from './patience.ts'
import type {Access, PullRequest} from './target.ts'
import {Busy, Missing, ReadOnly, troubleOf} from './trouble.ts'

export interface Listed extends Comment {
  /** Null: the account is gone. */
  readonly author: string | null
}

export interface Comments {
  /** Oldest first, however many. */
  list(): Promise<Listed[]>
  /** The account that the token writes as; null: GitHub does not say. */
  author(): Promise<string | null>
  create(body: string): Promise<string>
  update(id: number, body: string): Promise<string>
  hide(nodeIds: readonly string[]): Promise<void>
  /** Which are hidden already. */
  hidden(nodeIds: readonly string[]): Promise<ReadonlySet<string>>
  delete(id: number): Promise<void>
}

const silent = {debug() {}, info() {}, warn() {}, error() {}}
const LONGEST_REQUEST = 20_000

/** Questions are asked again while `patience` lasts; what writes is tried once, and `Busy` thrown: who writes must look again first. */
export function githubComments(
  {rest, graphql, token}: Access,
  {owner, repo, number}: PullRequest,
  patience: Patience,
): Comments {
  const octokit = new Octokit({baseUrl: rest, auth: token, userAgent: 'venturi', log: silent})
  octokit.hook.wrap('request', async (request, options) => {
    const asked = `${options.method} ${octokit.request.endpoint(options).url.split('?')[0]}`
    try {
      const timeout = AbortSignal.timeout(Math.max(1, Math.min(LONGEST_REQUEST, patience.left())))
      const answer = await request({...options, request: {...options.request, signal: timeout}})
      // Octokit makes text of what is no JSON, and an empty one of what breaks off: not a list without comments.
      if (answer.status !== 204 && typeof answer.data === 'string')
        throw new Busy(`${asked}: the answer is not whole`, null)
      return answer
    } catch (error) {
      throw meaning(asked, error, patience.now())
    }
  })

  const here = {owner, repo, issue_number: number}

  const query = async (text: string, variables: object): Promise<unknown> => {
    const {data} = await octokit.request({method: 'POST', url: graphql, query: text, variables})
    return answerOf(`POST ${graphql}`, data)
  }

  return {
    list: () =>
      patiently(patience, async () => {
        const found = await octokit.paginate(octokit.rest.issues.listComments, {...here, per_page: 100})
        return found
          .map(({id, node_id, body, html_url, user}) => ({
            ...{id, nodeId: node_id, body: body ?? '', url: html_url, author: user?.login ?? null},
          }))
          .sort((one, other) => one.id - other.id)
      }),

    async author() {
      // The token of a job is an installation's: it may not ask who the user is, but GraphQL tells who looks.
      const asked = [
        async () => (await octokit.rest.users.getAuthenticated()).data.login,
        async () => ((await query('query { viewer { login } }', {})) as Viewer)?.viewer?.login,
      ]
      for (const ask of asked)
        try {
          const login = await patiently(patience, ask)
          if (typeof login === 'string') return login
        } catch (error) {
          if (!(error instanceof ReadOnly || (error instanceof UserError && error.exit !== EXIT.credentials)))
            throw error
        }
      return null
    },

    async create(body) {
      return (await octokit.rest.issues.createComment({...here, body})).data.html_url
    },

    async update(id, body) {
      return (await octokit.rest.issues.updateComment({owner, repo, comment_id: id, body})).data.html_url
    },

    async hide(nodeIds) {
      for (const subjectId of nodeIds)
        await unlessMissing(
          patiently(patience, () => query(HIDE, {input: {subjectId, classifier: 'OUTDATED'}})),
        )
    },

    async hidden(nodeIds) {
      const found = new Set<string>()
      for (let from = 0; from < nodeIds.length; from += 100) {
        const answer = (await patiently(patience, () =>
          query(HIDDEN, {ids: nodeIds.slice(from, from + 100)}),
        )) as {nodes?: readonly ({id?: string; isMinimized?: boolean} | null)[]}
        for (const node of answer?.nodes ?? [])
          if (node?.isMinimized && node.id !== undefined) found.add(node.id)
      }
      return found
    },

    async delete(id) {
      await unlessMissing(
        patiently(patience, () => octokit.rest.issues.deleteComment({owner, repo, comment_id: id})),
      )
    },
  }
}

interface Viewer {
  readonly viewer?: {readonly login?: unknown}
}

const HIDE = `mutation ($input: MinimizeCommentInput!) {
  minimizeComment(input: $input) { minimizedComment { isMinimized } }
}`

const HIDDEN = `query ($ids: [ID!]!) {
  nodes(ids: $ids) { ... on IssueComment { id isMinimized } }
}`

async function patiently<Answer>(patience: Patience, ask: () => Promise<Answer>): Promise<Answer> {
  for (;;)
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Busy)) throw error
      await patience.orGiveUp(error)
    }
}

/** What is gone already need not go. */
async function unlessMissing(going: Promise<unknown>): Promise<void> {
  try {
    await going
  } catch (error) {
    if (!(error instanceof Missing)) throw error
  }
}

/** What octokit throws, as what it means. Neither the token nor the body asked with is in it. */
function meaning(asked: string, error: unknown, now: number): Error {
  if (error instanceof Busy) return error
  const {status, response, message, cause} = error as Partial<RequestError>
  if (status !== undefined && response)
    return troubleOf(asked, {status, headers: response.headers, message: saidIn(response.data)}, now)
  const code = [cause, (cause as Error | undefined)?.cause]
    .map(found => (found as {code?: unknown} | undefined)?.code)
    .find(found => typeof found === 'string')
  if (code === 'ENOTFOUND' || code === 'ECONNREFUSED')
    return new UserError(`${asked}: nothing answers there (${code})`, 'check GITHUB_API_URL and the network')
  return new Busy(`${asked}: ${code ?? message ?? 'no answer'}`, null)
}

interface RequestError {
  readonly status: number
  readonly message: string
  readonly cause: unknown
  readonly response: {
    readonly headers: {readonly [name: string]: string | number | undefined}
    readonly data: unknown
  }
}

/** GitHub's own words, and those about single fields. */
function saidIn(data: unknown): string {
  const {message, errors} = (data ?? {}) as {message?: unknown; errors?: unknown}
  const each = (Array.isArray(errors) ? errors : [errors]).map(error =>
    typeof error === 'string' ? error : (error as {message?: unknown} | undefined)?.message,
  )
  return [message, ...each].filter(text => typeof text === 'string').join(' ')
}

/** GraphQL answers 200 to what it refuses. */
function answerOf(asked: string, answer: unknown): unknown {
  const {data, errors} = (answer ?? {}) as {data?: unknown; errors?: unknown}
  const [first] = (Array.isArray(errors) ? errors : []) as {type?: unknown; message?: unknown}[]
  if (first === undefined) return data
  const message = String(first.message ?? '')
  if (first.type === 'RATE_LIMITED') throw new Busy(`${asked}: too many requests for now`, null)
  if (first.type === 'NOT_FOUND') throw new Missing(`${asked}: it is not there`, 'run it again')
  if (first.type === 'FORBIDDEN' || /resource not accessible by/i.test(message))
    throw new ReadOnly(`${asked}: this token may not do that`)
  throw new UserError(
    `${asked}: answered with an error${typeof first.type === 'string' ? `, ${first.type}` : ''}`,
    'check GITHUB_GRAPHQL_URL and what the token may do',
  )
}
