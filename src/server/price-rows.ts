/** Joins pricing to the store: what rows cost by contract or catalogue, with the price to keep beside them. */
import type {Config} from '../config/config.ts'
import {Column, GRANULARITIES, type ModelIdentity} from '../model/chunk.ts'
import type {UsageParts} from '../model/fact.ts'
import {
  type AppliedPrice,
  createModelPricers,
  type ModelPricer,
  type PricingOptions,
} from '../pricing/price-usage.ts'
import type {ModelPrice, PriceModel} from '../store/save.ts'

/** What the configuration says of prices. */
export const pricingOptions = ({
  rates = [],
  azure_deployments: azureDeployments = {},
}: Pick<Config, 'rates' | 'azure_deployments'>): PricingOptions => ({rates, azureDeployments})

export function priceRows(config: Config): PriceModel {
  const pricers = createModelPricers(pricingOptions(config))
  return ([provider, requestedModel, servedModel, tier]: ModelIdentity) =>
    requestedModel === null && servedModel === null
      ? null
      : new StoredPrices(pricers({provider, requestedModel, servedModel, tier}))
}

/** A bill's row costs what it says, or nobody knows. */
const LINE_ITEM = GRANULARITIES.indexOf('line_item')

class StoredPrices implements ModelPrice {
  price = ''
  readonly #pricer: ModelPricer
  #last: AppliedPrice | null = null

  constructor(pricer: ModelPricer) {
    this.#pricer = pricer
  }

  cost(numbers: Float64Array, base: number, parts: UsageParts | undefined): number {
    if (numbers[base + Column.Granularity] === LINE_ITEM) return Number.NaN
    const cost = this.#pricer.cost(numbers, base, parts)
    if (!Number.isFinite(cost)) return Number.NaN
    const {last} = this.#pricer
    if (last !== this.#last) {
      this.#last = last
      this.price = textOf(last!)
    }
    return cost
  }
}

const texts = new WeakMap<AppliedPrice, string>()

/** A price as records show it. */
export function textOf(price: AppliedPrice): string {
  let text = texts.get(price)
  if (text === undefined) texts.set(price, (text = JSON.stringify(recordPrice(price))))
  return text
}

export const recordPrice = ({catalogue, overlay, model, validFrom, tier, notes}: AppliedPrice) => ({
  catalogue,
  model,
  valid_from: validFrom,
  tier,
  ...(overlay === null ? {} : {overlay}),
  ...(notes.length === 0 ? {} : {notes}),
})
