/** Edge: the traffic of the days before a review, by service, and the budgets it is charged to. */
import type {Ref} from '../../engine/outcome.ts'
import {UserError} from '../../model/errors.ts'
import {dayOf} from '../../model/time.ts'
import type {BudgetLine} from '../../report/budgets.ts'
import {loadWorkloads, type Use, usesIn} from '../../report/load-activity.ts'
import {loadBudgets} from '../../report/load-budgets.ts'
import type {Traffic, Window} from '../../review/price/traffic.ts'
import {extent} from '../../store/queries/report.ts'
import {one, type ReadableStore} from '../../store/query.ts'

export interface Observed {
  readonly window: Window
  readonly uses: readonly Use[]
  /** In force on the window's last day. */
  readonly budgets: readonly BudgetLine[]
}

/** `30d`: how many days. */
export function parseWindow(text: string): number {
  const days = /^(\d{1,4})d$/.exec(text)
  if (days && Number(days[1]) > 0) return Number(days[1])
  throw new UserError(`--window "${text}" is not a number of days`, 'write it as 30d')
}

/** The last `days` days with usage before the day of `now` (epoch ms), fewer where fewer are known; null: nothing is settled. */
export function observe(store: ReadableStore, days: number, now: number): Observed | null {
  const {first, last} = one(store, extent, {})!
  if (first === null || last === null) return null
  const to = Math.min(last + 1, dayOf(now))
  const window = {from: Math.max(first, to - days), to}
  if (window.from >= to) return null
  const uses = usesIn(store, window, loadWorkloads(store, {asOf: 'event'}), {day: true, model: true})
  return {
    window,
    uses,
    budgets: loadBudgets(store, {period: {from: to - 1, to}, asOf: 'event'}),
  }
}

export const trafficOf = (uses: readonly Use[]): Traffic[] =>
  uses.map(use => ({
    ...{day: use.day!, model: use.model!, cost: use.cost, unpriced: use.unpriced, records: use.records},
    ...{requests: use.requests, inputTokens: use.inputTokens, outputTokens: use.outputTokens},
    ...{cacheReadTokens: use.cacheReadTokens, cacheWriteTokens: use.cacheWriteTokens},
    coper: use.outcome.coper,
  }))

export interface Owner {
  readonly organization: Ref | null
  readonly budget: Ref | null
}

/** Who answers for most of the money of the last day with any; of days without money, of the most records. */
export function ownerOf(uses: readonly Use[]): Owner {
  const last = Math.max(...uses.map(({day}) => day!))
  const [first] = uses
    .filter(({day}) => day === last)
    .sort((a, b) => (a.cost === b.cost ? b.records - a.records : a.cost > b.cost ? -1 : 1))
  const {organization = null, budget = null} = first?.outcome.owner ?? {}
  return {organization, budget}
}
