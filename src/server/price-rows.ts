/** Joins pricing to ingest: what a row costs by contract or catalogue, with the price row to store beside it. */
import type {Config} from '../config/config.ts'
import {GRANULARITIES} from '../model/chunk.ts'
import type {ContractRate} from '../pricing/contract-rate.ts'
import {createPricer} from '../pricing/price-usage.ts'
import type {PriceRow} from '../store/save.ts'

export function priceRows({rates = [], azure_deployments = {}}: Config): PriceRow {
  const price = createPricer({rates: rates as readonly ContractRate[], azureDeployments: azure_deployments})
  return ([provider, requestedModel, servedModel, tier], row) => {
    const {at, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens} = row
    const granularity = GRANULARITIES[row.granularity]!
    if (granularity === 'line_item' || (requestedModel === null && servedModel === null)) return null
    const usage = {requests: null, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens}
    const priced = price({provider, requestedModel, servedModel, at, tier, usage, granularity})
    if (priced.cost === null) return null
    const {catalogue, model, validFrom, tier: applied} = priced.price
    return {
      cost: priced.cost,
      price: JSON.stringify({catalogue, model, valid_from: validFrom, tier: applied}),
    }
  }
}
