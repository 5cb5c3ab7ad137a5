/** Records as a stream of FOCUS rows, counted while it runs. */

import type {SpendClass} from '../../engine/outcome.ts'
import type {FocusRow, FocusTable} from '../../model/focus.ts'
import {formatUsd, type Nanos} from '../../model/money.ts'
import {focusCsvHeader, focusCsvLine} from '../formats/focus-csv.ts'
import type {Found} from '../records.ts'
import {type Books, focusRows, isCharge} from './rows.ts'

export const FOCUS_FORMATS = ['csv', 'parquet'] as const

export class FocusExport {
  rows = 0
  records = 0
  /** Of them, those divided over several rows. */
  split = 0
  /** Left out: nobody knows what they cost. */
  unpriced = 0
  billed: Nanos = 0n
  readonly #spent: Record<SpendClass, Nanos> = {owned: 0n, contested: 0n, unresolved: 0n}

  summary() {
    const {owned, contested, unresolved} = this.#spent
    return {
      rows: this.rows,
      records: this.records,
      split_records: this.split,
      unpriced_records: this.unpriced,
      totals: {
        billed_usd: formatUsd(this.billed),
        owned_usd: formatUsd(owned),
        contested_usd: formatUsd(contested),
        unresolved_usd: formatUsd(unresolved),
      },
    }
  }

  *rowsOf(found: Iterable<Found>, books: Books): Generator<FocusRow> {
    for (const one of found) {
      this.records++
      if (!isCharge(one)) {
        this.unpriced++
        continue
      }
      const rows = focusRows(one, books)
      if (rows.length > 1) this.split++
      for (const row of rows) {
        const cost = row.BilledCost as Nanos
        this.rows++
        this.billed += cost
        this.#spent[one.record.spend_class] += cost
        yield row
      }
    }
  }
}

const PIECE = 65_536

/** CSV in pieces of some 64 KiB. */
export function* focusToCsv(table: FocusTable, rows: Iterable<FocusRow>): Generator<string> {
  let piece = `${focusCsvHeader(table)}\n`
  for (const row of rows) {
    piece += `${focusCsvLine(table, row)}\n`
    if (piece.length < PIECE) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}
