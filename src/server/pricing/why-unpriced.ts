/** Why use of a model has no price: because of the model, or of rows that count nothing. */
import type {Config} from '../../config/config.ts'
import type {ModelIdentity} from '../../model/chunk.ts'
import {createPricer} from '../../pricing/price-usage.ts'
import {pricingOptions} from '../price-rows.ts'

/** A reason in words for people; null: the model has a price, and its rows carry no tokens to multiply. `at`: epoch ms. */
export function whyUnpriced(config: Config, at: number): (model: ModelIdentity) => string | null {
  const price = createPricer(pricingOptions(config))
  return ([provider, requestedModel, servedModel, tier]) => {
    if (requestedModel === null && servedModel === null) return 'no model named'
    const priced = price({
      ...{provider, requestedModel, servedModel, tier, at, granularity: 'request'},
      usage: {requests: 1, inputTokens: 1, outputTokens: null, cacheReadTokens: null, cacheWriteTokens: null},
    })
    return priced.cost === null ? priced.reason : null
  }
}
