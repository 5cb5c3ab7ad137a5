/** A cell as people read it. */
import {showUsd} from '../../model/money.ts'
import type {Cell, Column} from '../report.ts'
import {sparkline, trendOf} from './sparkline.ts'

/** A whole number, its thousands set apart. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

const twoDigits = new Intl.NumberFormat('en', {minimumSignificantDigits: 2, maximumSignificantDigits: 2})

export function cellText(cell: Cell, {kind}: Column): string {
  if (kind === 'spark') return sparkline(trendOf(cell))
  if (cell === null) return kind === 'list' || kind === 'bar' || kind === 'note' ? '' : '–'
  if (typeof cell === 'bigint') return showUsd(cell)
  if (typeof cell === 'object') return cell.join(', ')
  if (typeof cell === 'string') return cell
  if (kind === 'share') return `${(cell / 10_000).toFixed(1)} %`
  if (kind === 'ratio') return (cell / 10_000).toFixed(2)
  if (kind === 'quantity') return twoDigits.format(cell)
  return grouped(cell)
}
