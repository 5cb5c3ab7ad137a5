/** Closed periods in a report: which figures are frozen, and what is booked to it about periods closed before. */
import type {Closed} from '../model/decisions.ts'
import {formatUsd, type Nanos, showExactUsd} from '../model/money.ts'
import {dayOf, formatDay, formatTime} from '../model/time.ts'
import {type AdjustmentLine, adjustmentToJson} from './adjustments.ts'
import {nobody} from './line-table.ts'
import type {ClosedPeriod, Closing} from './load-closed.ts'
import {boundsOf, type Period} from './period.ts'
import type {Column, Table} from './report.ts'

/** Which money a report is about: all of it, or what may be charged. */
export type Measure = 'cost' | 'chargeable'

const sumOf = (lines: readonly AdjustmentLine[], of: Measure): Nanos =>
  lines.reduce((sum, line) => sum + line[of], 0n)

const changes = ({booked, open}: ClosedPeriod): readonly AdjustmentLine[] => [...booked, ...open]

/** Nothing where nothing has been closed. */
export function closingToJson({periods, adjustments}: Closing, of: Measure) {
  const sum = (spendClass: string) =>
    formatUsd(
      sumOf(
        adjustments.filter(line => line.spendClass === spendClass),
        of,
      ),
    )
  return {
    ...(periods.length > 0 && {closed_periods: periods.map(period => periodToJson(period, of))}),
    ...(adjustments.length > 0 && {
      adjustments: {
        total_usd: formatUsd(sumOf(adjustments, of)),
        ...{owned_usd: sum('owned'), contested_usd: sum('contested'), unresolved_usd: sum('unresolved')},
        lines: adjustments.map(line => ({...adjustmentToJson(line), booked_to: line.bookedTo})),
      },
    }),
  }
}

const periodToJson = (period: ClosedPeriod, of: Measure) => {
  const {closed} = period
  return {
    period: closed.said.period,
    closed_at: formatTime(closed.at),
    closed_by: closed.who,
    where: closed.where,
    changed_since_usd: formatUsd(sumOf(changes(period), of)),
    booked_to: [...new Set(changes(period).map(({bookedTo}) => bookedTo))],
  }
}

const COLUMNS: readonly Column[] = [
  {key: 'period', label: 'Of', kind: 'day'},
  {key: 'organization', label: 'Organization', kind: 'text'},
  {key: 'budget', label: 'Budget', kind: 'text'},
  {key: 'spend_class', label: 'Spend', kind: 'class'},
  {key: 'cost_usd', label: 'Change', kind: 'usd'},
  {key: 'records', label: 'Records', kind: 'count', drop: 1},
]

/** No table where nothing is booked. */
export function adjustmentTables({adjustments}: Closing, of: Measure): Table[] {
  const lines = adjustments.filter(line => of === 'cost' || line.chargeable !== 0n)
  if (lines.length === 0) return []
  return [
    {
      key: 'adjustments',
      title: 'Adjustments of closed periods',
      columns: COLUMNS,
      rows: lines.map(line => ({
        period: line.period,
        organization: line.organization?.name ?? nobody(line),
        budget: line.budget?.name ?? null,
        spend_class: line.spendClass,
        cost_usd: line[of],
        records: line.records,
      })),
      empty: 'None.',
    },
  ]
}

/** `total`: what the report's own money sums to. */
export function closingRemarks({periods, adjustments}: Closing, of: Measure, total: Nanos): string[] {
  const frozen = periods.map(period => {
    const {closed} = period
    const since = changes(period)
    const booked = [...new Set(since.map(({bookedTo}) => bookedTo))].join(', ')
    const changed =
      since.length === 0
        ? 'nothing has changed since'
        : `what has changed since, ${signed(sumOf(since, of))} in ${since.length} ${since.length === 1 ? 'line' : 'lines'}, is booked to ${booked}`
    return `${closed.said.period} was closed on ${formatDay(dayOf(closed.at))} (${closed.where}): its figures are frozen; ${changed}`
  })
  if (adjustments.length === 0) return frozen
  const sum = sumOf(adjustments, of)
  return [
    ...frozen,
    `${showExactUsd(total)} and adjustments of closed periods ${signed(sum)} = ${showExactUsd(total + sum)}`,
  ]
}

const signed = (nanos: Nanos): string =>
  `${nanos < 0n ? '-' : '+'}${showExactUsd(nanos < 0n ? -nanos : nanos)}`

/** What a lens that shows usage as it is settled now has to say of closed periods in view. */
export function settledNowRemarks(closed: readonly Closed[], period: Period): string[] {
  const {from, to} = boundsOf(period)
  const months = closed.filter(({said}) => said.from_day < to && said.to_day > from)
  if (months.length === 0) return []
  const names = months.map(({said}) => said.period).join(', ')
  return [
    `${names} ${months.length === 1 ? 'is' : 'are'} closed: this shows what is settled now; the frozen figures stand in venturi report ledger`,
  ]
}
