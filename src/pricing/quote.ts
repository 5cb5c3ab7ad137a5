/** One price row at one service tier, ready to multiply: the inner loop of pricing. */
import {Column, GRANULARITIES, WIDTH} from '../model/chunk.ts'
import type {Granularity, Usage, UsageParts} from '../model/fact.ts'
import {formatUsd, type Nanos} from '../model/money.ts'
import {type AppliedTier, OVERLAY_VERSION, type TierName} from './overlay.ts'
import {badPart, isCount, plainOf} from './parts.ts'
import {
  type Counts,
  exactCost,
  type Fees,
  type PriceRow,
  type Prices,
  plainCost,
  safe,
  scaledPrice,
  toUnits,
  type Units,
} from './price-row.ts'

export interface PriceInput {
  /** Who bills, in any gateway's spelling; null: the model's name tells. */
  readonly provider: string | null
  readonly requestedModel: string | null
  /** The model of the response: aliases move, so it is preferred. */
  readonly servedModel: string | null
  /** Epoch ms. */
  readonly at: number
  /** Service tier as the source writes it; null: not said, which means standard. */
  readonly tier: string | null
  readonly usage: Usage
  readonly granularity: Granularity
}

/** The price a cost was computed with. */
export interface AppliedPrice {
  readonly catalogue: string
  /** Version of the overlay where it changed the catalogue's price; null: it did not. */
  readonly overlay: string | null
  readonly provider: string
  readonly model: string
  /** ISO date; null: the row carries none. */
  readonly validFrom: string | null
  readonly tier: TierName
  /** With service tier and context tier applied, rounded to a nano-dollar for showing. */
  readonly perMillion: Prices
  readonly fees: Fees
  /** What a reader should know: an unknown tier, a bucket's base price, a long context. */
  readonly notes: readonly string[]
}

export type Priced =
  | {readonly cost: Nanos; readonly price: AppliedPrice}
  | {readonly cost: null; readonly reason: string}

export const unpriced = (reason: string): Priced => ({cost: null, reason})

/** Prices up to the next context threshold. */
interface Level {
  readonly prices: Prices
  readonly units: Units
  /** By what there is to say of the row; most rows share one. */
  readonly applied: (AppliedPrice | undefined)[]
}

const BUCKET = 1
const NO_INPUT = 2
const INPUT_PRICED_CACHE = 4
const LIFETIME_UNSAID = 8
const LIFETIME_UNPRICED = 16
const AUDIO_UNSAID = 32
const SEARCHES_UNPRICED = 64
const ALL_SAID = 128

export class Quote {
  /** The price behind the last cost. */
  last: AppliedPrice | null = null
  readonly #row: PriceRow
  readonly #tier: AppliedTier
  readonly #provider: string
  readonly #note: string | null
  readonly #levels: readonly Level[]

  constructor(row: PriceRow, tier: AppliedTier, provider: string, note: string | null) {
    this.#row = row
    this.#tier = tier
    this.#provider = provider
    this.#note = note
    this.#levels = [row.base, ...row.tiers.map(({prices}) => prices)].map(prices => ({
      prices,
      units: toUnits(prices, row.fees, tier.fraction),
      applied: Array.from({length: ALL_SAID}, () => undefined),
    }))
  }

  /**
   * What the row at `base` costs in nano-dollars, with its price in `last`: numbers in, a number out, nothing allocated.
   * `NaN` in is a count that is not said; `NaN` out is no price, `Infinity` a cost past 2^53.
   */
  cost(row: Float64Array, base: number, parts: UsageParts | undefined): number {
    const requests = row[base + Column.Requests]!
    const inputTokens = row[base + Column.InputTokens]!
    const outputTokens = row[base + Column.OutputTokens]!
    const bucket = row[base + Column.Granularity] !== REQUEST
    const input = orZero(inputTokens)
    const output = orZero(outputTokens)
    const cacheRead = orZero(row[base + Column.CacheReadTokens]!)
    const cacheWrite = orZero(row[base + Column.CacheWriteTokens]!)
    if (Number.isNaN(inputTokens) && Number.isNaN(outputTokens) && cacheRead === 0 && cacheWrite === 0)
      return Number.NaN
    if (!(isCount(input) && isCount(output) && isCount(cacheRead) && isCount(cacheWrite))) return Number.NaN
    const {fees} = this.#row
    const calls = bucket ? orZero(requests) : 1
    if (!isCount(calls) || (bucket && Number.isNaN(requests) && fees.requests !== null)) return Number.NaN
    const index = this.#levelOf(bucket, input + cacheRead + cacheWrite)
    const level = this.#levels[index]!
    const {prices, units} = level
    const special = parts !== undefined || prices.input === null || prices.output === null
    const counts = special ? {input, output, cacheRead, cacheWrite, requests: calls, parts} : null
    if (counts !== null && this.#silence(prices, counts) !== null) return Number.NaN
    const said =
      (bucket ? BUCKET : 0) |
      (Number.isNaN(inputTokens) ? NO_INPUT : 0) |
      ((prices.cacheRead === null && cacheRead > 0) || (prices.cacheWrite === null && cacheWrite > 0)
        ? INPUT_PRICED_CACHE
        : 0) |
      saidOfParts(prices, fees, cacheWrite, output, parts)
    this.last = level.applied[said] ??= this.#apply(index, said)
    if (counts !== null) return safe(exactCost(counts, units))
    return plainCost(units, input, output, cacheRead, cacheWrite, calls)
  }

  /** The same for one row: exact whatever its size, and with the reason where there is no cost. */
  price({usage, granularity}: PriceInput): Priced {
    const bucket = granularity !== 'request'
    const bad = refusal(usage)
    if (bad !== null) return unpriced(bad)
    const {requests, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, parts} = usage
    const cost = this.cost(rowOf(usage, granularity), 0, parts)
    const counts: Counts = {
      input: inputTokens ?? 0,
      output: outputTokens ?? 0,
      cacheRead: cacheReadTokens ?? 0,
      cacheWrite: cacheWriteTokens ?? 0,
      requests: bucket ? (requests ?? 0) : 1,
      parts,
    }
    const {prices, units} = this.#levels[this.#levelOf(bucket, inputOf(counts))]!
    if (Number.isNaN(cost)) return unpriced(this.#silence(prices, counts) ?? this.#requestsUnsaid())
    return {cost: exactCost(counts, units), price: this.last!}
  }

  /** A sum of requests is long though none of them was: only a single request can cross a threshold. */
  #levelOf(bucket: boolean, inputTokens: number): number {
    const {tiers} = this.#row
    let index = bucket ? 0 : tiers.length
    while (index > 0 && inputTokens <= tiers[index - 1]!.above) index--
    return index
  }

  /** Why these counts have no price in this row; null: they have. */
  #silence(prices: Prices, counts: Counts): string | null {
    const bad = counts.parts && badPart(counts.parts, counts)
    if (bad) return bad
    const {catalogue, matchedModel} = this.#row
    const cached =
      (prices.cacheRead === null ? counts.cacheRead : 0) +
      (prices.cacheWrite === null ? counts.cacheWrite : 0)
    const silent = (['input', 'output'] as const).find(
      kind =>
        prices[kind] === null &&
        plainOf(kind, counts[kind] + (kind === 'input' ? cached : 0), prices.parts, counts.parts) > 0,
    )
    return silent === undefined ? null : `${catalogue} has no ${silent} price for "${matchedModel}"`
  }

  #requestsUnsaid(): string {
    return `"${this.#row.matchedModel}" is also billed by the request, and requests are not said`
  }

  #apply(index: number, said: number): AppliedPrice {
    const {catalogue, fees, matchedModel, note, overlaid, tiers, validFrom} = this.#row
    const {prices} = this.#levels[index]!
    const {fraction} = this.#tier
    const above = tiers[index - 1]?.above
    const notes = [
      this.#note,
      note,
      this.#tier.note,
      above === undefined
        ? null
        : `more than ${above} input tokens: the whole request at the long-context price`,
      said & BUCKET && tiers.length > 0 ? 'a sum of requests: base price, no long-context price' : null,
      fees.requests === null ? null : `includes $${formatUsd(fees.requests / 1_000_000n)} a request`,
      ...NOTES.map(([bit, text]) => (said & bit ? text : null)),
    ]
    const parts = Object.entries(prices.parts).map(([part, price]) => [part, scaledPrice(price, fraction)])
    return Object.freeze({
      catalogue,
      overlay: overlaid || this.#tier.tier !== 'standard' ? OVERLAY_VERSION : null,
      provider: this.#provider,
      model: matchedModel,
      validFrom,
      tier: this.#tier.tier,
      perMillion: {
        input: scaledPrice(prices.input, fraction),
        output: scaledPrice(prices.output, fraction),
        cacheRead: scaledPrice(prices.cacheRead, fraction),
        cacheWrite: scaledPrice(prices.cacheWrite, fraction),
        parts: Object.fromEntries(parts),
      },
      fees,
      notes: notes.filter(text => text !== null),
    })
  }
}

const NOTES: readonly (readonly [bit: number, text: string])[] = [
  [NO_INPUT, 'input tokens are not said: the cost is that of the rest'],
  [INPUT_PRICED_CACHE, 'no cache price in the row: cached tokens at the input price'],
  [LIFETIME_UNSAID, 'how long cache writes live is not said: all at the five-minute price'],
  [LIFETIME_UNPRICED, 'no one-hour cache price in the row: all cache writes at one price'],
  [AUDIO_UNSAID, 'no audio tokens are told apart: all at the text price'],
  [SEARCHES_UNPRICED, 'web searches are not in this price'],
]

/** One row alone, as chunks hold them. */
function rowOf(usage: Usage, granularity: Granularity): Float64Array {
  const row = new Float64Array(WIDTH)
  row[Column.Granularity] = GRANULARITIES.indexOf(granularity)
  row[Column.Requests] = usage.requests ?? Number.NaN
  row[Column.InputTokens] = usage.inputTokens ?? Number.NaN
  row[Column.OutputTokens] = usage.outputTokens ?? Number.NaN
  row[Column.CacheReadTokens] = usage.cacheReadTokens ?? Number.NaN
  row[Column.CacheWriteTokens] = usage.cacheWriteTokens ?? Number.NaN
  return row
}

const REQUEST = GRANULARITIES.indexOf('request')
const inputOf = ({input, cacheRead, cacheWrite}: Counts): number => input + cacheRead + cacheWrite
const orZero = (count: number): number => (Number.isNaN(count) ? 0 : count)

/** What the parts leave to be said; 0 for most rows. */
function saidOfParts(
  prices: Prices,
  fees: Fees,
  cacheWrite: number,
  output: number,
  parts: UsageParts | undefined,
): number {
  const own = prices.parts
  if (parts === undefined)
    return (
      (cacheWrite > 0 && own.cacheWrite1hTokens !== undefined ? LIFETIME_UNSAID : 0) |
      (output > 0 && own.audioOutputTokens !== undefined ? AUDIO_UNSAID : 0)
    )
  return (
    (parts.cacheWrite1hTokens && own.cacheWrite1hTokens === undefined ? LIFETIME_UNPRICED : 0) |
    (parts.webSearches && fees.webSearches === null ? SEARCHES_UNPRICED : 0)
  )
}

/** Why counts cannot be priced: nothing counted (which would look free), or something that is no count. */
function refusal(usage: Usage): string | null {
  const {inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, requests} = usage
  if (inputTokens === null && outputTokens === null && !cacheReadTokens && !cacheWriteTokens)
    return 'no token counts'
  return (
    notCount('input tokens', inputTokens) ??
    notCount('output tokens', outputTokens) ??
    notCount('cache-read tokens', cacheReadTokens) ??
    notCount('cache-write tokens', cacheWriteTokens) ??
    notCount('requests', requests)
  )
}

const notCount = (what: string, count: number | null): string | null =>
  count === null || isCount(count) ? null : `${what} ${count} is not a count`
