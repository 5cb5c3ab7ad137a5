/** The edge of this folder towards closed periods: their records and figures as frozen, and what has changed since. */
import type {Outcome, SpendClass} from '../engine/outcome.ts'
import {type Closed, closedOn, decisionsIn} from '../model/decisions.ts'
import {energyRates, keptRates, type RateOf} from '../model/energy/estimate.ts'
import {UserError} from '../model/errors.ts'
import {dayOf, parseTime} from '../model/time.ts'
import {openFrozen} from '../store/frozen.ts'
import {auditTrail} from '../store/queries/audit.ts'
import {type Frozen, frozenSpendByOutcome} from '../store/queries/frozen.ts'
import {type SpendRow, spendByOutcome} from '../store/queries/report.ts'
import {all, type ReadableStore} from '../store/query.ts'
import {type AdjustmentLine, adjustmentsOf, bookedWith, firstOpenAfter} from './adjustments.ts'
import {findRecord} from './find.ts'
import type {Spend} from './load.ts'
import {boundsOf, type Period} from './period.ts'
import type {AttributionRecord} from './record.ts'
import {type Found, RecordReader, type Skipped} from './records.ts'

/** By period. */
export const closedPeriods = (store: ReadableStore): readonly Closed[] =>
  decisionsIn(all(store, auditTrail, {})).closed

export const frozenOf = ({id, said}: Closed): Frozen => ({freeze: id, from: said.from_day, to: said.to_day})

export interface Days {
  readonly from: number
  readonly to: number
}

/** A period cut where closed ones begin and end; null: open. */
export function stretches(
  {from, to}: Days,
  closed: readonly Closed[],
): (Days & {readonly closed: Closed | null})[] {
  const found: (Days & {readonly closed: Closed | null})[] = []
  let at = from
  for (const period of closed) {
    const [first, end] = [Math.max(at, period.said.from_day), Math.min(to, period.said.to_day)]
    if (first >= end) continue
    if (at < first) found.push({from: at, to: first, closed: null})
    found.push({from: first, to: end, closed: period})
    at = end
  }
  return at < to ? [...found, {from: at, to, closed: null}] : found
}

/** Reads records of a closed period; `store` sees it as frozen. */
export const frozenReader = (store: ReadableStore, {said}: Closed): RecordReader =>
  new RecordReader(store, {
    frozen: {latestUse: said.latest_use, from: said.from_day, to: said.to_day},
    rates: keptRates(said.energy),
  })

/** Records of a period by (occurred_at, id): of closed ones as frozen, of all others as settled last. */
export function* recordsOf(
  store: ReadableStore,
  period: Period,
  skipped: Skipped,
  rates: RateOf = energyRates(),
): Generator<AttributionRecord> {
  for (const {record} of explainedRecordsOf(store, period, skipped, rates)) yield record
}

/** The same, each with what explains it. */
export function* explainedRecordsOf(
  store: ReadableStore,
  period: Period,
  skipped: Skipped,
  rates: RateOf = energyRates(),
): Generator<Found> {
  for (const {from, to, closed} of stretches(boundsOf(period), closedPeriods(store))) {
    if (closed === null) yield* new RecordReader(store, {rates}).explained({from, to}, skipped)
    else {
      using frozen = openFrozen(store, frozenOf(closed))
      yield* frozenReader(frozen, closed).explained({from, to}, skipped)
    }
  }
}

interface Located {
  readonly found: Found
  /** Who read it. */
  readonly reader: RecordReader
  readonly closed: Closed | null
}

function firstOf<T, R>(items: readonly T[], ask: (item: T) => R | null): R | null {
  for (const item of items) {
    const found = ask(item)
    if (found !== null) return found
  }
  return null
}

/** One record each, of closed periods as frozen. Disposing closes what it opened beside `store`. */
export class RecordFinder {
  readonly #store: ReadableStore
  readonly #now: RecordReader
  readonly #closed: readonly Closed[]
  readonly #open = new Map<Closed, {readonly store: ReadableStore; readonly reader: RecordReader}>()

  constructor(store: ReadableStore, rates: RateOf = energyRates()) {
    this.#store = store
    this.#now = new RecordReader(store, {rates})
    this.#closed = closedPeriods(store)
  }

  /** By record id, event id or a beginning of one; `closed` is null for a record of an open period, or read too late. */
  find(text: string): Located {
    try {
      const now = {found: findRecord(this.#store, this.#now, text), reader: this.#now, closed: null}
      const closed = closedOn(this.#closed, now.found.settled.event.day)
      return (closed && this.#findFrozen(closed, now.found.record.id)) ?? now
    } catch (error) {
      // What a later export took away is still in the period that was closed with it.
      const kept =
        error instanceof UserError && firstOf(this.#closed, closed => this.#findFrozen(closed, text))
      if (kept) return kept
      throw error
    }
  }

  #findFrozen(closed: Closed, text: string): Located | null {
    const {store, reader} = this.#frozen(closed)
    try {
      return {found: findRecord(store, reader, text), reader, closed}
    } catch (error) {
      if (error instanceof UserError) return null
      throw error
    }
  }

  #frozen(closed: Closed) {
    const known = this.#open.get(closed)
    if (known) return known
    const store = openFrozen(this.#store, frozenOf(closed))
    const opened = {store, reader: frozenReader(store, closed)}
    this.#open.set(closed, opened)
    return opened
  }

  [Symbol.dispose](): void {
    for (const {store} of this.#open.values()) store[Symbol.dispose]()
  }
}

/** What answers cost, by their text: on days of the closed periods given as frozen, on all others as settled last. */
function rowsOf(
  store: ReadableStore,
  days: Days,
  current: 0 | 1,
  closed: readonly Closed[],
): Map<string, SpendRow> {
  const found = new Map<string, SpendRow>()
  for (const {from, to, closed: period} of stretches(days, closed)) {
    const rows =
      period === null
        ? all(store, spendByOutcome, {current, from, to})
        : all(store, frozenSpendByOutcome, {...frozenOf(period), from, to})
    for (const row of rows) {
      const known = found.get(row.answer)
      found.set(row.answer, known === undefined ? row : plus(known, row))
    }
  }
  return found
}

/** The same, as reports take it. */
export const spendOf = (...from: Parameters<typeof rowsOf>): Spend[] => toSpend(rowsOf(...from).values())

const toSpend = (rows: Iterable<SpendRow>): Spend[] =>
  [...rows].map(row => ({
    outcome: JSON.parse(row.answer) as Outcome,
    spendClass: row.spendClass as SpendClass,
    cost: row.billedNanos ?? 0n,
    records: Number(row.records),
    unpriced: Number(row.unpriced),
  }))

const isSame = (a: SpendRow, b: SpendRow | undefined): boolean =>
  a.billedNanos === b?.billedNanos && a.records === b.records && a.unpriced === b.unpriced

const plus = (a: SpendRow, b: SpendRow): SpendRow => ({
  ...a,
  billedNanos: a.billedNanos === null ? b.billedNanos : a.billedNanos + (b.billedNanos ?? 0n),
  records: a.records + b.records,
  unpriced: a.unpriced + b.unpriced,
})

/** A closed period with what is different about it by now. */
export interface ClosedPeriod {
  readonly closed: Closed
  /** Booked to later periods when they were closed. */
  readonly booked: readonly AdjustmentLine[]
  /** Since then, booked to the first period that is open. */
  readonly open: readonly AdjustmentLine[]
}

export function changesOf(store: ReadableStore, period: Closed, closed: readonly Closed[]): ClosedPeriod {
  const days = {from: period.said.from_day, to: period.said.to_day}
  const about = {period: period.said.period, bookedTo: firstOpenAfter(period, closed)}
  const booked = bookedAbout(period, closed)
  const [now, frozen] = [rowsOf(store, days, 0, []), rowsOf(store, days, 0, [period])]
  // Most answers cost what they did: those need not be read.
  for (const [answer, row] of frozen)
    if (isSame(row, now.get(answer))) {
      now.delete(answer)
      frozen.delete(answer)
    }
  const open = adjustmentsOf(about, {now: toSpend(now.values()), frozen: toSpend(frozen.values()), booked})
  return {closed: period, booked, open}
}

const bookedAbout = ({said}: Closed, closed: readonly Closed[]): AdjustmentLine[] =>
  closed.flatMap(bookedWith).filter(({period}) => period === said.period)

/** What a report about some days has to say of closed periods. */
export interface Closing {
  /** Those whose days it is about. */
  readonly periods: readonly ClosedPeriod[]
  /** What is booked to the months that begin within those days. */
  readonly adjustments: readonly AdjustmentLine[]
}

export function closingOf(store: ReadableStore, {from, to}: Days, closed: readonly Closed[]): Closing {
  const isWithin = (month: string): boolean => {
    const first = dayOf(parseTime(`${month}-01`)!)
    return first >= from && first < to
  }
  const isAbout = ({said}: Closed): boolean => said.from_day < to && said.to_day > from
  // What is booked to an open month has to be worked out; what was booked to a closed one is written down.
  const known = closed.map(period =>
    isAbout(period) || isWithin(firstOpenAfter(period, closed))
      ? changesOf(store, period, closed)
      : {closed: period, booked: bookedAbout(period, closed), open: []},
  )
  return {
    periods: known.filter(({closed: period}) => isAbout(period)),
    adjustments: known
      .flatMap(({booked, open}) => [...booked, ...open])
      .filter(({bookedTo}) => isWithin(bookedTo)),
  }
}
