/** The budget attribution ledger: owned, contested and unresolved spend by organization and budget. */
import {formatUsd, showExactUsd} from '../../model/money.ts'
import {type Behind, behindOf} from '../behind.ts'
import {budgetRemarks, budgetsToJson, budgetTables} from '../budget-view.ts'
import type {BudgetLine} from '../budgets.ts'
import type {Chart} from '../chart.ts'
import {adjustmentTables, closingRemarks, closingToJson} from '../closing-view.ts'
import {lens, periodToJson} from '../lens.ts'
import {LINE_COLUMNS, lineToRow} from '../line-table.ts'
import {type Line, linesOf, lineToJson, readyWorkloads, type Totals, totalsOf} from '../lines.ts'
import {type Loaded, loadSpend} from '../load.ts'
import {loadBudgets} from '../load-budgets.ts'
import {type DaySpend, loadDays} from '../load-days.ts'
import {loadPeople} from '../load-people.ts'
import {ppmOf, reconcilingLines} from '../reconcile.ts'
import type {Column, Report} from '../report.ts'
import {CLASSES, spendByConfidence, spendByTeam, spendOverTime} from '../spend-charts.ts'

interface Ledger {
  readonly loaded: Loaded
  readonly totals: Totals
  readonly ready: number
  readonly lines: readonly Line[]
  readonly budgets: readonly BudgetLine[]
}

/** With what only a page has room for. */
interface Illustrated extends Ledger {
  readonly days: readonly DaySpend[]
  /** Of each line. */
  readonly behind: readonly Behind[]
}

export const ledger = lens({
  id: 'ledger',
  summary: 'owned, contested and unresolved spend by organization and budget',
  load: (store, request): Illustrated => {
    const model = ledgerOf(loadSpend(store, request), loadBudgets(store, request))
    const people = loadPeople(store)
    return {
      ...model,
      days: loadDays(store, request),
      behind: model.lines.map(line => behindOf(line, people)),
    }
  },
  toReport,
  toJson,
})

export const ledgerOf = (loaded: Loaded, budgets: readonly BudgetLine[] = []): Ledger => ({
  loaded,
  totals: totalsOf(loaded.spend),
  ready: readyWorkloads(loaded.spend),
  lines: linesOf(loaded.spend),
  budgets,
})

function toJson({loaded, totals, ready, lines, budgets}: Ledger) {
  const {period, asOf} = loaded.request
  return {
    period: periodToJson(period),
    as_of: asOf,
    totals: {
      total_usd: formatUsd(totals.total),
      owned_usd: formatUsd(totals.owned),
      contested_usd: formatUsd(totals.contested),
      unresolved_usd: formatUsd(totals.unresolved),
      not_identifiable_usd: formatUsd(totals.notIdentifiable),
      chargeback_eligible_usd: formatUsd(totals.eligible),
      unpriced_records: totals.unpriced,
    },
    chargeback_ready_workloads: ready,
    lines: lines.map(lineToJson),
    ...budgetsToJson(budgets),
    ...closingToJson(loaded.closing, 'cost'),
  }
}

const CLASS_COLUMNS: readonly Column[] = [
  {key: 'spend_class', label: 'Spend', kind: 'class'},
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'share', label: 'Share', kind: 'share'},
  {key: 'bar', label: '', kind: 'bar'},
]

function toReport({loaded, totals, ready, lines, budgets, days, behind}: Illustrated): Report {
  const classes = CLASSES.map(name => {
    const share = ppmOf(totals[name], totals.total)
    return {spend_class: name, cost_usd: totals[name], share, bar: share}
  })
  return {
    title: 'AI spend by owner',
    subtitle: `${loaded.label}, ${loaded.request.asOf === 'event' ? 'ownership on the day of use' : "today's ownership"}`,
    tables: [
      {key: 'totals', title: null, columns: CLASS_COLUMNS, rows: classes, empty: 'No spend.'},
      {
        key: 'lines',
        title: null,
        columns: LINE_COLUMNS,
        rows: lines.map(lineToRow),
        empty: 'No spend in this period.',
        behind,
      },
      ...budgetTables(budgets),
      ...adjustmentTables(loaded.closing, 'cost'),
    ],
    charts: chartsOf(loaded, lines, days),
    closing: [
      ...remarks(totals, ready),
      ...budgetRemarks(budgets),
      ...closingRemarks(loaded.closing, 'cost', totals.total),
      ...reconcilingLines(totals, loaded),
    ],
  }
}

function chartsOf({spend}: Loaded, lines: readonly Line[], days: readonly DaySpend[]): Chart[] {
  const time = spendOverTime(days)
  return time === null ? [] : [time, spendByTeam(lines), spendByConfidence(spend)]
}

function remarks(totals: Totals, ready: number): string[] {
  const identifiable = totals.total - totals.notIdentifiable
  const percent = (ppmOf(totals.eligible, identifiable) / 10_000).toFixed(1)
  const remarks = [
    `ready for chargeback: ${showExactUsd(totals.eligible)}, ${percent} % of what can be identified; ${ready} ${ready === 1 ? 'workload' : 'workloads'} with nothing held back`,
  ]
  if (totals.unpriced > 0)
    remarks.push(
      `${totals.unpriced} of ${totals.records} records ${totals.unpriced === 1 ? 'has' : 'have'} no known cost and ${totals.unpriced === 1 ? 'is' : 'are'} in no sum`,
    )
  return remarks
}
