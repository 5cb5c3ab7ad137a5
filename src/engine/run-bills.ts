/** Edge: invoices, bill rows, usage reports and requests into one settlement, and what it decides into cells. */
import {COST_SOURCES, GRANULARITIES, type ModelIdentity, signatureText} from '../model/chunk.ts'
import type {Signature} from '../model/fact.ts'
import {providerName} from '../model/provider.ts'
import {dayOf} from '../model/time.ts'
import * as sql from '../store/queries/attribute.ts'
import {internModel, internSignature} from '../store/queries/ingest.ts'
import {all, iterate, one, run, type WritableStore} from '../store/query.ts'
import type {Graph} from './graph.ts'
import {baseOf, type Models, type Signatures} from './run-calls.ts'
import {cellKey, type Placed, type PlacedCell, plus, tokensOf} from './run-cells.ts'
import {type Item, type Settled, settle} from './settle.ts'

/** What a gateway reports of itself: its calls appear again in the provider's report. */
const GATEWAYS = new Set(['litellm'])

export interface BillItem extends Item {
  readonly signatureId: number
  readonly signature: Signature
  readonly at: number
  readonly until: number
  readonly batch: bigint
  readonly line: bigint
}

const IGNORED_STATUS = /^(void|voided|draft|cancell?ed|uncollectible|estimate|pro.?forma)$/i

/** Invoices as the topmost bills. Only dollars settle dollars. */
export function billItems(store: WritableStore): BillItem[] {
  return all(store, sql.allBills, {})
    .filter(({status, currency}) => currency.toUpperCase() === 'USD' && !IGNORED_STATUS.test(status ?? ''))
    .map(bill => {
      const provider = providerName(bill.provider)
      const [at, until] = [Number(bill.start), Number(bill.end)]
      const signature: Signature = {
        channel: 'invoice',
        provider,
        line: `invoice ${bill.invoice}: not itemised`,
      }
      const account = bill.account === null ? null : bill.account
      return {
        id: `invoice-${provider}-${bill.invoice}-${new Date(at).toISOString().slice(0, 10)}`,
        ...{
          series: 'invoices',
          precision: 1,
          level: 'invoice' as const,
          gateway: false,
          provider,
          day: dayOf(at),
          lastDay: dayOf(until - 1),
        },
        ...{account, project: null, key: null, model: null, cost: bill.amount, tokens: null},
        ...{
          signatureId: one(store, internSignature, {value: signatureText(signature)})!.id,
          signature,
          at,
          until,
          batch: bill.batch,
          line: bill.line,
        },
      }
    })
}

/** Where a row of a bill or usage report stands, for settling. */
function aggregateItems(store: WritableStore, signatures: Signatures, models: Models, known: Known) {
  return all(store, sql.aggregates, {}).map(row => {
    const signature = signatures.get(Number(row.signatureId))!
    const [at, until] = [Number(row.at), row.until === null ? Number(row.at) + 1 : Number(row.until)]
    const item: Item = {
      id: `${row.day} ${row.channel} ${row.id}`,
      series: `${row.connector} ${row.path.replace(/[.-]?page[-_]?\d+/, '')}`,
      precision: row.connector.endsWith('-csv') ? 0 : 1,
      level: GRANULARITIES[Number(row.granularity)] === 'bucket' ? 'bucket' : 'line',
      gateway: false,
      ...dimensions(
        signature,
        models.get(Number(row.modelId))!,
        Number(row.day),
        dayOf(Math.max(at, until - 1)),
        known,
      ),
      cost: row.cost,
      tokens: row.tokens === null ? null : Number(row.tokens),
    }
    return {item, row}
  })
}

function dimensions(signature: Signature, model: ModelIdentity, day: number, lastDay: number, known: Known) {
  const id = (alias: string | undefined) => (alias === undefined ? null : known(alias))
  return {
    provider: providerName(signature.provider ?? ''),
    day,
    lastDay,
    account: signature.account ?? null,
    project: id(signature.project),
    key: id(signature.key),
    model: baseOf(model),
  }
}

export interface Run {
  readonly cells: readonly PlacedCell[]
  readonly bills: readonly BillItem[]
  readonly placed: ReadonlyMap<number, readonly Placed[]>
  readonly signatures: Signatures
  readonly models: Models
  readonly graph: Graph
}

export function saveSettled(
  store: WritableStore,
  {cells, bills, placed, signatures, models, graph}: Run,
): void {
  // One project goes by its id in an API's export and by its name in a console's.
  const known = (alias: string) => graph.node(alias)?.id ?? alias
  const rows = aggregateItems(store, signatures, models, known)
  const requests = cells.filter(({granularity}) => granularity === 0)
  const items = [
    ...bills,
    ...rows.map(({item}) => item),
    ...requests.map(cell => requestItem(cell, signatures, models, known)),
  ]
  const settled =
    rows.length === 0 && bills.length === 0 ? null : settle(items, alias => graph.node(alias)?.name ?? '')
  for (const cell of requests) saveCell(store, cell, settled)
  saveAggregates(store, cells, rows, placed, settled)
  for (const bill of bills)
    if (settled && !settled.absorbed.has(bill.id)) saveRemainder(store, bill, settled, placed)
}

type Known = (alias: string) => string

const requestItem = (cell: PlacedCell, signatures: Signatures, models: Models, known: Known): Item => ({
  id: `cell ${cellKey(cell)}`,
  series: cell.channel,
  precision: 1,
  level: 'request',
  gateway: GATEWAYS.has(cell.channel) && signatures.get(cell.signatureId)!.account === undefined,
  // A gateway's key and project are its own, not the provider's.
  ...dimensions(signatures.get(cell.signatureId)!, models.get(cell.modelId)!, cell.day, cell.day, known),
  cost: cell.est,
  tokens: tokensOf(cell),
})

function saveCell(store: WritableStore, cell: PlacedCell, settled: Settled | null): void {
  const id = `cell ${cellKey(cell)}`
  const billed = settled ? (settled.billed.get(id) ?? null) : cell.est
  insertCell(
    store,
    cell,
    cell.est === null && billed === 0n && !settled?.reconciled.has(id) ? null : billed,
    {counts: settled?.absorbed.has(id) !== true, reconciled: settled?.reconciled.has(id) === true},
  )
}

function insertCell(
  store: WritableStore,
  cell: PlacedCell,
  billed: bigint | null,
  {counts, reconciled}: {readonly counts: boolean; readonly reconciled: boolean},
): void {
  run(store, sql.insertCell, {
    day: cell.day,
    attribution_id: cell.attributionId,
    channel: cell.channel,
    model_id: cell.modelId,
    granularity: cell.granularity,
    records: cell.records,
    requests: cell.requests,
    input_tokens: cell.inputTokens,
    output_tokens: cell.outputTokens,
    cache_read_tokens: cell.cacheReadTokens,
    cache_write_tokens: cell.cacheWriteTokens,
    est_nanos: cell.est,
    unpriced: cell.unpriced,
    billed_nanos: billed,
    counts: counts ? 1 : 0,
    reconciled: reconciled ? 1 : 0,
  })
}

/** Aggregates are settled row by row; absorbed rows are no records, the others add up to their cell. */
function saveAggregates(
  store: WritableStore,
  cells: readonly PlacedCell[],
  rows: ReturnType<typeof aggregateItems>,
  placed: ReadonlyMap<number, readonly Placed[]>,
  settled: Settled | null,
): void {
  const kept = new Map<
    string,
    {billed: bigint | null; est: bigint | null; records: bigint; unpriced: bigint; reconciled: boolean}
  >()
  for (const {item, row} of rows) {
    if (settled?.absorbed.has(item.id)) {
      run(store, sql.insertMatched, {day: item.day, id: row.id, channel: row.channel, signature_id: null})
      continue
    }
    const at = Number(row.at)
    const attributionId = placed.get(Number(row.signatureId))!.find(({from, to}) => from <= at && at < to)!.id
    const key = `${item.day} ${attributionId} ${row.channel} ${row.modelId} ${row.granularity}`
    const known = kept.get(key) ?? {billed: null, est: null, records: 0n, unpriced: 0n, reconciled: false}
    kept.set(key, {
      billed: plus(known.billed, settled ? (settled.billed.get(item.id) ?? null) : row.cost),
      est: plus(known.est, row.cost),
      records: known.records + 1n,
      unpriced: known.unpriced + (row.cost === null ? 1n : 0n),
      reconciled: known.reconciled || settled?.reconciled.has(item.id) === true,
    })
  }
  for (const cell of cells) {
    if (cell.granularity === 0) continue
    const found = kept.get(cellKey(cell))
    if (!found) continue
    const left = found.records === cell.records ? cell : {...cell, ...withoutAbsorbed(store, cell)}
    const {est, unpriced, records, reconciled} = found
    insertCell(store, {...left, records, est, unpriced}, found.billed, {counts: true, reconciled})
  }
}

function saveRemainder(
  store: WritableStore,
  bill: BillItem,
  settled: Settled,
  placed: ReadonlyMap<number, readonly Placed[]>,
): void {
  const billed = settled.billed.get(bill.id) ?? 0n
  if (billed === 0n) return
  const {id: model_id} = one(store, internModel, {value: JSON.stringify([bill.provider, null, null, null])})!
  run(store, sql.insertRemainder, {
    id: bill.id,
    day: bill.day,
    at: bill.at,
    until: bill.until,
    attribution_id: placed.get(bill.signatureId)![0]!.id,
    model_id,
    billed_nanos: billed,
    cost_source: COST_SOURCES.indexOf('invoice'),
    batch_id: bill.batch,
    line: bill.line,
  })
}

/** A cell's tokens without the rows that turned out to restate others. */
function withoutAbsorbed(store: WritableStore, cell: PlacedCell): Partial<PlacedCell> {
  const rows = [
    ...iterate(store, sql.usageCellsOfDay, {day: cell.day, signatures: JSON.stringify([cell.signatureId])}),
  ].filter(
    row =>
      row.channel === cell.channel &&
      Number(row.modelId) === cell.modelId &&
      Number(row.granularity) === cell.granularity,
  )
  const sum = (pick: (row: sql.CellSums) => bigint | null) =>
    rows.reduce<bigint | null>((total, row) => plus(total, pick(row)), null)
  return {
    requests: sum(row => row.requests),
    inputTokens: sum(row => row.inputTokens),
    outputTokens: sum(row => row.outputTokens),
    cacheReadTokens: sum(row => row.cacheReadTokens),
    cacheWriteTokens: sum(row => row.cacheWriteTokens),
  }
}
