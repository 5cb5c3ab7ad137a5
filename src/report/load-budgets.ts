/** The edge of this folder towards budgets: those of a period, what was spent under each, and what will have been at its end. */
import type {Outcome, Ref, SpendClass} from '../engine/outcome.ts'
import {type Closed, closedOn} from '../model/decisions.ts'
import type {Nanos} from '../model/money.ts'
import {DAY_MS, dayOf} from '../model/time.ts'
import {answersOfDays, type BudgetRow, budgetsWithin, spendByDayAndOutcome} from '../store/queries/budgets.ts'
import {daysOfUse} from '../store/queries/burn.ts'
import {all, one, type ReadableStore} from '../store/query.ts'
import {type Budget, type BudgetLine, problemOf, spentUnder} from './budgets.ts'
import {forecast} from './forecast.ts'
import type {Request, Spend} from './load.ts'
import {closedPeriods, type Days, spendOf} from './load-closed.ts'
import {boundsOf} from './period.ts'

/** Longest history a forecast looks at, and one day that may not be over. */
const HISTORY = 29

/** Those of some of these days, in the order of their names, then of their days. */
export const loadBudgetsOf = (store: ReadableStore, {from, to}: Days): Budget[] =>
  all(store, budgetsWithin, {start: from * DAY_MS, end: to * DAY_MS})
    .map(budgetOf)
    .sort(compare)

/** As things stood at the end of the period asked for, in the same order. */
export function loadBudgets(store: ReadableStore, request: Request): BudgetLine[] {
  const bounds = boundsOf(request.period)
  const budgets = loadBudgetsOf(store, bounds)
  if (budgets.length === 0) return []
  const known = one(store, daysOfUse, {from: 0, to: 100_000})!
  if (known.last === null || known.first === null) return []
  const until = Math.min(bounds.to, known.last + 1)
  const current = request.asOf === 'current' ? 1 : 0
  const closed = request.asOf === 'event' ? closedPeriods(store) : []
  const spends = new Map<string, readonly Spend[]>()
  const spendIn = (from: number, to: number): readonly Spend[] => {
    const key = `${from} ${to}`
    let spend = spends.get(key)
    if (spend === undefined)
      spends.set(key, (spend = from < to ? spendOf(store, {from, to}, current, closed) : []))
    return spend
  }
  // While there is usage of later days the last one is over; of the very last day more may come.
  const over = known.last >= until
  const series = budgets.some(budget => isOpen(budget, until, closed))
    ? dailySpend(store, {current, from: Math.max(known.first, until - HISTORY), to: until})
    : []
  return budgets.map(budget => {
    const problem = problemOf(budget, budgets)
    const last = Math.min(budget.to, until)
    const spent = problem === 'not_found' ? null : spentUnder(budget, spendIn(budget.from, last))
    return {
      ...{budget, problem, spent, until: last},
      projected:
        spent === null || problem !== null || !isOpen(budget, until, closed)
          ? null
          : projected(budget, spent.owned + spent.contested, {series, until, over}),
    }
  })
}

const compare = (a: Budget, b: Budget): number =>
  byText(a.name, b.name) || a.from - b.from || byText(a.kind, b.kind)

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const refOf = (id: string | null, name: string | null): Ref | null =>
  id === null ? null : {id, name: name ?? id}

function budgetOf(row: BudgetRow): Budget {
  const {organization, costCenter, project, amountNanos: amount, currency, kind} = row
  const team = refOf(row.organizationId, row.organizationName)
  const center = refOf(row.costCenterId, row.costCenterName)
  const written = organization?.slice(organization.indexOf('/') + 1) ?? costCenter!
  const name = team?.name ?? center?.name ?? written
  return {
    name: project === null ? name : `${name}, ${project}`,
    ...{organization: team, costCenter: center, project, amount, currency, kind},
    ...{from: dayOf(Number(row.start)), to: Math.ceil(Number(row.end) / DAY_MS)},
  }
}

/** Some of its days are still to come, and it has begun. */
const isOpen = ({from, to}: Budget, until: number, closed: readonly Closed[]): boolean =>
  from < until && to > until && closedOn(closed, until) === undefined

interface Day {
  readonly spend: readonly Spend[]
}

function dailySpend(store: ReadableStore, days: {current: number; from: number; to: number}): Day[] {
  const answers = new Map(
    all(store, answersOfDays, days).map(({id, answer, spendClass}) => [
      id,
      {outcome: JSON.parse(answer) as Outcome, spendClass: spendClass as SpendClass},
    ]),
  )
  const byDay = Array.from({length: days.to - days.from}, (): {spend: Spend[]} => ({spend: []}))
  for (const {day, outcomeId, billedNanos} of all(store, spendByDayAndOutcome, days))
    byDay[Number(day) - days.from]!.spend.push({
      ...answers.get(Number(outcomeId))!,
      ...{cost: billedNanos ?? 0n, records: 0, unpriced: 0},
    })
  return byDay
}

interface Known {
  readonly series: readonly Day[]
  readonly until: number
  /** Whether the last day of the series is over. */
  readonly over: boolean
}

/** What was spent, and what the days to come will cost; of a day that is not over what it will, unless it is more already. */
function projected(budget: Budget, spent: Nanos, {series, until, over}: Known): BudgetLine['projected'] {
  const costs = series.map(({spend}) => {
    const {owned, contested} = spentUnder(budget, spend)
    return owned + contested
  })
  const ahead = over ? until : until - 1
  const history = over ? costs : costs.slice(0, -1)
  const rest = forecast(history, ahead, budget.to)
  if (rest === null) return null
  const before = over ? spent : spent - (costs.at(-1) ?? 0n)
  const atLeast = (nanos: Nanos): Nanos => (nanos > spent ? nanos : spent)
  return {
    ...rest,
    mid: atLeast(before + rest.mid),
    low: atLeast(before + rest.low),
    high: atLeast(before + rest.high),
    method: `${rest.weekdays ? 'mean of each weekday' : 'daily mean'} over ${rest.days} days`,
  }
}
