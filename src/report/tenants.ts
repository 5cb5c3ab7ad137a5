/** How cost lies over tenants: never which of them, and nothing about fewer than five. */
import {FEWEST_SHOWN} from '../model/cohort.ts'
import type {Nanos} from '../model/money.ts'
import {ppmOf} from './reconcile.ts'

export interface Tenants {
  readonly tenants: number
  /** Of all that is known to be somebody's. */
  readonly cost: Nanos
  /** Parts per million of it. */
  readonly top1: number
  readonly top5: number
  readonly top10: number
  readonly median: Nanos
  readonly p90: Nanos
}

/** Null where there are fewer tenants than may be shown. */
export function tenantsOf(costs: readonly Nanos[]): Tenants | null {
  if (costs.length < FEWEST_SHOWN) return null
  const ranked = [...costs].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
  const cost = ranked.reduce((sum, one) => sum + one, 0n)
  const top = (most: number): number =>
    ppmOf(
      ranked.slice(0, most).reduce((sum, one) => sum + one, 0n),
      cost,
    )
  // The cost that this share of the tenants stay at or below.
  const at = (share: number): Nanos => ranked.at(-Math.ceil(share * ranked.length))!
  return {
    ...{tenants: ranked.length, cost, top1: top(1), top5: top(5), top10: top(10)},
    ...{median: at(0.5), p90: at(0.9)},
  }
}
