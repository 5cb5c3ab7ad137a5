/** What may be charged to whom now, and what is held back and why. */
import {formatUsd, type Nanos, showExactUsd} from '../../model/money.ts'
import type {Waterfall} from '../chart.ts'
import {adjustmentTables, closingRemarks, closingToJson} from '../closing-view.ts'
import {lens, periodToJson} from '../lens.ts'
import {LINE_COLUMNS, lineToRow} from '../line-table.ts'
import {eligible, type Line, linesOf, lineToJson, type Totals, totalsOf} from '../lines.ts'
import {type Loaded, loadSpend, type Spend} from '../load.ts'
import {reconcilingLines} from '../reconcile.ts'
import type {Column, Report} from '../report.ts'

/** Why money waits, and what would release it. */
export const REASONS = {
  disputed: ['disputed', 'settling the dispute'],
  bounded: ['shared by a known few', 'requests that say for whom, or a key for each'],
  ambiguous: ['more than one plausible owner', 'one exact link'],
  below_floor: ['one owner, but below 0.80', 'one more witness'],
  unknown: ['owner not known', 'writing down whose key, project or service it is'],
  not_identifiable: [
    'nothing could name an owner',
    'a pathway that says who calls; until then outside chargeback',
  ],
} as const
type Reason = keyof typeof REASONS

export interface Held {
  readonly reason: Reason
  readonly cost: Nanos
  readonly records: number
}

interface Chargeback {
  readonly loaded: Loaded
  readonly totals: Totals
  readonly lines: readonly Line[]
  readonly held: readonly Held[]
}

export const chargeback = lens({
  id: 'chargeback',
  summary: 'what may be charged to whom, and what is held back and why',
  load: (store, request): Chargeback => chargebackOf(loadSpend(store, request)),
  toReport,
  toJson,
})

export const chargebackOf = (loaded: Loaded): Chargeback => ({
  loaded,
  totals: totalsOf(loaded.spend),
  lines: linesOf(loaded.spend.filter(eligible)),
  held: heldBack(loaded.spend.filter(item => !eligible(item))),
})

function reasonOf({outcome, spendClass}: Spend): Reason {
  switch (outcome.output_state) {
    case 'deterministically_resolved':
    case 'strongly_inferred':
      return spendClass === 'contested' ? 'disputed' : 'below_floor'
    default:
      return outcome.output_state
  }
}

/** Dearest first, ties in the order of `REASONS`. */
export const heldBack = (spend: readonly Spend[]): Held[] =>
  (Object.keys(REASONS) as Reason[])
    .map(reason => {
      const same = spend.filter(item => reasonOf(item) === reason)
      return {
        reason,
        cost: same.reduce((sum, {cost}) => sum + cost, 0n),
        records: same.reduce((sum, {records}) => sum + records, 0),
      }
    })
    .filter(({records}) => records > 0)
    .sort((a, b) => (a.cost === b.cost ? 0 : a.cost > b.cost ? -1 : 1))

function toJson({loaded, totals, lines, held}: Chargeback) {
  const {period, asOf} = loaded.request
  return {
    period: periodToJson(period),
    as_of: asOf,
    totals: {
      total_usd: formatUsd(totals.total),
      chargeback_eligible_usd: formatUsd(totals.eligible),
      held_back_usd: formatUsd(totals.total - totals.eligible),
      not_identifiable_usd: formatUsd(totals.notIdentifiable),
      unpriced_records: totals.unpriced,
    },
    lines: lines.map(lineToJson),
    held_back: held.map(({reason, cost, records}) => ({reason, cost_usd: formatUsd(cost), records})),
    ...closingToJson(loaded.closing, 'chargeable'),
  }
}

const HELD_COLUMNS: readonly Column[] = [
  {key: 'reason', label: 'Held back because', kind: 'text'},
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'records', label: 'Records', kind: 'count'},
  {key: 'release', label: 'What releases it', kind: 'text', drop: 1},
]

function toReport({loaded, totals, lines, held}: Chargeback): Report {
  const heldSum = totals.total - totals.eligible
  return {
    title: 'Chargeback',
    subtitle: `${loaded.label}, owners at 0.80 or surer`,
    tables: [
      {
        key: 'charge',
        title: 'To charge',
        columns: LINE_COLUMNS.filter(({key}) => key !== 'spend_class'),
        rows: lines.map(lineToRow),
        empty: 'Nothing can be charged back in this period.',
      },
      {
        key: 'held_back',
        title: 'Held back',
        columns: HELD_COLUMNS,
        rows: held.map(({reason, cost, records}) => ({
          reason: REASONS[reason][0],
          cost_usd: cost,
          records,
          release: REASONS[reason][1],
        })),
        empty: 'Nothing is held back.',
      },
      ...adjustmentTables(loaded.closing, 'chargeable'),
    ],
    charts: totals.records === 0 ? [] : [heldBackChart(totals, held)],
    closing: [
      ...closingRemarks(loaded.closing, 'chargeable', totals.eligible),
      `to charge ${showExactUsd(totals.eligible)} + held back ${showExactUsd(heldSum)} = total ${showExactUsd(totals.total)}`,
      ...reconcilingLines(totals, loaded),
    ],
  }
}

/** From all that was spent to what may be charged, by why the rest waits. */
const heldBackChart = ({total, eligible: chargeable}: Totals, held: readonly Held[]): Waterfall => ({
  ...{kind: 'waterfall', key: 'to_charge', title: 'From total to what may be charged'},
  from: {label: 'total', value: total},
  steps: held.map(({reason, cost}) => ({label: REASONS[reason][0], change: -cost})),
  to: {label: 'to charge', value: chargeable},
})
