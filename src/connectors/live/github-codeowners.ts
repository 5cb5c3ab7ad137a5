/**
 * CODEOWNERS on each repository's default branch, with the versions it had: spend of the 10th belongs to whom the file
 * named on the 10th. A repository nobody has pushed to since is not asked about at all.
 */
import {formatTime, parseTime} from '../../model/time.ts'
import {isObject, object, text} from '../fields.ts'
import type {Answer} from './answer.ts'
import {octokitFor, RAW, rest} from './github-client.ts'
import {attempt, type Repository, repositories} from './github-repositories.ts'
import {linkHeader} from './paging.ts'
import type {Context, Page, Step, Stream} from './source.ts'
import type {Ask} from './transport.ts'
import {whereOf} from './where.ts'

/** Where GitHub looks; the first that is there counts. */
const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']

/** The file as of a commit; `at`: when that was, epoch ms. */
interface Version {
  readonly path: string
  readonly sha: string
  readonly at: number
}

/** What is known of a repository's file. */
interface Seen {
  readonly pushed: string
  /** The version that still holds; null: there is no file. */
  readonly head: (Version & {readonly from: number | null}) | null
}

export function codeownersHistory(address: string, org: string): Stream {
  const api = octokitFor(address).rest.repos
  const contents = (repo: string, path: string, ref: string): Ask =>
    rest(api.getContent.endpoint({owner: org, repo, path, ref}), RAW)
  const commits = (
    repo: string,
    parameters: {path: string; sha: string; since?: string; until?: string},
  ): Ask => rest(api.listCommits.endpoint({owner: org, repo, per_page: 100, ...parameters}))
  const plan = contents('{id}', PLACES[0]!, 'HEAD')

  async function* pull(context: Context): AsyncGenerator<Step> {
    for (const repository of repositories(context)) {
      const stream = `codeowners/${repository.name}`
      const mark = context.mark(stream)?.cursor
      const seen = mark ? (JSON.parse(mark) as Seen) : null
      if (seen?.pushed === repository.pushed) continue
      const {pages, head} = await read(context, repository, seen)
      const cursor = JSON.stringify({pushed: repository.pushed, head} satisfies Seen)
      yield {pages, replaced: pages.map(({partition}) => partition), cursors: [{stream, cursor}]}
    }
  }

  async function read(context: Context, {name, branch}: Repository, seen: Seen | null) {
    const current = await present(context, name, branch)
    const known = seen?.head ?? null
    const since = known?.at ?? context.since
    const newer = current
      ? (await versions(context, name, current.path, branch, since)).filter(({sha}) => sha !== known?.sha)
      : []
    // Nothing has touched the file.
    if (known && current?.path === known.path && newer.length === 0) return {pages: [], head: known}
    const before = known ?? (current && (await versionBefore(context, name, current.path, branch, since)))
    const all = [...(before ? [before] : []), ...newer]
    // Who owned it before the file was written is best told by its first version.
    const starts = all.map((version, index) =>
      index > 0 ? version.at : known ? known.from : before ? version.at : null,
    )
    const gone = current === null ? context.round : null
    const pages: Page[] = []
    for (const [index, version] of all.entries()) {
      const to = all[index + 1]?.at ?? gone
      const from = starts[index] ?? null
      if (from !== null && to !== null && to <= from) continue
      const ask = contents(name, version.path, version.sha)
      const last = index === all.length - 1 && current !== null && version.path === current.path
      const body = last ? current.answer.bytes : (await attempt(context, ask))?.bytes
      if (body === undefined) continue
      pages.push({
        path: `github.com/${org}/${name}/${version.path}`,
        body,
        where: whereOf(ask.url),
        partition: `codeowners/${name}/${version.sha}`,
        part: 1,
        valid: {from, to},
      })
    }
    const latest = all.at(-1)
    return {pages, head: current && latest ? {...latest, from: starts.at(-1) ?? null} : null}
  }

  async function present(context: Context, repo: string, ref: string) {
    for (const path of PLACES) {
      const answer = await attempt(context, contents(repo, path, ref))
      if (answer) return {path, answer}
    }
    return null
  }

  /** Versions since an instant, oldest first. */
  async function versions(context: Context, repo: string, path: string, sha: string, since: number) {
    const found: Version[] = []
    let ask: Ask | null = commits(repo, {path, sha, since: formatTime(since)})
    while (ask) {
      const answer: Answer = await context.send(ask)
      found.push(...versionsOf(answer.value, path))
      ask = linkHeader(answer, ask)
    }
    return found.reverse().sort((a, b) => a.at - b.at)
  }

  /** The version that held at an instant. */
  async function versionBefore(context: Context, repo: string, path: string, sha: string, until: number) {
    const ask = commits(repo, {path, sha, until: formatTime(until)})
    const url = new URL(ask.url)
    url.searchParams.set('per_page', '1')
    const answer = await context.send({...ask, url: url.href})
    return versionsOf(answer.value, path)[0] ?? null
  }

  return {
    ...{id: 'codeowners', group: 'codeowners'},
    plan: () => [{stream: 'codeowners', ask: plan, from: 'repositories pushed to since'}],
    pull,
  }
}

const versionsOf = (value: unknown, path: string): Version[] =>
  (Array.isArray(value) ? value : []).filter(isObject).flatMap(item => {
    const sha = text(item, 'sha')
    const at = parseTime(text(object(object(item, 'commit'), 'committer'), 'date') ?? '')
    return sha === undefined || at === null ? [] : [{path, sha, at}]
  })
