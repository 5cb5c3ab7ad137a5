/** Which team's cost grew most, and why. Pure. */
import type {Nanos} from '../../model/money.ts'
import {type Change, type Consumed, changeOf} from '../change.ts'
import {consumedOf} from '../consumed.ts'
import type {Use} from '../load-activity.ts'
import {sharesOf, splitOver} from '../record.ts'

export interface Windows {
  readonly before: {readonly from: number; readonly to: number}
  readonly now: {readonly from: number; readonly to: number}
}

export const GROWTH_DAYS = 30

/**
 * The last 30 days with usage against the 30 before. Where usage does not reach back so far, its last half against the half before;
 * null: it is of less than two days. `first` and `last` are days with usage.
 */
export function windowsOf({
  first,
  last,
}: {
  readonly first: number | null
  readonly last: number | null
}): Windows | null {
  if (first === null || last === null) return null
  const days = Math.min(GROWTH_DAYS, Math.floor((last - first + 1) / 2))
  if (days < 1) return null
  const start = last + 1 - days
  return {before: {from: start - days, to: start}, now: {from: start, to: last + 1}}
}

export interface Growth {
  /** Null: what has no owner. */
  readonly team: {readonly id: string; readonly name: string} | null
  readonly before: Nanos
  readonly now: Nanos
  readonly change: Change
}

/** Every nano-dollar is in one line. Grown most first. */
export function growthOf(before: readonly Use[], now: readonly Use[]): Growth[] {
  const teams = new Map<string, {team: Growth['team']; before: Consumed[]; now: Consumed[]}>()
  const add = (uses: readonly Use[], window: 'before' | 'now'): void => {
    for (const use of uses) {
      const nobody = use.spendClass === 'unresolved'
      const shares = nobody ? [{organization: null, share_ppm: 1_000_000}] : sharesOf(use.outcome)
      const costs = nobody ? [use.cost] : splitOver(sharesOf(use.outcome), use.cost)
      for (const [index, {organization: team, share_ppm: share}] of shares.entries()) {
        const key = team?.id ?? ''
        const line = teams.get(key) ?? {team, before: [], now: []}
        teams.set(key, line)
        line[window].push(consumedOf(use, share, costs[index]!))
      }
    }
  }
  add(before, 'before')
  add(now, 'now')
  return [...teams]
    .map(([key, line]) => ({
      key,
      ...{team: line.team, before: costOf(line.before), now: costOf(line.now)},
      change: changeOf(line.before, line.now),
    }))
    .sort((a, b) =>
      a.change.total === b.change.total ? (a.key < b.key ? -1 : 1) : a.change.total > b.change.total ? -1 : 1,
    )
}

const costOf = (uses: readonly Consumed[]): Nanos => uses.reduce((sum, {cost}) => sum + cost, 0n)
