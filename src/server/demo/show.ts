/** What the demonstration shows of its database: the ledger, one record explained, and the line that reconciles. */
import {formatUsd, type Nanos, showExactUsd} from '../../model/money.ts'
import type {Explanation} from '../../report/explanation.ts'
import {explanationToText} from '../../report/formats/explain-text.ts'
import type {Screen} from '../../report/formats/layout.ts'
import {toTable} from '../../report/formats/table.ts'
import type {View} from '../../report/lens.ts'
import {ledger} from '../../report/lenses/ledger.ts'
import {totalsOf} from '../../report/lines.ts'
import {loadSpend} from '../../report/load.ts'
import {RecordReader} from '../../report/records.ts'
import type {ReadableStore} from '../../store/query.ts'
import {explainer} from '../pricing/compare.ts'
import {chooseRecord} from './choose-record.ts'

export interface Shown {
  readonly ledger: View
  readonly explanation: Explanation | null
  readonly bills: Bills
}

export interface Bills {
  readonly invoices: number
  readonly billed: Nanos
  readonly total: Nanos
}

export function show(store: ReadableStore): Shown {
  const request = {period: {from: null, to: null}, asOf: 'event'} as const
  const {spend, invoiced} = loadSpend(store, request)
  const reader = new RecordReader(store)
  const found = chooseRecord(store, reader)
  return {
    ledger: ledger.view(store, request),
    explanation: found && explainer(reader, {})(found),
    bills: {
      invoices: invoiced?.invoices ?? 0,
      billed: invoiced?.amount ?? 0n,
      total: totalsOf(spend).total,
    },
  }
}

export function shownToText({ledger: {report}, explanation, bills}: Shown, screen: Screen): string {
  const record = explanation === null ? [] : [explanationToText(explanation, screen)]
  return [toTable(report, screen), ...record, billsToText(bills)].join('\n\n\n')
}

export const billsToText = ({invoices, billed, total}: Bills): string =>
  `bills (${invoices} ${invoices === 1 ? 'invoice' : 'invoices'}) ${showExactUsd(billed)} ${billed === total ? '=' : '≠'} total ${showExactUsd(total)}`

export const shownToJson = ({ledger: {json}, explanation, bills: {invoices, billed, total}}: Shown) => ({
  ledger: json,
  explanation,
  reconciliation: {
    invoices,
    billed_usd: formatUsd(billed),
    total_usd: formatUsd(total),
    difference_usd: formatUsd(billed - total),
  },
})
