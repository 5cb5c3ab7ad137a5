/**
 * Keeps stored prices those of today's configuration. What decides a price (catalogue, overlay, contract rates, Azure
 * deployments) has a digest; the store remembers the one its rows were priced with, and rows that no source states a cost of
 * are priced again when it is another.
 */
import {createHash} from 'node:crypto'
import type {Config} from '../../config/config.ts'
import {COST_SOURCES, Column, type ModelIdentity, WIDTH} from '../../model/chunk.ts'
import type {UsageParts} from '../../model/fact.ts'
import {CATALOGUE} from '../../pricing/catalogue.ts'
import {OVERLAY_VERSION} from '../../pricing/overlay.ts'
import {allModels} from '../../store/queries/facts.ts'
import {getMeta, internPrice, setMeta} from '../../store/queries/ingest.ts'
import * as sql from '../../store/queries/pricing.ts'
import {all, one, type ReadableStore, run, type WritableStore} from '../../store/query.ts'
import type {ModelPrice, PriceModel} from '../../store/save.ts'
import {priceRows} from '../price-rows.ts'

const PRICED = 'priced'
/** Rows of one store priced with more than one configuration. */
const MIXED = 'mixed'
const ROWS = 5_000
const [NONE, CATALOGUE_SAYS] = [COST_SOURCES.indexOf('none'), COST_SOURCES.indexOf('catalogue')]

/** Changes whenever a price could. */
export const pricingDigest = ({rates = [], azure_deployments = {}}: Config): string =>
  createHash('sha256')
    .update(JSON.stringify([CATALOGUE, OVERLAY_VERSION, rates, Object.entries(azure_deployments).sort()]))
    .digest('hex')

/** Whether rows of the store have prices that are no longer those of the configuration. */
export const pricesAreStale = (store: ReadableStore, config: Config): boolean =>
  one(store, sql.hasUsage, {})!.used === 1 &&
  one(store, getMeta, {key: PRICED})?.value !== pricingDigest(config)

/** Who prices the rows that are about to be read; the store remembers by what. */
export function startPricing(store: WritableStore, config: Config): PriceModel {
  const digest = pricingDigest(config)
  store.database
    .transaction(() => {
      const known = one(store, getMeta, {key: PRICED})?.value
      const fresh = one(store, sql.hasUsage, {})!.used === 0
      if (known !== digest) run(store, setMeta, {key: PRICED, value: fresh ? digest : MIXED})
    })
    .immediate()
  return priceRows(config)
}

/** Prices rows again where what decides prices has changed; says how many cost something else now. */
export function reprice(
  store: WritableStore,
  config: Config,
  say: (line: string) => void = () => {},
): number {
  if (!pricesAreStale(store, config)) return 0
  let changed = 0
  store.database
    .transaction(() => {
      changed = repriceAll(store, priceRows(config), say)
      run(store, setMeta, {key: PRICED, value: pricingDigest(config)})
      if (changed > 0) run(store, setMeta, {key: 'changed', value: '1'})
    })
    .immediate()
  return changed
}

function repriceAll(store: WritableStore, price: PriceModel, say: (line: string) => void): number {
  const pricers = new Map<number, ModelPrice | null>(
    all(store, allModels, {}).map(({id, identity}) => [id, price(JSON.parse(identity) as ModelIdentity)]),
  )
  const ids = new Map<string, number>()
  const idOf = (text: string): number => {
    let id = ids.get(text)
    if (id === undefined) ids.set(text, (id = one(store, internPrice, {value: text})!.id))
    return id
  }
  let [read, changed] = [0, 0]
  let after = {day: -1, id: '', channel: ''}
  for (;;) {
    const rows = all(store, sql.pricedRowsAfter, {...after, limit: ROWS})
    for (const row of rows) {
      const {day, id, channel} = row
      const pricer = pricers.get(row.modelId) ?? null
      const cost = pricer === null ? Number.NaN : costOf(pricer, row)
      const known = !Number.isNaN(cost)
      const set = {
        cost: known ? cost : null,
        source: known ? CATALOGUE_SAYS : NONE,
        price: known ? idOf(pricer!.price) : null,
      }
      if (set.price === row.priceId && set.cost === row.costNanos) continue
      run(store, sql.setPrice, {day, id, channel, ...set})
      changed++
    }
    read += rows.length
    const last = rows.at(-1)
    if (last === undefined) return changed
    after = {day: last.day, id: last.id, channel: last.channel}
    say(`pricing again: ${read.toLocaleString('en')} rows`)
  }
}

/** The row as chunks hold it, one at a time. */
const numbers = new Float64Array(WIDTH)

function costOf(pricer: ModelPrice, row: sql.PricedRow): number {
  numbers[Column.Granularity] = row.granularity
  numbers[Column.At] = row.at
  numbers[Column.Requests] = row.requests ?? Number.NaN
  numbers[Column.InputTokens] = row.inputTokens ?? Number.NaN
  numbers[Column.OutputTokens] = row.outputTokens ?? Number.NaN
  numbers[Column.CacheReadTokens] = row.cacheReadTokens ?? Number.NaN
  numbers[Column.CacheWriteTokens] = row.cacheWriteTokens ?? Number.NaN
  return pricer.cost(numbers, 0, row.parts === null ? undefined : (JSON.parse(row.parts) as UsageParts))
}
