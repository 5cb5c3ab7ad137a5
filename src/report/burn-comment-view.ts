/** Comments on the weekly burn as programs and as people read them. */
import type {BurnComment} from '../model/burn-comments.ts'
import {dayOf, formatDay, formatTime} from '../model/time.ts'
import {showDays} from './burn.ts'
import {clean} from './formats/layout.ts'

export const commentToJson = ({id, at, who, where, said, replaced}: BurnComment) => ({
  id,
  key: said.key,
  row: said.row,
  week: {first_day: formatDay(said.from_day), last_day: formatDay(said.to_day - 1)},
  comment: said.comment,
  classification: said.classification,
  action: said.action ?? null,
  due: said.due ?? null,
  ...{who, at: formatTime(at), where, replaced},
})

const words = (text: string): string => text.replaceAll('-', ' ')

export const commentText = ({who, said}: BurnComment): string =>
  `${words(said.classification)}, says ${who}: ${said.comment}`

/** Null: none is decided. */
export const actionText = ({said: {action, due}}: BurnComment): string | null =>
  action === undefined ? null : `action: ${words(action)}${due === undefined ? '' : `, due ${due}`}`

/** A few lines for a terminal. */
export function commentLines(comment: BurnComment): string {
  const {id, at, said, replaced} = comment
  const days = showDays({from: said.from_day, to: said.to_day})
  return [
    `${id}  ${said.key}, ${days}: ${said.row}${replaced ? ' (replaced by a later comment)' : ''}`,
    `${commentText(comment)} (${formatDay(dayOf(at))})`,
    actionText(comment),
  ]
    .filter(line => line !== null)
    .map(clean)
    .join('\n    ')
}
