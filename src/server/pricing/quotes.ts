/** Joins pricing to lenses: what usage would cost elsewhere, by contract rates and the catalogue. */
import type {Config} from '../../config/config.ts'
import type {QuoteOf} from '../../model/quote.ts'
import {createPricer} from '../../pricing/price-usage.ts'
import {pricingOptions} from '../price-rows.ts'

export function quotesOf(config: Config): QuoteOf {
  const price = createPricer(pricingOptions(config))
  return ([provider, requestedModel, servedModel, tier], at, usage) =>
    price({provider, requestedModel, servedModel, tier, at, usage, granularity: 'bucket'}).cost
}
