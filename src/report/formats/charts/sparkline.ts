/** One small line; what is not known is a gap, never nothing. */
import {showUsd} from '../../../model/money.ts'
import type {Sparkline} from '../../chart.ts'
import {scaleOf} from './scale.ts'
import {box, type Drawing, px, told} from './svg.ts'

const HEIGHT = 48
const EDGE = 4

export function sparkline({points}: Sparkline, width: number): Drawing {
  const scale = scaleOf(
    points.flatMap(({value}) => (value === null ? [] : [value])),
    2,
  )
  const place = (width - 2 * EDGE) / Math.max(1, points.length)
  const x = (index: number): number => EDGE + place * (index + 0.5)
  const at = points.map(({value}, index) =>
    value === null ? null : `${px(x(index))} ${px(HEIGHT - EDGE - scale.at(value) * (HEIGHT - 2 * EDGE))}`,
  )
  const path = at
    .map((point, index) => (point === null ? '' : `${(at[index - 1] ?? null) === null ? 'M' : 'L'}${point}`))
    .join('')
  // A known value between two gaps has no line: its point is drawn all the same.
  const dots = at.flatMap((point, index) => {
    const alone = (at[index - 1] ?? null) === null && (at[index + 1] ?? null) === null
    return point !== null && alone ? [`<path d="M${point}h.1" class="spark dot"/>`] : []
  })
  const told_ = points.map(({label, value}, index) =>
    told(`${label}: ${value === null ? 'not known' : showUsd(value)}`, [
      box({x: x(index) - place / 2, y: 0, width: place, height: HEIGHT}, 'hit'),
    ]),
  )
  return {width, height: HEIGHT, parts: [`<path d="${path}" class="spark"/>`, ...dots, ...told_]}
}
