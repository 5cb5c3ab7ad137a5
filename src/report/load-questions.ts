/** The edge of this folder towards the four questions: a period's usage, two windows of it, and the outcomes that products counted. */
import type {Closed} from '../model/decisions.ts'
import {DAY_MS} from '../model/time.ts'
import {daysOfUse} from '../store/queries/burn.ts'
import {outcomesByScope, outcomesByTrace} from '../store/queries/outcomes.ts'
import {all, one, type ReadableStore} from '../store/query.ts'
import {type Loaded, loadSpend, type Request} from './load.ts'
import {loadWorkloads, type Use, usesIn} from './load-activity.ts'
import {closedPeriods} from './load-closed.ts'
import {boundsOf} from './period.ts'
import {type Growth, growthOf, type Windows, windowsOf} from './questions/growth.ts'
import {type OutcomeCost, outcomeCosts} from './questions/outcome-costs.ts'

export interface LoadedQuestions {
  readonly loaded: Loaded
  readonly uses: readonly Use[]
  readonly outcomes: readonly OutcomeCost[]
  /** Null: usage is of less than two days. */
  readonly growth: {readonly windows: Windows; readonly teams: readonly Growth[]} | null
  readonly closed: readonly Closed[]
}

export function loadQuestions(store: ReadableStore, request: Request): LoadedQuestions {
  const loaded = loadSpend(store, request, [])
  const bounds = boundsOf(request.period)
  const workloads = loadWorkloads(store, request)
  const uses = usesIn(store, request.period, workloads)
  const {last} = one(store, daysOfUse, bounds)!
  // Growth looks back beyond the period.
  const {first} = one(store, daysOfUse, {from: 0, to: bounds.to})!
  const windows = windowsOf({first, last})
  const span = {start: bounds.from * DAY_MS, end: bounds.to * DAY_MS}
  const counted = all(store, outcomesByScope, span).map(row => ({...row, ...numbersOf(row)}))
  const traced = all(store, outcomesByTrace, span).map(row => ({
    ...{...row, ...numbersOf(row)},
    ...{traced: Number(row.traced), paidFor: row.paidFor ?? 0n},
  }))
  return {
    ...{loaded, uses, closed: closedPeriods(store)},
    outcomes: outcomeCosts(counted, traced, uses),
    growth: windows && {
      windows,
      teams: growthOf(
        usesIn(store, windows.before, workloads, {model: true}),
        usesIn(store, windows.now, workloads, {model: true}),
      ),
    },
  }
}

const numbersOf = ({events, unsaid}: {readonly events: bigint; readonly unsaid: bigint}) => ({
  events: Number(events),
  unsaid: Number(unsaid),
})
