/**
 * What a usage row costs, in exact nano-dollars, with the price row that says so; or why it has no price. A row with no
 * price costs null, never 0.
 *
 * Failed calls are priced like any other: providers bill the tokens they report. What a gateway answered from its own
 * cache carries the gateway's cost of 0 and never comes here.
 */

import {Column} from '../model/chunk.ts'
import type {UsageParts} from '../model/fact.ts'
import {type CompiledRate, type ContractRate, compileRates, ratesFor} from './contract-rate.ts'
import {catalogueProvider, type NoPrice} from './model-name.ts'
import {applyTier} from './overlay.ts'
import type {PriceRow} from './price-row.ts'
import {type Deployments, type Named, type Subject, toSubject} from './price-subject.ts'
import {type AppliedPrice, type Priced, type PriceInput, Quote, unpriced} from './quote.ts'

export type {AppliedPrice, Priced, PriceInput} from './quote.ts'

export interface PricingOptions {
  readonly rates?: readonly ContractRate[] | undefined
  /** Azure deployment name → model id. */
  readonly azureDeployments?: Readonly<Record<string, string>> | undefined
}

export type Pricer = (input: PriceInput) => Priced

/** What a row of a log is priced by, beside its counts. */
export type Asked = Named & Pick<PriceInput, 'tier'>

/** Prices many rows of one model at one tier: numbers in, a number out. */
export interface ModelPricer {
  /**
   * Nano-dollars of the row that stands at `base` of a chunk's numbers (`Column` names them); `NaN`: no price is known;
   * `Infinity`: past 2^53.
   */
  cost(numbers: Float64Array, base: number, parts: UsageParts | undefined): number
  /** The price behind the last cost: the same object as long as it is the same price. */
  readonly last: AppliedPrice | null
}

const CACHE_LIMIT = 50_000
/** Spellings kept of one model; a file with more is adversarial, and only slower. */
const LIST_LIMIT = 64
const DEFAULTS: PricingOptions = {}
const pricers = new WeakMap<PricingOptions, Pricer>()

/** Prices one row; pass the same options object each time, for what was looked up is kept with it. */
export function priceUsage(input: PriceInput, options: PricingOptions = DEFAULTS): Priced {
  let pricer = pricers.get(options)
  if (!pricer) {
    pricer = createPricer(options)
    pricers.set(options, pricer)
  }
  return pricer(input)
}

/** A function that prices rows and remembers every price it looked up: after the first, only whole-number arithmetic. */
export function createPricer(options: PricingOptions = {}): Pricer {
  const lineOf = lineMaker(options)
  // By model, then a short list: comparing four strings is quicker than hashing them joined.
  const lines = new Map<string | null, PriceLine[]>()
  let kept = 0
  return input => {
    const {provider, requestedModel, servedModel, tier} = input
    const model = servedModel ?? requestedModel
    let list = lines.get(model)
    if (list)
      for (const line of list)
        if (line.is(provider, requestedModel, servedModel, tier)) return line.price(input)
    if (kept++ >= CACHE_LIMIT) {
      lines.clear()
      list = undefined
      kept = 1
    }
    const line = lineOf(input)
    if (list && list.length < LIST_LIMIT) list.push(line)
    else lines.set(model, [line])
    return line.price(input)
  }
}

/** Who prices the rows of a model; ask once for each model, and it for each row. */
export function createModelPricers(options: PricingOptions = {}): (asked: Asked) => ModelPricer {
  return lineMaker(options)
}

function lineMaker({rates = [], azureDeployments = {}}: PricingOptions): (asked: Asked) => PriceLine {
  const compiled = compileRates(rates)
  const deployments: Deployments = new Map(
    Object.entries(azureDeployments).map(([name, model]) => [name.trim().toLowerCase(), model]),
  )
  return asked => new PriceLine(asked, toSubject(asked, deployments), compiled)
}

/** All prices of one (provider, model, tier): contract rates first, then the catalogue's rows. */
class PriceLine implements ModelPricer {
  last: AppliedPrice | null = null
  readonly #asked: Asked
  readonly #subject: Subject
  readonly #rates: readonly CompiledRate[]
  /** Beside each rate, then beside each row of the catalogue: made when first needed. */
  readonly #quotes: (Quote | NoPrice | undefined)[]

  constructor(
    {provider: biller, requestedModel, servedModel, tier}: Asked,
    subject: Subject,
    rates: readonly CompiledRate[],
  ) {
    const {history, models, provider} = subject
    this.#asked = {provider: biller, requestedModel, servedModel, tier}
    this.#subject = subject
    const names = 'reason' in history ? models : [...models, history.matchedModel]
    this.#rates = rates.length === 0 ? rates : ratesFor(rates, provider, names)
    const rows = 'reason' in history ? 0 : history.rows.length
    this.#quotes = Array.from({length: this.#rates.length + rows}, () => undefined)
  }

  is(provider: string | null, requested: string | null, served: string | null, tier: string | null): boolean {
    const asked = this.#asked
    return (
      asked.servedModel === served &&
      asked.requestedModel === requested &&
      asked.provider === provider &&
      asked.tier === tier
    )
  }

  price(input: PriceInput): Priced {
    const quote = this.#quoteAt(input.at)
    return 'reason' in quote ? unpriced(quote.reason) : quote.price(input)
  }

  cost(numbers: Float64Array, base: number, parts: UsageParts | undefined): number {
    const quote = this.#quoteAt(numbers[base + Column.At]!)
    if ('reason' in quote) return Number.NaN
    const cost = quote.cost(numbers, base, parts)
    this.last = quote.last
    return cost
  }

  #quoteAt(at: number): Quote | NoPrice {
    const index = this.#indexAt(at)
    if (index < 0) return this.#subject.history as NoPrice
    return (this.#quotes[index] ??= this.#quote(index))
  }

  /** Which rate or row holds; −1: none. */
  #indexAt(at: number): number {
    const rates = this.#rates
    for (let index = 0; index < rates.length; index++) {
      const {from, until} = rates[index]!
      if (at >= from && at < until) return index
    }
    const {history} = this.#subject
    return 'reason' in history ? -1 : rates.length + history.indexAt(at)
  }

  #quote(index: number): Quote | NoPrice {
    const {history, note, provider} = this.#subject
    const rates = this.#rates
    const known = 'reason' in history ? null : history
    const row: PriceRow = index < rates.length ? rates[index]!.row : known!.rows[index - rates.length]!
    const biller = known?.provider ?? provider ?? row.provider
    const tier = applyTier(catalogueProvider(biller) ?? biller, known?.matchedModel ?? null, this.#asked.tier)
    // What is uncertain of an alias is which model it means; a contract rate is for the name.
    return 'reason' in tier ? tier : new Quote(row, tier, biller, index < rates.length ? null : note)
  }
}
