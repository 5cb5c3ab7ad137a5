/**
 * What a usage row costs, in exact nano-dollars, with the price row that says so; or why it has no price. A row with no
 * price costs null, never 0.
 *
 * Failed calls are priced like any other: providers bill the tokens they report. What a gateway answered from its own
 * cache carries the gateway's cost of 0 and never comes here.
 */
import {type CompiledRate, type ContractRate, compileRates, ratesFor} from './contract-rate.ts'
import {catalogueProvider, type NoPrice} from './model-name.ts'
import {applyTier} from './overlay.ts'
import type {PriceRow} from './price-row.ts'
import {type Subject, toSubject} from './price-subject.ts'
import {type Priced, type PriceInput, Quote, unpriced} from './quote.ts'

export type {AppliedPrice, Priced, PriceInput} from './quote.ts'

export interface PricingOptions {
  readonly rates?: readonly ContractRate[] | undefined
  /** Azure deployment name → model id. */
  readonly azureDeployments?: Readonly<Record<string, string>> | undefined
}

export type Pricer = (input: PriceInput) => Priced

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
export function createPricer({rates = [], azureDeployments = {}}: PricingOptions = {}): Pricer {
  const compiled = compileRates(rates)
  const deployments = new Map(
    Object.entries(azureDeployments).map(([name, model]) => [name.trim().toLowerCase(), model]),
  )
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
    const line = new PriceLine(input, toSubject(input, deployments), compiled)
    if (list && list.length < LIST_LIMIT) list.push(line)
    else lines.set(model, [line])
    return line.price(input)
  }
}

type Asked = Pick<PriceInput, 'provider' | 'requestedModel' | 'servedModel' | 'tier'>

/** All prices of one (provider, model, tier): contract rates first, then the catalogue's rows. */
class PriceLine {
  readonly #asked: Asked
  readonly #subject: Subject
  readonly #rates: readonly CompiledRate[]
  readonly #quotes = new Map<PriceRow, Quote>()

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
    const row = this.#rowAt(input.at)
    if ('reason' in row) return unpriced(row.reason)
    let quote = this.#quotes.get(row)
    if (!quote) {
      const {history, note, provider} = this.#subject
      const biller = 'reason' in history ? (provider ?? row.provider) : history.provider
      quote = new Quote(row, applyTier(catalogueProvider(biller) ?? biller, this.#asked.tier), biller, note)
      this.#quotes.set(row, quote)
    }
    return quote.price(input)
  }

  #rowAt(at: number): PriceRow | NoPrice {
    for (const {from, until, row} of this.#rates) if (at >= from && at < until) return row
    const {history} = this.#subject
    return 'reason' in history ? history : history.rows[history.indexAt(at)]!
  }
}
