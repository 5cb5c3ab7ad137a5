/** What owners say of a week's burn: entries of the audit trail, of which the last about a row and week is the one shown. Pure. */
import {firstBreak, type StoredEntry} from './audit.ts'
import {type Details, placeOf} from './decisions.ts'
import {UserError} from './errors.ts'

export const CLASSIFICATIONS = ['expected-growth', 'waste', 'incident', 'experiment', 'unknown'] as const
export type Classification = (typeof CLASSIFICATIONS)[number]

export const ACTIONS = [
  'cap',
  'investigate',
  'route-down',
  'retire',
  'budget-increase',
  'leave-unchanged',
] as const
export type BurnAction = (typeof ACTIONS)[number]

export interface BurnComment {
  /** Of the entry. */
  readonly id: number
  readonly at: number
  readonly who: string
  /** `audit:7`. */
  readonly where: string
  readonly said: Details['burn.comment']
  /** Whether a later one about the same row and week has taken its place. */
  readonly replaced: boolean
}

/** All of them in order. A trail that has been tampered with says nothing: a `UserError` says where it breaks. */
export function commentsIn(trail: readonly StoredEntry[]): BurnComment[] {
  const broken = firstBreak(trail)
  if (broken !== null)
    throw new UserError(
      `the audit trail is broken: entry ${broken.seq} ${broken.what}`,
      'see `venturi audit verify`, and go back to a copy of the database whose trail is whole',
    )
  const comments = trail
    .filter(({action}) => action === 'burn.comment')
    .map(({seq: id, at, actor: who, detail}) => ({
      ...{id, at, who, where: placeOf(id)},
      said: JSON.parse(detail) as Details['burn.comment'],
    }))
  const last = new Map(comments.map(({id, said}) => [aboutOf(said), id]))
  return comments.map(comment => ({...comment, replaced: last.get(aboutOf(comment.said)) !== comment.id}))
}

const aboutOf = ({key, from_day}: Details['burn.comment']): string => `${key} ${from_day}`

/** Those that stand about the week that begins on `fromDay`, by key of their row. */
export const commentsOn = (
  comments: readonly BurnComment[],
  fromDay: number,
): ReadonlyMap<string, BurnComment> =>
  new Map(
    comments
      .filter(({said, replaced}) => said.from_day === fromDay && !replaced)
      .map(comment => [comment.said.key, comment]),
  )
