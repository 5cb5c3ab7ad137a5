/** A row of numbers as a row of little columns. */
import {formatUsd} from '../../model/money.ts'
import type {Cell, Trend} from '../report.ts'

const HEIGHTS = '▁▂▃▄▅▆▇█'

/**
 * One character a number, from the least (or zero, where none is below it) to the greatest; a number that is not known is
 * a space. Where there is less room than numbers, neighbours share a character: its height is their mean.
 *
 *     sparkline([0, 5, null, 10])   '▁▅ █'
 */
export function sparkline(trend: Trend, room = trend.length): string {
  const values = squeezed(
    trend.map(value => (value === null ? null : Number(value))),
    room,
  )
  const known = values.filter(value => value !== null)
  const floor = Math.min(0, ...known)
  const span = Math.max(0, ...known) - floor
  return values.map(value => (value === null ? ' ' : HEIGHTS[heightOf(value - floor, span)]!)).join('')
}

/** The numbers themselves: `0.5 2 – 4`; money as exact dollars. */
export const trendText = (trend: Trend): string =>
  trend
    .map(value => (value === null ? '–' : typeof value === 'bigint' ? formatUsd(value) : String(value)))
    .join(' ')

/** What stands in a column of this kind. */
export const trendOf = (cell: Cell): Trend => (Array.isArray(cell) ? (cell as Trend) : [])

const heightOf = (above: number, span: number): number =>
  span === 0 ? 0 : Math.round((above / span) * (HEIGHTS.length - 1))

/** Means of neighbours, as many as there is room for. */
function squeezed(values: readonly (number | null)[], room: number): (number | null)[] {
  if (values.length <= room) return [...values]
  return Array.from({length: room}, (_, at) => {
    const from = Math.floor((at * values.length) / room)
    const to = Math.floor(((at + 1) * values.length) / room)
    const known = values.slice(from, to).filter(value => value !== null)
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
  })
}
