/** FOCUS rows as CSV: exact decimals, UTC times to the second, an empty cell for null. */
import type {FocusRow, FocusTable, FocusType, FocusValue} from '../../model/focus.ts'
import {formatUsd} from '../../model/money.ts'
import {formatTime} from '../../model/time.ts'
import {csvLine} from './csv.ts'

const MILLION = 1_000_000n

/** Millionths as the shortest exact decimal: `0.27`, `3`. */
export function formatQuantity(millionths: bigint): string {
  const sign = millionths < 0n ? '-' : ''
  const abs = millionths < 0n ? -millionths : millionths
  const fraction = (abs % MILLION).toString().padStart(6, '0').replace(/0+$/, '')
  return `${sign}${abs / MILLION}${fraction === '' ? '' : `.${fraction}`}`
}

function text(value: FocusValue, type: FocusType): string | null {
  if (value === null) return null
  switch (type) {
    case 'usd':
      return formatUsd(value as bigint)
    case 'quantity':
      return formatQuantity(value as bigint)
    case 'instant':
      return formatTime(value as number)
    case 'text':
    case 'json':
    case 'count':
    case 'ratio':
    case 'truth':
      return String(value)
    default:
      return type satisfies never
  }
}

export const focusCsvHeader = ({columns}: FocusTable): string => csvLine(columns.map(({name}) => name))

export const focusCsvLine = ({columns, cells}: FocusTable, row: FocusRow): string =>
  csvLine(cells(row).map((value, at) => text(value, columns[at]!.type)))
