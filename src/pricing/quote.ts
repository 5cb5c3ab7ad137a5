/** One price row at one service tier, ready to multiply: the inner loop of pricing. */
import type {Granularity, Usage} from '../model/fact.ts'
import {formatUsd, type Nanos} from '../model/money.ts'
import type {AppliedTier, TierName} from './overlay.ts'
import {costOf, type PerMillion, type PriceRow, scaledPrice, toUnits, type Units} from './price-row.ts'

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
  readonly provider: string
  readonly model: string
  /** ISO date; null: the row carries none. */
  readonly validFrom: string | null
  readonly tier: TierName
  /** With service tier and context tier applied, rounded to a nano-dollar for showing. */
  readonly perMillion: PerMillion
  /** What a reader should know: an unknown tier, a bucket's base price, a long context. */
  readonly notes: readonly string[]
}

export type Priced =
  | {readonly cost: Nanos; readonly price: AppliedPrice}
  | {readonly cost: null; readonly reason: string}

export const unpriced = (reason: string): Priced => ({cost: null, reason})

/** Prices up to the next context threshold. */
interface Level {
  readonly prices: PerMillion
  readonly units: Units
  /** By what there is to say of the row; most rows share one. */
  readonly applied: (AppliedPrice | undefined)[]
}

const BUCKET = 1
const NO_INPUT = 2
const INPUT_PRICED_CACHE = 4

export class Quote {
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
      units: toUnits(prices, row.requests, tier.fraction),
      applied: [],
    }))
  }

  price({usage, granularity}: PriceInput): Priced {
    const bad = refusal(usage)
    if (bad !== null) return unpriced(bad)
    const input = usage.inputTokens ?? 0
    const output = usage.outputTokens ?? 0
    const cacheRead = usage.cacheReadTokens ?? 0
    const cacheWrite = usage.cacheWriteTokens ?? 0
    const bucket = granularity !== 'request'
    if (bucket && usage.requests === null && this.#row.requests !== null)
      return unpriced(`"${this.#row.matchedModel}" is also billed by the request, and requests are not said`)
    const requests = bucket ? (usage.requests ?? 0) : 1
    // A sum of requests is long though none of them was: only a single request can cross a threshold.
    const index = bucket ? 0 : this.#levelOf(input + cacheRead + cacheWrite)
    const level = this.#levels[index]!
    const {prices, units} = level
    const inputLike =
      input + (prices.cacheRead === null ? cacheRead : 0) + (prices.cacheWrite === null ? cacheWrite : 0)
    if (prices.input === null && inputLike > 0) return unpriced(this.#silent('input'))
    if (prices.output === null && output > 0) return unpriced(this.#silent('output'))
    const said =
      (bucket ? BUCKET : 0) |
      (usage.inputTokens === null ? NO_INPUT : 0) |
      (inputLike > input ? INPUT_PRICED_CACHE : 0)
    let price = level.applied[said]
    if (!price) {
      price = this.#apply(index, said)
      level.applied[said] = price
    }
    return {cost: costOf({input, output, cacheRead, cacheWrite, requests}, units), price}
  }

  #levelOf(inputTokens: number): number {
    const {tiers} = this.#row
    let index = tiers.length
    while (index > 0 && inputTokens <= tiers[index - 1]!.above) index--
    return index
  }

  #silent(kind: 'input' | 'output'): string {
    return `${this.#row.catalogue} has no ${kind} price for "${this.#row.matchedModel}"`
  }

  #apply(index: number, said: number): AppliedPrice {
    const {catalogue, matchedModel, requests, tiers, validFrom} = this.#row
    const {prices} = this.#levels[index]!
    const {fraction} = this.#tier
    const above = tiers[index - 1]?.above
    const notes = [
      this.#note,
      this.#tier.note,
      above === undefined
        ? null
        : `more than ${above} input tokens: the whole request at the long-context price`,
      said & BUCKET && tiers.length > 0 ? 'a sum of requests: base price, no long-context price' : null,
      requests === null ? null : `includes $${formatUsd(requests / 1_000_000n)} a request`,
      said & NO_INPUT ? 'input tokens are not said: the cost is that of the rest' : null,
      said & INPUT_PRICED_CACHE ? 'no cache price in the row: cached tokens at the input price' : null,
    ]
    return Object.freeze({
      catalogue,
      provider: this.#provider,
      model: matchedModel,
      validFrom,
      tier: this.#tier.tier,
      perMillion: {
        input: scaledPrice(prices.input, fraction),
        output: scaledPrice(prices.output, fraction),
        cacheRead: scaledPrice(prices.cacheRead, fraction),
        cacheWrite: scaledPrice(prices.cacheWrite, fraction),
      },
      notes: notes.filter(note => note !== null),
    })
  }
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
  count === null || (count >= 0 && Number.isSafeInteger(count)) ? null : `${what} ${count} is not a count`
