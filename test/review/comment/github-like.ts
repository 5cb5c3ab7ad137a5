/** GitHub on this machine: comments of one pull request, kept as GitHub keeps them. */
import {type Asked, type Reply, type Service, serve} from '../../live/service.ts'

export const BOT = 'github-actions[bot]'

export interface Kept {
  readonly id: number
  body: string
  readonly user: {readonly login: string}
  minimized: boolean
}

export interface GithubLike extends Service {
  readonly comments: Kept[]
  add(body: string, login?: string): Kept
}

/** `trouble` answers in place of GitHub where it answers at all, and may change what is kept. */
export async function githubLike(
  trouble?: (asked: Asked, github: GithubLike) => Reply | undefined,
): Promise<GithubLike> {
  const comments: Kept[] = []
  let last = 1000
  const service = await serve((asked, url) => {
    const wrong = trouble?.(asked, github)
    if (wrong) return wrong
    if (asked.headers.authorization !== 'token T0KEN')
      return {status: 401, json: {message: 'Bad credentials'}}
    return answer(asked, url)
  })
  const add = (body: string, login = BOT): Kept => {
    const kept = {id: ++last, body, user: {login}, minimized: false}
    comments.push(kept)
    return kept
  }
  const shown = ({id, body, user}: Kept) => ({
    ...{id, node_id: `IC_${id}`, body, user},
    html_url: `https://github.example/acme/shop/pull/7#issuecomment-${id}`,
  })
  const github: GithubLike = Object.assign(service, {comments, add})

  function answer({method, path, query, body}: Asked, url: string): Reply {
    const json = body === '' ? {} : JSON.parse(body)
    const one = /^\/repos\/acme\/shop\/issues\/comments\/(\d+)$/.exec(path)
    if (one) {
      const at = comments.findIndex(({id}) => id === Number(one[1]))
      if (at < 0) return {status: 404, json: {message: 'Not Found'}}
      if (method === 'PATCH') comments[at]!.body = json.body
      if (method === 'DELETE') comments.splice(at, 1)
      return method === 'DELETE' ? {status: 204} : {json: shown(comments[at]!)}
    }
    if (path === '/repos/acme/shop/issues/7/comments') {
      if (method === 'POST') return {status: 201, json: shown(add(json.body))}
      const size = Number(query.get('per_page') ?? 30)
      const page = Number(query.get('page') ?? 1)
      const more = page * size < comments.length
      return {
        json: comments.slice((page - 1) * size, page * size).map(shown),
        headers: more ? {link: `<${url}${path}?per_page=${size}&page=${page + 1}>; rel="next"`} : {},
      }
    }
    if (path === '/user') return {status: 403, json: {message: 'Resource not accessible by integration'}}
    if (path === '/graphql') return {json: {data: graphql(json.query, json.variables)}}
    return {status: 404, json: {message: 'Not Found'}}
  }

  function graphql(
    query: string,
    variables: {ids?: string[]; input?: {subjectId: string; classifier: string}},
  ) {
    const found = (nodeId: string) => comments.find(({id}) => `IC_${id}` === nodeId)
    if (query.includes('viewer')) return {viewer: {login: BOT}}
    if (variables.ids) return {nodes: variables.ids.map(id => ({id, isMinimized: found(id)?.minimized}))}
    if (variables.input?.classifier === 'OUTDATED') found(variables.input.subjectId)!.minimized = true
    return {minimizeComment: {minimizedComment: {isMinimized: true}}}
  }
  return github
}
