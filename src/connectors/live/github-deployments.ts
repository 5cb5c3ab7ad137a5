/** Deployments of each repository, newest first, with how each went: one query for the states of a page. */
import {DAY_MS, dayOf, formatDay, parseTime} from '../../model/time.ts'
import {array, isObject, type Json, object, text} from '../fields.ts'
import {graphql, octokitFor, rest} from './github-client.ts'
import {attempt, repositories} from './github-repositories.ts'
import {linkHeader} from './paging.ts'
import type {Context, Page, Step, Stream} from './source.ts'
import type {Ask} from './transport.ts'
import {whereOf} from './where.ts'

/** A deployment's state still changes for a while. */
const OVERLAP = 3 * DAY_MS

const STATES = `query ($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Deployment { id statuses(first: 10) { nodes { state } } } }
}`

/** Kept with the first page's ETag: as long as that holds, nothing was deployed and no state changed. */
interface Reached {
  readonly since: number
  readonly until: number
}

export function deployments(address: string, org: string): Stream {
  const api = octokitFor(address).rest.repos
  const first = (repo: string): Ask => rest(api.listDeployments.endpoint({owner: org, repo, per_page: 100}))

  async function* pull(context: Context): AsyncGenerator<Step> {
    for (const {name} of repositories(context)) yield* ofRepository(context, name)
  }

  async function* ofRepository(context: Context, repo: string): AsyncGenerator<Step> {
    const stream = `deployments/${repo}`
    const mark = context.mark(stream)
    const reached = mark?.cursor ? (JSON.parse(mark.cursor) as Reached) : null
    const earlier = reached !== null && context.since < reached.since
    const from = reached && !earlier ? Math.max(context.since, reached.until - OVERLAP) : context.since
    const ask = first(repo)
    let answer = await attempt(context, ask, earlier ? null : (mark?.etag ?? null))
    if (answer === undefined || answer.status === 304) return
    const {etag} = answer
    const days = new Map<number, Json[]>()
    for (let current: Ask | null = ask; current; ) {
      const items = (Array.isArray(answer.value) ? answer.value : []).filter(isObject)
      const wanted = items.filter(item => createdAt(item, context.round) >= from)
      for (const item of await withStates(context, wanted)) {
        const day = dayOf(createdAt(item, context.round))
        days.set(day, [...(days.get(day) ?? []), item])
      }
      current = wanted.length < items.length ? null : linkHeader(answer, current)
      if (current) answer = await context.send(current)
    }
    const pages = [...days].map(([day, items]) => dayPage(repo, day, items, ask))
    const cursor = JSON.stringify({
      since: Math.min(context.since, reached?.since ?? context.since),
      until: context.round,
    } satisfies Reached)
    yield {pages, replaced: pages.map(({partition}) => partition), cursors: [{stream, cursor, etag}]}
  }

  const dayPage = (repo: string, day: number, items: readonly Json[], ask: Ask): Page => ({
    path: `github/repos/${org}/${repo}/deployments.json`,
    body: JSON.stringify(items),
    where: `${whereOf(ask.url)}#${formatDay(day)}`,
    partition: `deployments/${repo}/${formatDay(day)}`,
    part: 1,
  })

  async function withStates(context: Context, items: readonly Json[]): Promise<Json[]> {
    const ids = items.flatMap(item => text(item, 'node_id') ?? [])
    if (ids.length === 0) return [...items]
    const {value} = await context.send(graphql(address, STATES, {ids}))
    const states = new Map(
      array(object(value, 'data'), 'nodes').map(node => [
        text(node, 'id'),
        array(object(node, 'statuses'), 'nodes').map(status => ({state: text(status, 'state')})),
      ]),
    )
    return items.map(item => {
      const statuses = states.get(text(item, 'node_id'))
      return statuses ? {...item, statuses} : item
    })
  }

  return {
    ...{id: 'deployments', group: 'deployments'},
    plan: ({since}) => [
      {stream: 'deployments', ask: first('{id}'), from: `${formatDay(dayOf(since))}, or where each was left`},
    ],
    pull,
  }
}

/** An undated one counts as new: its issue is then told. */
const createdAt = (item: Json, now: number): number => parseTime(text(item, 'created_at') ?? '') ?? now
