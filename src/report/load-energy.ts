/** The edge of this folder towards the tokens of the cube: each answer's by model and place, with what they took. */
import type {Outcome, SpendClass} from '../engine/outcome.ts'
import type {ModelIdentity} from '../model/chunk.ts'
import {energyOf, energyRates, keptRates, type RateOf, type Tokens} from '../model/energy/estimate.ts'
import {type Months, monthsIn} from '../model/months.ts'
import {openFrozen} from '../store/frozen.ts'
import {type TokenRow, tokensByAnswer} from '../store/queries/energy.ts'
import {all, type ReadableStore} from '../store/query.ts'
import type {EnergyPart} from './energy.ts'
import type {Request} from './load.ts'
import {closedPeriods, frozenOf, stretches} from './load-closed.ts'
import {boundsOf} from './period.ts'

/** Days of closed periods as frozen, by the rates frozen with them; all others as settled last. */
export function loadEnergy(
  store: ReadableStore,
  {period, asOf, rates = energyRates()}: Request,
): EnergyPart[] {
  const closed = asOf === 'event' ? closedPeriods(store) : []
  const answers = new Map<string, Outcome>()
  const outcomeOf = (answer: string): Outcome => {
    const known = answers.get(answer)
    if (known) return known
    const outcome = JSON.parse(answer) as Outcome
    answers.set(answer, outcome)
    return outcome
  }
  const partsOf = (of: ReadableStore, days: Months, by: RateOf): EnergyPart[] =>
    all(of, tokensByAnswer, {...days, current: asOf === 'current' ? 1 : 0}).map(row =>
      toPart(row, outcomeOf(row.answer), by),
    )
  return stretches(boundsOf(period), closed).flatMap(({from, to, closed: of}) => {
    if (of === null) return partsOf(store, monthsIn({from, to}), rates)
    using frozen = openFrozen(store, frozenOf(of))
    // Months are added up of what is settled now; frozen are the days.
    return partsOf(frozen, {from, to, wholeFrom: to, wholeTo: to}, keptRates(of.said.energy))
  })
}

interface Counts extends Tokens {
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
}

function toPart(row: TokenRow, outcome: Outcome, rates: RateOf): EnergyPart {
  const [provider, requested, served, tier] = JSON.parse(row.model) as ModelIdentity
  const count = (sum: bigint | null): number | null => (sum === null ? null : Number(sum))
  const tokens = {
    inputTokens: count(row.inputTokens),
    outputTokens: count(row.outputTokens),
    cacheReadTokens: Number(row.cacheReadTokens),
    cacheWriteTokens: Number(row.cacheWriteTokens),
  }
  const model = served ?? requested
  const rate = rates({provider: provider ?? row.provider, model, tier, region: row.region})
  const energy = typeof rate === 'string' ? null : energyOf(rate, tokens)
  return {
    ...{outcome, spendClass: row.spendClass as SpendClass, model},
    ...{rate: typeof rate === 'object' && energy === null ? 'no_tokens' : rate, energy},
    tokens: totalOf(tokens),
    longTokens: energy === null ? 0 : Number(row.longTokens),
    ...{cost: row.billedNanos ?? 0n, records: Number(row.records)},
  }
}

/** All tokens together; null: nobody has counted any. */
const totalOf = ({inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens}: Counts): number | null => {
  const total = (inputTokens ?? 0) + (outputTokens ?? 0) + cacheReadTokens + cacheWriteTokens
  return inputTokens === null && outputTokens === null && total === 0 ? null : total
}
