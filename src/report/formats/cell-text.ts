/** A cell as people read it. */
import {showUsd} from '../../model/money.ts'
import type {Cell, Column} from '../report.ts'

const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

/** Never in powers of ten: `12,000`, `0.00034`. */
function quantity(value: number): string {
  const [whole = '', decimals] = value
    .toLocaleString('en', {maximumSignificantDigits: 2, useGrouping: false})
    .split('.')
  return decimals === undefined ? grouped(Number(whole)) : `${whole}.${decimals}`
}

export function cellText(cell: Cell, {kind}: Column): string {
  if (cell === null) return kind === 'list' || kind === 'bar' || kind === 'note' ? '' : '–'
  if (typeof cell === 'bigint') return showUsd(cell)
  if (typeof cell === 'object') return cell.join(', ')
  if (typeof cell === 'string') return cell
  if (kind === 'share') return `${(cell / 10_000).toFixed(1)} %`
  if (kind === 'ratio') return (cell / 10_000).toFixed(2)
  if (kind === 'quantity') return quantity(cell)
  return grouped(cell)
}
