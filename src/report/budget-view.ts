/** Budgets in a report, as a table and as JSON. Nothing where no budget is known. */
import {formatUsd, type Nanos} from '../model/money.ts'
import {formatDay} from '../model/time.ts'
import {type BudgetLine, headroomOf, problemText, totalOf} from './budgets.ts'
import {ppmOf} from './reconcile.ts'
import type {Column, Table} from './report.ts'

const COLUMNS: readonly Column[] = [
  {key: 'budget_of', label: 'Budget of', kind: 'text'},
  {key: 'kind', label: 'Kind', kind: 'text', drop: 6},
  {key: 'last_day', label: 'Ends', kind: 'day', drop: 4},
  {key: 'amount_usd', label: 'Budget', kind: 'usd'},
  {key: 'spent_usd', label: 'Spent', kind: 'usd'},
  {key: 'used', label: 'Used', kind: 'share'},
  {key: 'headroom_usd', label: 'Headroom', kind: 'usd', drop: 1},
  {key: 'projected_usd', label: 'Projected', kind: 'usd', drop: 2},
  {key: 'low_usd', label: 'Low', kind: 'usd', drop: 3},
  {key: 'high_usd', label: 'High', kind: 'usd', drop: 3},
  {key: 'problem', label: 'Not compared', kind: 'note'},
]

export function budgetTables(lines: readonly BudgetLine[]): Table[] {
  if (lines.length === 0) return []
  return [
    {
      key: 'budgets',
      title: 'Budgets',
      columns: COLUMNS,
      rows: lines.map(line => ({
        budget_of: line.budget.name,
        kind: line.budget.kind,
        last_day: formatDay(line.budget.to - 1),
        amount_usd: line.budget.currency === 'USD' ? line.budget.amount : null,
        spent_usd: totalOf(line),
        used: usedOf(line),
        headroom_usd: headroomOf(line),
        projected_usd: line.projected?.mid ?? null,
        low_usd: line.projected?.low ?? null,
        high_usd: line.projected?.high ?? null,
        problem: problemText(line),
      })),
      empty: 'None.',
    },
  ]
}

/** Of nothing no share can be used. */
const usedOf = (line: BudgetLine): number | null => {
  const total = totalOf(line)
  return total === null || line.problem !== null || line.budget.amount === 0n
    ? null
    : ppmOf(total, line.budget.amount)
}

/** What is to be known of the table's projections. */
export function budgetRemarks(lines: readonly BudgetLine[]): string[] {
  const methods = [...new Set(lines.flatMap(({projected}) => (projected === null ? [] : [projected.method])))]
  if (methods.length === 0) return []
  return [
    `projected: what was spent and the ${methods.join('; ')} for the days to come; about 80 % of such periods end between low and high, if nothing changes its level`,
  ]
}

const usdOrNull = (nanos: Nanos | null | undefined): string | null =>
  nanos == null ? null : formatUsd(nanos)

export function budgetsToJson(lines: readonly BudgetLine[]) {
  if (lines.length === 0) return {}
  return {
    budgets: lines.map(line => {
      const {budget, spent, problem, projected, until} = line
      return {
        name: budget.name,
        ...{organization: budget.organization, cost_center: budget.costCenter, project: budget.project},
        ...{kind: budget.kind, first_day: formatDay(budget.from), last_day: formatDay(budget.to - 1)},
        ...{amount: formatUsd(budget.amount), currency: budget.currency},
        spent_through: formatDay(until - 1),
        spent_usd: usdOrNull(totalOf(line)),
        ...{owned_usd: usdOrNull(spent?.owned), contested_usd: usdOrNull(spent?.contested)},
        ...{used_ppm: usedOf(line), headroom_usd: usdOrNull(headroomOf(line)), problem},
        forecast: projected && {
          ...{end_usd: formatUsd(projected.mid), low_usd: formatUsd(projected.low)},
          ...{high_usd: formatUsd(projected.high), coverage: 'about 80 %'},
          ...{method: projected.method, days: projected.days},
        },
      }
    }),
  }
}
