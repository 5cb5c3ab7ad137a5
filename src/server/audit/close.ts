/** Closing a period: what was settled for it is kept, with the hash of its records, and no longer changes. */
import {createHash} from 'node:crypto'
import {allocationRules} from '../../config/allocations.ts'
import type {Config} from '../../config/config.ts'
import type {Model} from '../../engine/rail/model.ts'
import {isSettled} from '../../engine/run.ts'
import {type Closed, closedOn} from '../../model/decisions.ts'
import {energyRates, keeping} from '../../model/energy/estimate.ts'
import {UserError} from '../../model/errors.ts'
import {formatUsd} from '../../model/money.ts'
import {DAY_MS, formatDay} from '../../model/time.ts'
import {adjustmentToJson, firstOpenAfter} from '../../report/adjustments.ts'
import {recordsToText} from '../../report/export-records.ts'
import {changesOf, closedPeriods, frozenOf, frozenReader, spendOf} from '../../report/load-closed.ts'
import {parsePeriod} from '../../report/period.ts'
import type {AttributionRecord} from '../../report/record.ts'
import {RecordReader} from '../../report/records.ts'
import {asFrozen} from '../../store/frozen.ts'
import {lastEntry} from '../../store/queries/audit.ts'
import * as sql from '../../store/queries/frozen.ts'
import {latestUse} from '../../store/queries/records.ts'
import {one, type ReadableStore, run, type WritableStore} from '../../store/query.ts'
import {pricesAreStale} from '../pricing/reprice.ts'
import {append} from './append.ts'
import type {Desk} from './decide.ts'
import {RecordMoney} from './frozen-money.ts'

export interface ClosingWish {
  /** `2026-10`. */
  readonly period: string
  /** Close it though it is not over. */
  readonly force: boolean
  readonly config: Config
  /** What answers beyond rules; absent: as `attribute` without one. */
  readonly model?: Model
  /** This version of venturi. */
  readonly venturi: string
  readonly say?: (line: string) => void
}

export function closePeriod(desk: Desk, wish: ClosingWish): Closed {
  return desk.store.database.transaction(() => close(desk, wish)).immediate()
}

function close({store, declared, now: at, actor}: Desk, wish: ClosingWish): Closed {
  const {period, force, config, model, venturi, say = () => {}} = wish
  const {from: from_day, to: to_day} = parsePeriod({period}, at) as {from: number; to: number}
  const closed = closedPeriods(store)
  const before = closedOn(closed, from_day)
  if (before)
    throw new UserError(
      `${period}: closed already, by ${before.who} (${before.where})`,
      'see `venturi audit`; what has changed since is booked to the next open period',
    )
  if (at < to_day * DAY_MS && !force)
    throw new UserError(
      `${period}: not over before ${formatDay(to_day)}`,
      'wait until then, or close it as it stands with --force',
    )
  const allocations = allocationRules(config.allocations)
  const budgetSeconds = config.inference?.budget_seconds
  const settled = isSettled(store, {declared, allocations, budgetSeconds, now: at, ...(model && {model})})
  if (!settled || pricesAreStale(store, config)) throw outOfDate(period)
  say(`writing the records of ${period}`)
  const skipped = {unsettled: 0}
  const {rates, kept} = keeping(energyRates(config.energy))
  const written = digestOf(new RecordReader(store, {rates}).records({from: from_day, to: to_day}, skipped))
  if (skipped.unsettled > 0) throw outOfDate(period)
  if (written.records === 0)
    throw new UserError(
      `${period}: holds no records`,
      'run `venturi ingest PATH` and `venturi attribute` first',
    )
  const total = spendOf(store, {from: from_day, to: to_day}, 0, []).reduce((sum, {cost}) => sum + cost, 0n)
  const said: Closed['said'] = {
    ...{period, from_day, to_day, ...written, total_usd: formatUsd(total), venturi},
    latest_use: one(store, latestUse, {})?.at ?? 0,
    adjustments: closed
      .filter(other => firstOpenAfter(other, closed) === period)
      .flatMap(other => changesOf(store, other, closed).open)
      .map(adjustmentToJson),
    energy: kept(),
  }
  const id = (one(store, lastEntry, {})?.seq ?? 0) + 1
  say('keeping what they are made of')
  freeze(store, {freeze: id, from: from_day, to: to_day})
  append(store, {at, actor, action: 'period.close', subject: period, detail: said})
  const done = closedPeriods(store).find(other => other.id === id)!
  say('writing them again from what was kept')
  const again = asFrozen(store, frozenOf(done), () => readFrozen(store, done))
  if (again.sha256 !== written.sha256 || !again.sameMoney)
    throw new Error(`${period}: what was kept makes ${again.records} other records`)
  return done
}

const outOfDate = (period: string): UserError =>
  new UserError(`${period}: not attributed up to date`, 'run `venturi attribute` first')

function freeze(store: WritableStore, frozen: sql.Frozen): void {
  const {from, to} = frozen
  for (const query of [sql.freezeBatches, sql.freezeAttributions, sql.freezeOutcomes, sql.freezeSpend])
    run(store, query, frozen)
  for (const query of [sql.freezeMatched, sql.freezeCells, sql.freezeRemainders])
    run(store, query, {from, to})
}

export interface Digest {
  readonly sha256: string
  readonly records: number
}

/** Of records as `export records` writes them; `seen` sees each. */
export function digestOf(
  records: Iterable<AttributionRecord>,
  seen: (record: AttributionRecord) => void = () => {},
): Digest {
  const [hash, written] = [createHash('sha256'), {records: 0}]
  const each = function* () {
    for (const record of records) {
      seen(record)
      yield record
    }
  }
  for (const piece of recordsToText(each(), 'jsonl', written)) hash.update(piece)
  return {sha256: hash.digest('hex'), records: written.records}
}

/** What was kept of a period: its records, read through `frozen`, and whether the figures of reports are theirs. */
export function readFrozen(
  store: ReadableStore,
  closed: Closed,
  frozen: ReadableStore = store,
): Digest & {readonly sameMoney: boolean} {
  const {from_day: from, to_day: to} = closed.said
  const money = new RecordMoney()
  const digest = digestOf(frozenReader(frozen, closed).records({from, to}, {unsettled: 0}), record =>
    money.add(record),
  )
  const spendOn = (day: number) => spendOf(store, {from: day, to: day + 1}, 0, [closed])
  return {...digest, sameMoney: money.equals(spendOn, from, to)}
}
