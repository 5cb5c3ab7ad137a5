/** What a change comes to in electricity: watt-hours a month more or less than before, as a range. Never turned into money. */
import type {ModelIdentity} from '../../model/chunk.ts'
import {energyOf, plus, type Range, type RateOf, times} from '../../model/energy/estimate.ts'
import type {Usage} from '../../model/fact.ts'
import type {Move} from './replay.ts'

const NONE: Range = {low: 0, mid: 0, high: 0}
const DAYS_A_MONTH = 30.4375

/** Null: of some of the models nobody knows what they take. */
export function energyDelta(moves: readonly Move[], days: number, rates: RateOf): Range | null {
  const [before, after] = [
    sum(
      moves.map(({from}) => from),
      rates,
    ),
    sum(
      moves.map(({to}) => to),
      rates,
    ),
  ]
  if (before === null || after === null || moves.length === 0) return null
  const ends = [after.low - before.low, after.mid - before.mid, after.high - before.high]
  const delta = {low: Math.min(...ends), mid: ends[1]!, high: Math.max(...ends)}
  return times(delta, DAYS_A_MONTH / days)
}

function sum(uses: readonly (readonly [ModelIdentity, Usage])[], rates: RateOf): Range | null {
  let total = NONE
  for (const [[provider, requested, served, tier], usage] of uses) {
    if (usage.requests === 0) continue
    const rate = rates({provider, model: served ?? requested, tier, region: null})
    const energy = typeof rate === 'string' ? null : energyOf(rate, usage)
    if (energy === null) return null
    total = plus(total, energy.wh)
  }
  return total
}
