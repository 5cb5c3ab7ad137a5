/** What a million of each kind of token costs, and the exact arithmetic that turns counts into nano-dollars. */
import type {Nanos} from '../model/money.ts'

/** Nano-dollars per million tokens; null: the row says nothing of that kind of token. */
export interface PerMillion {
  readonly input: Nanos | null
  readonly output: Nanos | null
  readonly cacheRead: Nanos | null
  readonly cacheWrite: Nanos | null
}

/** Above `above` input tokens (cache included) the whole request moves to these prices. */
export interface ContextTier {
  readonly above: number
  readonly prices: PerMillion
}

/** One dated price of one model. */
export interface PriceRow {
  /** Who says so, with its version: `genai-prices 0.1.8`, `venturi.yaml`. */
  readonly catalogue: string
  readonly provider: string
  readonly matchedModel: string
  /** ISO date of the row's first day; null: the row carries none. */
  readonly validFrom: string | null
  readonly base: PerMillion
  /** Lowest threshold first. */
  readonly tiers: readonly ContextTier[]
  /** Nano-dollars per million requests, beside the tokens (search models); null: none. */
  readonly requests: Nanos | null
}

/** An exact fraction of the standard price: batch is 1/2. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** Token counts, all whole and none negative; `input` excludes cache. */
export interface Counts {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly requests: number
}

/**
 * Prices reduced to the smallest whole numbers: cost = (Σ count × unit) / divisor. Most catalogue prices are whole
 * nano-dollars a token, so the divisor is 1 and the sum stays a safe integer.
 */
export interface Units {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly requests: number
  readonly divisor: number
}

const MILLION = 1_000_000n

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b))

/** What cached tokens cost where the row names no price for them: they are input tokens. */
export const withCacheAsInput = (prices: PerMillion): PerMillion => ({
  ...prices,
  cacheRead: prices.cacheRead ?? prices.input,
  cacheWrite: prices.cacheWrite ?? prices.input,
})

/** Prices times a fraction, ready for `costOf`; a price that is null becomes 0, so ask before counting its tokens. */
export function toUnits(
  prices: PerMillion,
  requests: Nanos | null,
  {numerator, denominator}: Fraction,
): Units {
  const {input, output, cacheRead, cacheWrite} = withCacheAsInput(prices)
  const all = [input, output, cacheRead, cacheWrite, requests].map(price => (price ?? 0n) * numerator)
  const per = MILLION * denominator
  const common = all.reduce(gcd, per)
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = all.map(price => Number(price / common))
  return {input: a, output: b, cacheRead: c, cacheWrite: d, requests: e, divisor: Number(per / common)}
}

/**
 * Exact cost, divided once and rounded half to even.
 *
 * @example 3 tokens at $0.0005 a million: 3 × 500,000 / 1,000,000 = 1.5 → 2n nano-dollars
 */
export function costOf(counts: Counts, units: Units): Nanos {
  const sum =
    counts.input * units.input +
    counts.output * units.output +
    counts.cacheRead * units.cacheRead +
    counts.cacheWrite * units.cacheWrite +
    counts.requests * units.requests
  // All terms are whole and none is negative: below 2^53 every step of this sum was exact.
  if (sum > Number.MAX_SAFE_INTEGER) return largeCost(counts, units)
  const {divisor} = units
  if (divisor === 1) return BigInt(sum)
  const rest = sum % divisor
  const whole = (sum - rest) / divisor
  return BigInt(rest * 2 > divisor || (rest * 2 === divisor && whole % 2 === 1) ? whole + 1 : whole)
}

function largeCost(counts: Counts, units: Units): Nanos {
  const term = (count: number, unit: number): bigint => BigInt(count) * BigInt(unit)
  const sum =
    term(counts.input, units.input) +
    term(counts.output, units.output) +
    term(counts.cacheRead, units.cacheRead) +
    term(counts.cacheWrite, units.cacheWrite) +
    term(counts.requests, units.requests)
  const divisor = BigInt(units.divisor)
  return divideHalfEven(sum, divisor)
}

/** A price times a fraction, rounded half to even to a nano-dollar: for showing, never for multiplying. */
export const scaledPrice = (price: Nanos | null, {numerator, denominator}: Fraction): Nanos | null =>
  price === null ? null : divideHalfEven(price * numerator, denominator)

function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const whole = dividend / divisor
  const twice = (dividend % divisor) * 2n
  return twice > divisor || (twice === divisor && whole % 2n === 1n) ? whole + 1n : whole
}
