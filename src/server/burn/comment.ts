/** What an owner says of a row of the weekly burn: checked against that week's rows and written to the audit trail. */
import {
  type BurnAction,
  type BurnComment,
  type Classification,
  commentsIn,
} from '../../model/burn-comments.ts'
import {UserError} from '../../model/errors.ts'
import {DAY_MS, formatDay, parseTime} from '../../model/time.ts'
import {showDays} from '../../report/burn.ts'
import {nameOf} from '../../report/burn-rows.ts'
import {loadBurn} from '../../report/load-burn.ts'
import type {Period} from '../../report/period.ts'
import {auditTrail} from '../../store/queries/audit.ts'
import {all, type ReadableStore} from '../../store/query.ts'
import {append} from '../audit/append.ts'
import type {Desk} from '../audit/decide.ts'

export interface Wish {
  readonly key: string
  /** The week is the one `report burn` shows of it. */
  readonly period: Period
  readonly comment: string
  readonly classification: Classification
  readonly action?: BurnAction | undefined
  readonly due?: string | undefined
}

/** All of it or nothing. It settles nothing: attribution stays up to date. */
export function addComment({store, now: at, actor}: Desk, wish: Wish): BurnComment {
  const comment = commentText(wish.comment)
  const due = wish.due === undefined ? undefined : dueDay(wish.due)
  return store.database
    .transaction(() => {
      const {week, rows} = loadBurn(store, {period: wish.period, asOf: 'event'})
      if (week === null)
        throw new UserError('there is no usage in these days', 'name a week that `venturi report burn` shows')
      const row = rows.find(({key}) => key === wish.key.trim().toLowerCase())
      if (row === undefined)
        throw new UserError(
          `${wish.key}: no row of ${showDays(week)} has that key`,
          `take one from \`venturi report burn\`; the dearest are ${rows
            .slice(0, 3)
            .map(known => `${known.key} (${nameOf(known)})`)
            .join(', ')}`,
        )
      const detail = {
        ...{key: row.key, row: nameOf(row), from_day: week.from, to_day: week.to},
        ...{comment, classification: wish.classification},
        ...(wish.action !== undefined && {action: wish.action}),
        ...(due !== undefined && {due}),
      }
      const id = append(store, {at, actor, action: 'burn.comment', subject: `burn ${row.key}`, detail})
      return loadComments(store).find(known => known.id === id)!
    })
    .immediate()
}

export const loadComments = (store: ReadableStore): BurnComment[] => commentsIn(all(store, auditTrail, {}))

const MOST = 1000

function commentText(text: string): string {
  const comment = text.trim()
  if (comment === '')
    throw new UserError('--comment is empty', 'say why the cost is what it is, so that others can decide')
  if (comment.length > MOST)
    throw new UserError(
      `--comment has ${comment.length} characters`,
      `say it in ${MOST}, and name where more stands`,
    )
  return comment
}

function dueDay(text: string): string {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? parseTime(text) : null
  if (at === null || formatDay(at / DAY_MS) !== text)
    throw new UserError(`--due "${text}" is not a day`, 'write it as YYYY-MM-DD')
  return text
}
