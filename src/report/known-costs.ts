/**
 * Everything that says what one record costs, in order of trust: what was billed, what a gateway spent, the contract, the
 * catalogue. Only the first counts; the others stay beside it, so that a difference is seen.
 */
import {COST_SOURCES} from '../model/chunk.ts'
import {formatUsd, type Nanos} from '../model/money.ts'
import type {AttributionRecord, CostSource, RecordPrice, Settled} from './record.ts'

/** What a price list makes of a record's usage. */
export interface ListPrice {
  readonly source: 'contract' | 'catalogue'
  readonly cost: Nanos | null
  readonly price: RecordPrice | null
  /** Why there is no cost; null: there is. */
  readonly reason: string | null
}

export interface KnownCost {
  readonly source: CostSource | 'contract'
  readonly cost_usd: string | null
  /** More than the first, the one that counts; null: that is itself, or nothing to compare. */
  readonly difference_usd: string | null
  readonly price: RecordPrice | null
  readonly reason: string | null
}

export function knownCosts(
  {billed, costSource, event, price, spread}: Settled,
  {cost}: AttributionRecord,
  listPrices: readonly ListPrice[],
): KnownCost[] {
  const beside = (
    found: {readonly cost: Nanos | null} & Omit<KnownCost, 'cost_usd' | 'difference_usd'>,
  ): KnownCost => ({
    source: found.source,
    cost_usd: found.cost === null ? null : formatUsd(found.cost),
    difference_usd: found.cost === null || billed === null ? null : formatUsd(found.cost - billed),
    price: found.price,
    reason: found.reason,
  })
  const byList = !spread && cost.source === 'catalogue'
  const known: KnownCost[] = []
  if (billed !== null) {
    const source = byList && price?.catalogue === 'venturi.yaml' ? 'contract' : cost.source
    known.push({
      ...{source, cost_usd: formatUsd(billed), difference_usd: null},
      ...{price: byList ? price : null, reason: null},
    })
  }
  const said = COST_SOURCES[costSource]!
  if (spread && said !== 'catalogue' && said !== 'none' && event.costNanos !== null)
    known.push(beside({source: said, cost: BigInt(event.costNanos), price: null, reason: null}))
  const same = (list: ListPrice): boolean =>
    byList && billed !== null && list.cost === billed && list.price?.catalogue === price?.catalogue
  for (const list of listPrices) if (!same(list)) known.push(beside(list))
  return known
}
