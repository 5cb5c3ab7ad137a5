/** Joins pricing to views: what contract rates and the catalogue make of a record, whatever its source says. */
import type {Config} from '../../config/config.ts'
import {GRANULARITIES} from '../../model/chunk.ts'
import type {UsageParts} from '../../model/fact.ts'
import {RATES} from '../../pricing/contract-rate.ts'
import {createPricer, type Priced, type PriceInput} from '../../pricing/price-usage.ts'
import {type Explanation, explain} from '../../report/explanation.ts'
import type {ListPrice} from '../../report/known-costs.ts'
import type {Settled} from '../../report/record.ts'
import type {Found, RecordReader} from '../../report/records.ts'
import {pricingOptions, recordPrice} from '../price-rows.ts'

/** Prices of a record by each list that knows it, the contract first. A bill's row that counts nothing has none. */
export function listPrices(config: Config): (settled: Settled, parts: UsageParts | undefined) => ListPrice[] {
  const options = pricingOptions(config)
  const byAll = createPricer(options)
  const byCatalogue = createPricer({...options, rates: []})
  return (settled, parts) => {
    const input = inputOf(settled, parts)
    const {inputTokens, outputTokens} = input.usage
    if (input.granularity === 'line_item' && inputTokens === null && outputTokens === null) return []
    const first = byAll(input)
    const contract = first.cost !== null && first.price.catalogue === RATES
    return contract
      ? [listed('contract', first), listed('catalogue', byCatalogue(input))]
      : [listed('catalogue', first)]
  }
}

/** Explains records with every price of them beside what counts. */
export function explainer(reader: RecordReader, config: Config): (found: Found) => Explanation {
  const pricesOf = listPrices(config)
  return found => explain(found, pricesOf(found.settled, reader.partsOf(found.settled)))
}

const listed = (source: ListPrice['source'], priced: Priced): ListPrice =>
  priced.cost === null
    ? {source, cost: null, price: null, reason: priced.reason}
    : {source, cost: priced.cost, price: recordPrice(priced.price), reason: null}

function inputOf({event, model, signature}: Settled, parts: UsageParts | undefined): PriceInput {
  const [provider, requestedModel, servedModel, tier] = model
  const {at, requests, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens} = event
  return {
    ...{provider: provider ?? signature.provider ?? null, requestedModel, servedModel, at, tier},
    granularity: GRANULARITIES[event.granularity]!,
    usage: {
      ...{requests, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens},
      ...(parts === undefined ? {} : {parts}),
    },
  }
}
