/** Edge: what reviews are priced from, out of a whole database. */
import type {Ref} from '../../engine/outcome.ts'
import {readWorld} from '../../engine/run.ts'
import {UserError} from '../../model/errors.ts'
import type {LinkFact} from '../../model/fact.ts'
import {dayOf} from '../../model/time.ts'
import {loadWorkloads, usesIn} from '../../report/load-activity.ts'
import {loadBudgetsOf} from '../../report/load-budgets.ts'
import {extent} from '../../store/queries/report.ts'
import {one, type ReadableStore} from '../../store/query.ts'
import {accountsOf, type Observed, seenIn} from './observed.ts'
import {repositoriesOf} from './places.ts'

/** `30d`: how many days. */
export function parseWindow(text: string): number {
  const days = /^(\d{1,4})d$/.exec(text)
  if (days && Number(days[1]) > 0) return Number(days[1])
  throw new UserError(`--window "${text}" is not a number of days`, 'write it as 30d')
}

const EVER = {from: 0, to: 100_000}

/**
 * All that reviews of at most `days` days need, made today (the day of `now`, epoch ms) or later; null: nothing is settled. `declared`: what
 * the configuration says.
 */
export function observe(
  store: ReadableStore,
  declared: readonly LinkFact[],
  days: number,
  now: number,
): Observed | null {
  const {first, last} = one(store, extent, {})!
  if (first === null || last === null) return null
  const to = last + 1
  const from = Math.max(first, Math.min(to, dayOf(now)) - days)
  const uses = usesIn(store, {from, to}, loadWorkloads(store, {asOf: 'event'}), {day: true, model: true})
  const budgets = loadBudgetsOf(store, EVER)
  const {graph} = readWorld(store, declared, now)
  // An answer may have been settled when the service was known by another name.
  const named = (service: Ref): Ref => {
    const {id, name} = graph.node(service.id) ?? service
    return {id, name}
  }
  return {
    ...{from, to, isWhole: from === first},
    repositories: repositoriesOf(graph),
    // Told apart by the same whatever days are asked for: sums of a day never hang on the window.
    traffic: seenIn(uses, budgets, named),
    accounts: accountsOf(
      budgets.filter(budget => budget.from < to && budget.to > from),
      uses,
    ),
  }
}
