/** Rows as CSV (RFC 4180, LF): money as exact decimals, unknown as an empty cell. */
import {formatUsd} from '../../model/money.ts'
import type {Cell, Column, Report} from '../report.ts'
import {trendOf, trendText} from './sparkline.ts'

const NUMBER = /^-?\d+(\.\d+)?$/

/**
 * One field. What a spreadsheet would run as a formula is told to be text by a leading apostrophe; plain numbers,
 * negative ones too, stay numbers.
 */
export function csvField(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return ''
  const text = String(value)
  const safe = /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csvLine = (values: readonly Parameters<typeof csvField>[0][]): string =>
  values.map(csvField).join(',')

function plain(cell: Cell, {kind}: Column): string | number | null {
  if (kind === 'spark') return cell === null ? null : trendText(trendOf(cell))
  if (typeof cell === 'bigint') return formatUsd(cell)
  if (cell === null || typeof cell === 'string') return cell
  if (typeof cell === 'object') return cell.join('; ')
  return kind === 'share' ? cell / 1_000_000 : kind === 'ratio' ? cell / 10_000 : cell
}

/** All tables as one: its first column says which, the others are every table's own. Ends without a newline. */
export function toCsv({tables}: Report): string {
  const columns = tables.flatMap(table => table.columns).filter(({kind}) => kind !== 'bar')
  const keys = [...new Set(columns.map(({key}) => key))]
  const lines = tables.flatMap(({key: table, columns: own, rows}) =>
    rows.map(row =>
      csvLine([
        table,
        ...keys.map(key => {
          const column = own.find(candidate => candidate.key === key)
          return column ? plain(row[key] ?? null, column) : null
        }),
      ]),
    ),
  )
  return [csvLine(['table', ...keys]), ...lines].join('\n')
}
