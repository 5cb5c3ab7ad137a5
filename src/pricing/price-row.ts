/** What a million of each kind of token costs, and the exact arithmetic that turns counts into nano-dollars. */
import {PART_OF, type Part, type UsageParts} from '../model/fact.ts'
import type {Nanos} from '../model/money.ts'

/** Nano-dollars per million tokens; null: the row says nothing of that kind of token. */
export interface PerMillion {
  readonly input: Nanos | null
  readonly output: Nanos | null
  readonly cacheRead: Nanos | null
  readonly cacheWrite: Nanos | null
}

export const PARTS = Object.keys(PART_OF) as readonly Part[]

/** The four counts by the names their prices have. */
const KIND = {
  inputTokens: 'input',
  outputTokens: 'output',
  cacheReadTokens: 'cacheRead',
  cacheWriteTokens: 'cacheWrite',
} as const satisfies {readonly [count in (typeof PART_OF)[Part]]: keyof PerMillion}

/** The price a part has where the row names none of its own. */
export const kindOf = (part: Part): keyof PerMillion => KIND[PART_OF[part]]

/** Nano-dollars per million of each part the row prices apart. */
export type PartPrices = {readonly [part in Part]?: Nanos}

/** All prices of a row up to its next context threshold. */
export interface Prices extends PerMillion {
  readonly parts: PartPrices
}

/** Above `above` input tokens (cache included) the whole request moves to these prices. */
export interface ContextTier {
  readonly above: number
  readonly prices: Prices
}

/** Nano-dollars per million requests or searches, beside the tokens; null: none. No service tier changes them. */
export interface Fees {
  readonly requests: Nanos | null
  readonly webSearches: Nanos | null
}

export const NO_FEES: Fees = {requests: null, webSearches: null}

/** One dated price of one model. */
export interface PriceRow {
  /** Who says so, with its version: `genai-prices 0.1.8`, `venturi.yaml`. */
  readonly catalogue: string
  readonly provider: string
  readonly matchedModel: string
  /** ISO date of the row's first day; null: the row carries none. */
  readonly validFrom: string | null
  readonly base: Prices
  /** Lowest threshold first. */
  readonly tiers: readonly ContextTier[]
  readonly fees: Fees
  /** The overlay has a say in this row. */
  readonly overlaid: boolean
  /** What a reader should know of the row; null: nothing. */
  readonly note: string | null
}

/** An exact fraction of the standard price: batch is 1/2. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

export const ONE: Fraction = {numerator: 1n, denominator: 1n}

/** What is counted of one row, all whole and none negative; `input` excludes cache. */
export interface Counts {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly requests: number
  readonly parts?: UsageParts | undefined
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
  readonly webSearches: number
  /** What a token of a part costs more (or less) than the count it is in. */
  readonly parts: {readonly [part in Part]: number}
  readonly divisor: number
}

const MILLION = 1_000_000n

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b))

/** What cached tokens cost where the row names no price for them: they are input tokens, of their own kind. */
export function withCacheAsInput(prices: Prices): Prices {
  const {input, cacheRead, cacheWrite, parts} = prices
  const {audioInputTokens: audio, imageInputTokens: image} = parts
  const cached: PartPrices =
    cacheRead !== null
      ? {}
      : {
          ...(audio === undefined ? {} : {audioCacheReadTokens: audio}),
          ...(image === undefined ? {} : {imageCacheReadTokens: image}),
        }
  return {
    ...prices,
    cacheRead: cacheRead ?? input,
    cacheWrite: cacheWrite ?? input,
    parts: {...cached, ...parts},
  }
}

/** Prices times a fraction, ready for `plainCost` and `exactCost`; a price that is null becomes 0, so ask before counting its tokens. */
export function toUnits(prices: Prices, fees: Fees, {numerator, denominator}: Fraction): Units {
  const whole = withCacheAsInput(prices)
  const tokens = (price: Nanos | null): bigint => (price ?? 0n) * numerator
  const fee = (price: Nanos | null): bigint => (price ?? 0n) * denominator
  const extra = (part: Part): bigint => {
    const own = whole.parts[part]
    return own === undefined ? 0n : tokens(own) - tokens(whole[kindOf(part)])
  }
  const all = {
    input: tokens(whole.input),
    output: tokens(whole.output),
    cacheRead: tokens(whole.cacheRead),
    cacheWrite: tokens(whole.cacheWrite),
    requests: fee(fees.requests),
    webSearches: fee(fees.webSearches),
  }
  const extras = PARTS.map(part => [part, extra(part)] as const)
  const per = MILLION * denominator
  const common = [...Object.values(all), ...extras.map(([, unit]) => unit)].reduce(gcd, per)
  const reduced = (unit: bigint): number => Number(unit / common)
  return {
    input: reduced(all.input),
    output: reduced(all.output),
    cacheRead: reduced(all.cacheRead),
    cacheWrite: reduced(all.cacheWrite),
    requests: reduced(all.requests),
    webSearches: reduced(all.webSearches),
    parts: Object.fromEntries(extras.map(([part, unit]) => [part, reduced(unit)])) as Units['parts'],
    divisor: Number(per / common),
  }
}

/**
 * The cost of the plain counts as a number; `Infinity` past 2^53. Numbers alone as long as they are exact: this is what
 * every row of a log goes through.
 */
export function plainCost(
  units: Units,
  input: number,
  output: number,
  cacheRead: number,
  cacheWrite: number,
  requests: number,
): number {
  const sum =
    input * units.input +
    output * units.output +
    cacheRead * units.cacheRead +
    cacheWrite * units.cacheWrite +
    requests * units.requests
  // All terms are whole and none is negative: below 2^53 every step of this sum was exact.
  if (sum > Number.MAX_SAFE_INTEGER)
    return safe(exactCost({input, output, cacheRead, cacheWrite, requests}, units))
  const {divisor} = units
  if (divisor === 1) return sum
  const rest = sum % divisor
  const whole = (sum - rest) / divisor
  return rest * 2 > divisor || (rest * 2 === divisor && whole % 2 === 1) ? whole + 1 : whole
}

/** Past 2^53 a number cannot hold it. */
export const safe = (cost: Nanos): number =>
  cost > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : Number(cost)

/**
 * Exact cost of whatever is counted, divided once and rounded half to even.
 *
 * @example 3 tokens at $0.0005 a million: 3 × 500,000 / 1,000,000 = 1.5 → 2n nano-dollars
 */
export function exactCost(counts: Counts, units: Units): Nanos {
  const term = (count: number, unit: number): bigint => BigInt(count) * BigInt(unit)
  let sum =
    term(counts.input, units.input) +
    term(counts.output, units.output) +
    term(counts.cacheRead, units.cacheRead) +
    term(counts.cacheWrite, units.cacheWrite) +
    term(counts.requests, units.requests)
  const {parts} = counts
  if (parts) {
    sum += term(parts.webSearches ?? 0, units.webSearches)
    for (const part of PARTS) sum += term(parts[part] ?? 0, units.parts[part])
  }
  return divideHalfEven(sum, BigInt(units.divisor))
}

/** A price times a fraction, rounded half to even to a nano-dollar: for showing, never for multiplying. */
export const scaledPrice = (price: Nanos | null, {numerator, denominator}: Fraction): Nanos | null =>
  price === null ? null : divideHalfEven(price * numerator, denominator)

function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const whole = dividend / divisor
  const twice = (dividend % divisor) * 2n
  return twice > divisor || (twice === divisor && whole % 2n === 1n) ? whole + 1n : whole
}
