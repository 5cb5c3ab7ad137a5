/** The edge of this folder towards a week: its usage, the week before, and what owners have said of it. */
import {type BurnComment, commentsIn, commentsOn} from '../model/burn-comments.ts'
import type {Closed} from '../model/decisions.ts'
import {auditTrail} from '../store/queries/audit.ts'
import {countDaysOfUse, daysOfUse} from '../store/queries/burn.ts'
import {all, one, type ReadableStore} from '../store/query.ts'
import type {BudgetLine} from './budgets.ts'
import {type Days, weekBefore, weekOf} from './burn.ts'
import {type BurnRow, burnRows} from './burn-rows.ts'
import {type Loaded, loadSpend, type Request} from './load.ts'
import {loadCalls, loadWorkloads, type Use, usesIn} from './load-activity.ts'
import {loadBudgets} from './load-budgets.ts'
import {closedPeriods} from './load-closed.ts'
import {boundsOf} from './period.ts'

export interface LoadedBurn {
  /** Of the week; of the period asked for where that has no usage. */
  readonly loaded: Loaded
  readonly week: Days | null
  readonly uses: readonly Use[]
  /** Null: the week before has no usage. */
  readonly prior: readonly Use[] | null
  readonly priorDays: number
  readonly rows: readonly BurnRow[]
  /** By key of their row. */
  readonly comments: ReadonlyMap<string, BurnComment>
  readonly closed: readonly Closed[]
  readonly budgets: readonly BudgetLine[]
}

export function loadBurn(store: ReadableStore, request: Request): LoadedBurn {
  const {last} = one(store, daysOfUse, boundsOf(request.period))!
  const week = weekOf(request.period, last)
  const loaded = loadSpend(store, {...request, period: week ?? request.period}, [])
  if (week === null)
    return {
      ...{
        loaded,
        week,
        uses: [],
        prior: null,
        priorDays: 0,
        rows: [],
        comments: new Map(),
        closed: [],
        budgets: [],
      },
    }
  const before = weekBefore(week)
  const workloads = loadWorkloads(store, request)
  const uses = usesIn(store, week, workloads, {model: true})
  const {days: priorDays} = one(store, countDaysOfUse, {...before})!
  const prior = priorDays === 0 ? null : usesIn(store, before, workloads, {model: true})
  return {
    ...{loaded, week, uses, prior, priorDays},
    rows: burnRows(uses, prior, loadCalls(store, week, workloads)),
    comments: commentsOn(commentsIn(all(store, auditTrail, {})), week.from),
    closed: closedPeriods(store),
    budgets: loadBudgets(store, {...request, period: week}),
  }
}
