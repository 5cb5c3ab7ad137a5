/** GitHub's own client, with its requests going out through the guarded transport. */
import {Octokit} from '@octokit/rest'
import {array, isObject, text} from '../fields.ts'
import type {HeaderFields} from './source.ts'
import type {Ask} from './transport.ts'
import {Refused, Rejected} from './trouble.ts'

const silent = {debug() {}, info() {}, warn() {}, error() {}}

export const octokitFor = (baseUrl: string, fetch?: typeof globalThis.fetch): Octokit =>
  new Octokit({baseUrl, userAgent: 'venturi', log: silent, ...(fetch ? {request: {fetch}} : {})})

const ACCEPT = 'application/vnd.github+json'
/** A file as it is: the usual answer leaves out what is larger than 1 MB. */
export const RAW = 'application/vnd.github.raw+json'

/** A REST question, by the endpoint's own name in octokit: `octokit.rest.repos.listForOrg.endpoint({org})`. */
export const rest = ({url}: {readonly url: string}, accept = ACCEPT): Ask => ({method: 'GET', url, accept})

/** GitHub Enterprise keeps GraphQL beside its REST API and not below it. */
export const graphql = (address: string, query: string, variables: object): Ask => ({
  method: 'POST',
  url: `${address.replace(/\/api\/v3$/, '/api')}/graphql`,
  body: {query, variables},
  accept: ACCEPT,
})

export function githubClient(
  address: string,
  fetch: typeof globalThis.fetch,
): (ask: Ask, headers: HeaderFields) => Promise<Response> {
  const octokit = octokitFor(address, fetch)
  const send = async ({method, url, body}: Ask, headers: HeaderFields): Promise<Response> => {
    try {
      const answer = await octokit.request({
        ...(isObject(body) ? body : {}),
        ...{method, url},
        headers: {...headers, 'x-github-api-version': '2022-11-28'},
        request: {parseSuccessResponseBody: false},
      })
      return response(answer.status, answer.headers, answer.data as ReadableStream)
    } catch (error) {
      const {
        status,
        response: answer,
        cause,
      } = error as {
        status?: number
        response?: {headers: object}
        cause?: unknown
      }
      if (status === 304 && answer) return response(304, answer.headers, null)
      throw cause ?? error
    }
  }
  return async (ask, headers) =>
    ask.method === 'GET' ? send(ask, headers) : queried(ask, () => send(ask, headers))
}

function response(status: number, headers: object, body: ReadableStream | null): Response {
  const known = Object.entries(headers).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return new Response(status === 204 || status === 304 ? null : body, {status, headers: known})
}

const MOST_TRIES = 3

/** GraphQL answers 200 to what it refuses. */
async function queried({url}: Ask, send: () => Promise<Response>): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const answer = await send()
    const body: unknown = JSON.parse(await answer.clone().text())
    const errors = array(body, 'errors').map(error => text(error, 'type') ?? 'without a type')
    const [type] = errors.filter(found => found !== 'NOT_FOUND' || !isObject(body) || !isObject(body.data))
    if (type === undefined) return answer
    // The transport waits for the quota before it sends the next.
    if (type === 'RATE_LIMITED' && tries < MOST_TRIES) continue
    if (/FORBIDDEN|SCOPE/.test(type)) throw new Refused(403, `POST ${url}`)
    throw new Rejected(
      `POST ${url}: answered with an error, ${type}`,
      'check org: and what the token may read, or leave this part out with skip:',
    )
  }
}
