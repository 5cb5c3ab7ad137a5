/**
 * Why what something costs has changed. Cost is, summed over models,
 *
 *     requests in all × the model's part of them × its tokens a request × its cost a token
 *        volume              mix                     tokens                  price
 *
 * and each factor's part is its Shapley value: what moving it from before to after adds, averaged over the 24 orders in which the
 * four can be moved. A cost at a mixed state is rounded to the nano-dollar once a model; the parts are 24ths of whole numbers, whose
 * remainders go to the largest, so that they always sum to the change exactly. Pure.
 */
import type {Nanos} from '../model/money.ts'

/** Use of one model. Counts may be scaled, as by shares in parts per million: only their ratios matter. */
export interface Consumed {
  readonly model: string
  /** Null: nobody counted. */
  readonly requests: bigint | null
  readonly tokens: bigint | null
  readonly cost: Nanos
}

export const FACTORS = ['volume', 'mix', 'tokens', 'price'] as const
export type Factor = (typeof FACTORS)[number]

/** `uncounted`: what money without requests or tokens adds. All but `total` sum to it. */
export type Change = {readonly [part in Factor | 'uncounted' | 'total']: Nanos}

/**
 * A model that is in one of the two only has no price or tokens a request in the other: it brings its own, and what it adds is mix.
 * Where no requests are counted tokens are the volume; where no tokens are, requests alone are.
 *
 * @example 100 requests of 10 tokens at 1 become 200 at 1: all of the 1000 more is volume
 */
export function changeOf(before: readonly Consumed[], after: readonly Consumed[]): Change {
  const change = {volume: 0n, mix: 0n, tokens: 0n, price: 0n, uncounted: 0n, total: 0n}
  const [old, fresh] = [pooled(before), pooled(after)]
  for (const pool of ['both', 'requests', 'tokens'] as const) {
    const parts = shapley(new Pool(old[pool], fresh[pool]))
    for (const [index, factor] of FACTORS.entries()) change[factor] += parts[index]!
  }
  change.uncounted = fresh.uncounted - old.uncounted
  change.total = sumOf(after) - sumOf(before)
  return change
}

const sumOf = (consumed: readonly Consumed[]): Nanos => consumed.reduce((sum, {cost}) => sum + cost, 0n)

interface Counted {
  requests: bigint
  tokens: bigint
  cost: Nanos
}
type Models = Map<string, Counted>

/** By model, and by what is counted of it. */
function pooled(consumed: readonly Consumed[]) {
  const pools = {both: new Map() as Models, requests: new Map() as Models, tokens: new Map() as Models}
  let uncounted = 0n
  for (const {model, requests, tokens, cost} of consumed) {
    const [asked, used] = [requests ?? 0n, tokens ?? 0n]
    if (asked === 0n && used === 0n) {
      uncounted += cost
      continue
    }
    const pool = asked === 0n ? 'tokens' : used === 0n ? 'requests' : 'both'
    const known = pools[pool].get(model) ?? {requests: 0n, tokens: 0n, cost: 0n}
    known.requests += asked === 0n ? used : asked
    known.tokens += used === 0n ? asked : used
    known.cost += cost
    pools[pool].set(model, known)
  }
  return {...pools, uncounted}
}

/** Costs with some factors as after, the others as before: bit n of `moved` is factor n. */
class Pool {
  readonly #models: readonly {readonly before: Counted | undefined; readonly now: Counted | undefined}[]
  readonly #before: bigint
  readonly #now: bigint

  constructor(before: Models, now: Models) {
    this.#models = [...new Set([...before.keys(), ...now.keys()])].map(model => ({
      before: before.get(model),
      now: now.get(model),
    }))
    this.#before = requestsOf(before)
    this.#now = requestsOf(now)
  }

  cost(moved: number): Nanos {
    const is = (factor: Factor): boolean => (moved & (1 << FACTORS.indexOf(factor))) !== 0
    const volume = is('volume') ? this.#now : this.#before
    // What did not exist has no mix either.
    const mixed = is('mix') ? this.#now > 0n || this.#before === 0n : this.#before === 0n
    const whole = mixed ? this.#now : this.#before
    return this.#models.reduce((sum, {before, now}) => {
      const part = mixed ? now : before
      if (part === undefined) return sum
      const length = (is('tokens') ? now : before) ?? now ?? before!
      const price = (is('price') ? now : before) ?? now ?? before!
      return (
        sum +
        rounded(volume * part.requests * length.tokens * price.cost, whole * length.requests * price.tokens)
      )
    }, 0n)
  }
}

const requestsOf = (models: Models): bigint =>
  [...models.values()].reduce((sum, {requests}) => sum + requests, 0n)

/** Half away from zero; the divisor is positive. */
const rounded = (amount: bigint, by: bigint): bigint =>
  amount < 0n ? -((-amount * 2n + by) / (2n * by)) : (amount * 2n + by) / (2n * by)

/** How many of the 24 orders move just this many factors first: n! · (3 − n)! */
const ORDERS = [6n, 2n, 2n, 6n]
const ALL_ORDERS = 24n

/** In the order of `FACTORS`; they sum to what moving all of them adds. */
function shapley(pool: Pool): Nanos[] {
  const costs = Array.from({length: 2 ** FACTORS.length}, (_, moved) => pool.cost(moved))
  const scaled = FACTORS.map((_, factor) => {
    let sum = 0n
    for (const [moved, cost] of costs.entries())
      if ((moved & (1 << factor)) === 0)
        sum += ORDERS[bitsOf(moved)]! * (costs[moved | (1 << factor)]! - cost)
    return sum
  })
  const parts = scaled.map(floored)
  const rests = scaled.map((sum, index) => sum - parts[index]! * ALL_ORDERS)
  const left = Number(rests.reduce((sum, rest) => sum + rest, 0n) / ALL_ORDERS)
  const order = FACTORS.map((_, index) => index).sort((a, b) => Number(rests[b]! - rests[a]!) || a - b)
  for (const index of order.slice(0, left)) parts[index]! += 1n
  return parts
}

const floored = (sum: bigint): bigint => sum / ALL_ORDERS - (sum % ALL_ORDERS < 0n ? 1n : 0n)

const bitsOf = (moved: number): number => FACTORS.filter((_, factor) => (moved & (1 << factor)) !== 0).length
