/** The edge of this folder towards single records: rows of the store in, AttributionRecords out. */
import type {Outcome, SpendClass} from '../engine/outcome.ts'
import {GRANULARITIES, type ModelIdentity} from '../model/chunk.ts'
import {eventIdOf} from '../model/edition.ts'
import {type EnergyRate, energyRates, type RateOf} from '../model/energy/estimate.ts'
import type {Signature, UsageParts} from '../model/fact.ts'
import type {Nanos} from '../model/money.ts'
import {isSpread, shareOf, totalWeight, weightBy, weightOf} from '../model/spread.ts'
import {formatTime} from '../model/time.ts'
import * as browse from '../store/queries/browse.ts'
import {partsOf} from '../store/queries/pricing.ts'
import * as sql from '../store/queries/records.ts'
import {all, iterate, one, type Query, type ReadableStore} from '../store/query.ts'
import {boundsOf, type Period} from './period.ts'
import {type AttributionRecord, type RecordPrice, type Settled, toRecord} from './record.ts'

/** A record with what explains it. */
export interface Found {
  readonly record: AttributionRecord
  readonly settled: Settled
}

/** What the export left out, counted while it runs. */
export interface Skipped {
  /** Rows newer than the last `attribute`. */
  unsettled: number
}

const LINE_ITEM = GRANULARITIES.indexOf('line_item')

/** Small texts by id, read once; forgotten all at once when there are many, so that memory stays flat. */
function remembered<T>(most: number, read: (id: number) => T): (id: number) => T {
  const known = new Map<number, T>()
  return id => {
    const found = known.get(id)
    if (found !== undefined) return found
    if (known.size >= most) known.clear()
    const value = read(id)
    known.set(id, value)
    return value
  }
}

/** What a closed period's records need besides its rows: its days, [from, to), and the latest use known when it was closed. */
export interface FrozenDays {
  readonly latestUse: number
  readonly from: number
  readonly to: number
}

/** Rows of a day in time order, with the cells they belong to whole. */
interface StoredDay {
  readonly cells: readonly sql.CellRow[]
  readonly rows: Iterable<sql.SettledRow>
  readonly left: readonly sql.RemainderRow[]
}

/** Turns stored rows into records. */
export class RecordReader {
  readonly #store: ReadableStore
  readonly #frozen: FrozenDays | null
  readonly #rates: RateOf
  readonly #freshness: string
  readonly #outcome: (id: number) => {readonly outcome: Outcome; readonly spendClass: SpendClass}
  readonly #signature: (id: number) => Signature
  readonly #model: (id: number) => ModelIdentity
  readonly #price: (id: number) => RecordPrice
  readonly #path: (id: number) => string

  /** `frozen`: the store sees one closed period only. `rates`: what tokens take; absent: as nobody has configured it. */
  constructor(
    store: ReadableStore,
    {
      frozen = null,
      rates = energyRates(),
    }: {readonly frozen?: FrozenDays | null; readonly rates?: RateOf} = {},
  ) {
    this.#store = store
    this.#frozen = frozen
    this.#rates = rates
    this.#freshness = formatTime(frozen?.latestUse ?? one(store, sql.latestUse, {})?.at ?? 0)
    const text = <Row>(query: Query<{id: number}, Row>, id: number): Row => {
      const row = one(store, query, {id})
      if (!row) throw new Error(`${query.name}: no row ${id}`)
      return row
    }
    this.#outcome = remembered(5_000, id => {
      const {answer, spendClass} = text(sql.outcomeOf, id)
      return {outcome: JSON.parse(answer) as Outcome, spendClass: spendClass as SpendClass}
    })
    this.#signature = remembered(50_000, id => JSON.parse(text(sql.signatureOf, id).evidence) as Signature)
    this.#model = remembered(10_000, id => JSON.parse(text(sql.modelOf, id).identity) as ModelIdentity)
    this.#price = remembered(10_000, id => priceOf(text(sql.priceOf, id).price))
    this.#path = remembered(10_000, id => one(store, sql.batchPathOf, {id})?.path ?? 'unknown file')
  }

  /** Records of a period by (occurred_at, id), one day in memory's reach at a time. */
  *records(period: Period, skipped: Skipped): Generator<AttributionRecord> {
    for (const {record} of this.explained(period, skipped)) yield record
  }

  /** The same, each with what explains it. */
  *explained(period: Period, skipped: Skipped): Generator<Found> {
    for (const day of this.#days(period)) yield* this.#day(day, skipped)
  }

  /** Skipping from day to day needs the table itself, which a closed period is not; it is a month at most. */
  #days(period: Period): number[] {
    const {from, to} = boundsOf(period)
    if (this.#frozen === null) return all(this.#store, sql.recordDays, {from, to}).map(({day}) => day)
    const first = Math.max(from, this.#frozen.from)
    return Array.from({length: Math.max(0, Math.min(to, this.#frozen.to) - first)}, (_, at) => first + at)
  }

  *#day(day: number, skipped: Skipped): Generator<Found> {
    const stored = {
      cells: all(this.#store, sql.cellsOfDay, {day}),
      rows: iterate(this.#store, sql.rowsOfDay, {day}),
      left: all(this.#store, sql.remaindersOfDay, {day}),
    }
    yield* this.#found(stored, skipped)
  }

  /** One day's records with these answers (by their ids in this store), oldest first. */
  ofDay(day: number, outcomeIds: readonly number[]): Generator<Found> {
    const asked = {day, outcomes: JSON.stringify(outcomeIds)}
    const stored = {
      cells: all(this.#store, browse.cellsOfOutcomes, asked),
      rows: iterate(this.#store, browse.rowsOfOutcomes, asked),
      left: all(this.#store, browse.remaindersOfOutcomes, asked),
    }
    return this.#found(stored, {unsettled: 0})
  }

  *#found({cells: settled, rows, left}: StoredDay, skipped: Skipped): Generator<Found> {
    const cells = new Map(
      settled.map(cell => [
        cellKey(cell.attributionId, cell.channel, cell.modelId, cell.granularity),
        {cell, weight: 0n},
      ]),
    )
    let next = 0
    for (const row of rows) {
      while (next < left.length && isBefore(left[next]!, row)) yield this.remainder(left[next++]!)
      const {attributionId, channel, modelId, granularity} = row
      if (attributionId === null && this.#frozen === null) skipped.unsettled++
      const held =
        attributionId === null ? undefined : cells.get(cellKey(attributionId, channel, modelId, granularity))
      if (!held || held.cell.counts === 0n) continue
      const {cell} = held
      if (!isSpread(cell)) yield this.#record(row, ownCost(row, cell), cell.reconciled === 1n)
      else {
        const weight = weightOf(row, weightBy(cell))
        held.weight += weight
        const billed = shareOf(cell.billedNanos!, totalWeight(cell), held.weight, weight)
        yield this.#record(row, billed, true)
      }
    }
    while (next < left.length) yield this.remainder(left[next++]!)
  }

  /** One row's record without reading its neighbours' texts; null when it is only the detail of other records. */
  single(row: sql.SettledRow): Found | null {
    const {day, channel, granularity, attributionId, modelId: model} = row
    if (attributionId === null) return null
    const key = {day, attribution: attributionId, channel, model, granularity}
    const cell = one(this.#store, sql.cellOf, key)
    if (!cell || cell.counts === 0n) return null
    if (!isSpread(cell)) return this.#record(row, ownCost(row, cell), cell.reconciled === 1n)
    const by = weightBy(cell)
    const {weight: upTo} = one(this.#store, sql.weightUpTo, {...key, by, at: row.at, id: row.id})!
    const billed = shareOf(cell.billedNanos!, totalWeight(cell), upTo, weightOf(row, by))
    return this.#record(row, billed, true)
  }

  remainder(row: sql.RemainderRow): Found {
    const {outcome, spendClass} = this.#outcome(row.outcomeId)
    const signature = this.#signature(row.signatureId)
    const place = `${this.#path(row.batchId)}:${row.line}`
    return found({
      event: {
        ...row,
        granularity: LINE_ITEM,
        requests: null,
        inputTokens: null,
        outputTokens: null,
        cacheReadTokens: null,
        cacheWriteTokens: null,
        trace: null,
        channel: signature.channel ?? '',
        costNanos: null,
        place,
      },
      model: this.#model(row.modelId),
      signature,
      outcome,
      spendClass,
      billed: BigInt(row.billedNanos),
      spread: false,
      costSource: row.costSource,
      price: null,
      rate: null,
      freshness: this.#freshness,
    })
  }

  /** Parts of a row's counts that have prices of their own; undefined: it has none. */
  partsOf({event}: Settled): UsageParts | undefined {
    const {day, id, channel, batchId: batch, line} = event
    const found = one(this.#store, partsOf, {day, id, channel, batch, line})
    return found && (JSON.parse(found.parts) as UsageParts)
  }

  #rate([provider, requested, served, tier]: ModelIdentity, signature: Signature): EnergyRate | null {
    const rate = this.#rates({
      ...{provider: provider ?? signature.provider ?? null, model: served ?? requested, tier},
      region: signature.region ?? null,
    })
    return typeof rate === 'object' ? rate : null
  }

  #record(row: sql.SettledRow, billed: Nanos | null, spread: boolean): Found {
    const {outcome, spendClass} = this.#outcome(row.outcomeId!)
    const [model, signature] = [this.#model(row.modelId), this.#signature(row.signatureId)]
    return found({
      event: {...row, id: eventIdOf(row.id), place: `${this.#path(row.batchId)}:${row.line}`},
      model,
      signature,
      rate: this.#rate(model, signature),
      outcome,
      spendClass,
      billed,
      spread,
      costSource: row.costSource,
      price: row.priceId === null ? null : this.#price(row.priceId),
      freshness: this.#freshness,
    })
  }
}

const found = (settled: Settled): Found => ({record: toRecord(settled), settled})

const cellKey = (
  attribution: number | bigint,
  channel: string,
  model: number | bigint,
  granularity: number | bigint,
): string => `${attribution} ${model} ${granularity} ${channel}`

const isBefore = (a: {at: number; id: string}, b: {at: number; id: string}): boolean =>
  a.at === b.at ? a.id < b.id : a.at < b.at

const ownCost = (row: sql.SettledRow, cell: sql.CellRow): Nanos | null =>
  cell.billedNanos === null || row.costNanos === null ? null : BigInt(row.costNanos)

/** The stored price row as the contract shows it. */
function priceOf(text: string): RecordPrice {
  const {
    catalogue,
    model,
    valid_from = null,
    tier = 'standard',
    overlay,
    notes,
  } = JSON.parse(text) as RecordPrice
  return {
    ...{catalogue, model, valid_from, tier},
    ...(overlay === undefined ? {} : {overlay}),
    ...(notes === undefined ? {} : {notes}),
  }
}
