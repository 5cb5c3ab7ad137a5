/** What to do with the comments that are there: a function of them, and looked up again right before anything is written. */
import {markerOf} from './marker.ts'

export const BEHAVIORS = ['update', 'new', 'hide-and-new', 'delete-and-new'] as const
export type Behavior = (typeof BEHAVIORS)[number]

export interface Comment {
  readonly id: number
  readonly nodeId: string
  readonly body: string
  readonly url: string
}

export interface Wish {
  readonly behavior: Behavior
  readonly tag: string
  readonly generatedAt: string
  readonly body: string
  /** Why no first comment is wanted; null: it is. One that is there is still brought up to date. */
  readonly quiet: string | null
}

export type Decision =
  | {readonly do: 'skip'; readonly reason: string; readonly url: string | null}
  | {readonly do: 'update'; readonly comment: Comment}
  /** `quiet` is why only the others go and nothing is written; null: a new one is. */
  | {readonly do: 'create'; readonly quiet: string | null; readonly outdated: readonly Comment[]}

/** `own` are comments of this account, oldest first; those without this tag's marker do not count. */
export function decide(own: readonly Comment[], {behavior, tag, generatedAt, body, quiet}: Wish): Decision {
  const ours = own.flatMap(comment => {
    const marker = markerOf(comment.body)
    return marker?.tag === tag ? [{comment, generatedAt: marker.generatedAt}] : []
  })
  const newer = ours.findLast(other => other.generatedAt > generatedAt)
  if (newer)
    return {
      do: 'skip',
      reason: `a comment of a newer analysis is there (${newer.generatedAt}; this one is of ${generatedAt})`,
      url: newer.comment.url,
    }
  const latest = ours.at(-1)?.comment
  if (latest && behavior !== 'new' && sameText(latest.body, body))
    return {do: 'skip', reason: 'the comment already says so', url: latest.url}
  if (latest && behavior === 'update') return {do: 'update', comment: latest}
  const outdated =
    behavior === 'hide-and-new' || behavior === 'delete-and-new' ? ours.map(({comment}) => comment) : []
  if (quiet !== null && outdated.length === 0) return {do: 'skip', reason: quiet, url: null}
  return {do: 'create', quiet, outdated}
}

/** GitHub keeps a body's lines but not how they end. */
export const sameText = (one: string, other: string): boolean => normal(one) === normal(other)

const normal = (text: string): string => text.replace(/\r\n?/g, '\n').trim()
