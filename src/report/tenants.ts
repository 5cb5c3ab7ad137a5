/**
 * How cost lies over tenants: never which of them, and nothing about fewer than five, of whom some may be single people. What is
 * shown leaves at least five beside it too, so that taking it from the whole tells of no fewer.
 */
import {FEWEST_SHOWN} from '../model/cohort.ts'
import type {Nanos} from '../model/money.ts'
import {ppmOf} from './reconcile.ts'

export interface Tenants {
  readonly tenants: number
  /** Of all that is known to be somebody's. */
  readonly cost: Nanos
  /** Parts per million of it, of the five and the ten dearest; null: too few would stand beside them. */
  readonly top5: number | null
  readonly top10: number | null
  /** The mean of the five in the middle; null: too few would stand above and below. */
  readonly middle: Nanos | null
}

/** Null where there are fewer tenants than may be shown. */
export function tenantsOf(costs: readonly Nanos[]): Tenants | null {
  const tenants = costs.length
  if (tenants < FEWEST_SHOWN) return null
  const ranked = [...costs].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
  const sum = (from: number, to: number): Nanos =>
    ranked.slice(from, to).reduce((total, one) => total + one, 0n)
  const cost = sum(0, tenants)
  const top = (most: number): number | null =>
    tenants - most < FEWEST_SHOWN ? null : ppmOf(sum(0, most), cost)
  const above = Math.floor((tenants - FEWEST_SHOWN) / 2)
  return {
    ...{tenants, cost, top5: top(5), top10: top(10)},
    middle: above < FEWEST_SHOWN ? null : sum(above, above + FEWEST_SHOWN) / BigInt(FEWEST_SHOWN),
  }
}
