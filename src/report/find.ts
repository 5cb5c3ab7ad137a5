/** Finding a record by its id, its event's id, or a prefix of either, day by day: no table is read through. */
import {eventIdOf} from '../model/edition.ts'
import {UserError} from '../model/errors.ts'
import * as sql from '../store/queries/records.ts'
import {all, one, type ReadableStore} from '../store/query.ts'
import {recordId} from './record.ts'
import type {Found, RecordReader} from './records.ts'

/** An event of one day, perhaps not a record. */
interface Hit {
  readonly day: number
  readonly id: string
}

const RECORD_ID = /^attr_([0-9a-z]{1,6})\.(.*)$/s
/** After every id that begins with the text before it. */
const LAST = '\u{10FFFF}'
const MOST_NAMED = 4

export function findRecord(store: ReadableStore, reader: RecordReader, text: string): Found {
  const wanted = text.trim()
  if (wanted === '')
    throw new UserError('no record named', 'give a record id, an event id, or the beginning of one')
  const parts = RECORD_ID.exec(wanted)
  const stored = () => all(store, sql.recordDays, {from: 0, to: 100_000}).map(({day}) => day)
  const days = parts ? [Number.parseInt(parts[1]!, 36)] : stored()
  const id = parts ? parts[2]! : wanted
  const exact = hits(store, days, id, true)
  const found = exact.length > 0 ? exact : hits(store, days, id, false)
  if (found.length === 0) throw notFound(store, stored(), wanted, id)
  if (found.length > 1) throw notUnique(wanted, found)
  return read(store, reader, found[0]!, wanted)
}

/** Events with this id, or whose id begins with it; a few are enough to know that one is not unique. */
function hits(store: ReadableStore, days: readonly number[], id: string, exact: boolean): Hit[] {
  const end = `${id}${exact ? '\0' : LAST}`
  const found: Hit[] = all(store, sql.remaindersFrom, {from: id, to: end, limit: MOST_NAMED}).filter(
    ({day}) => days.includes(day),
  )
  for (const day of days) {
    for (const near of eventsFrom(store, day, id, exact ? 1 : MOST_NAMED))
      if (exact ? near === id : near.startsWith(id)) found.push({day, id: near})
    if (found.length >= MOST_NAMED) break
  }
  return found
}

/** The first few events of a day from `id` on, each once, however many exports state it. */
function eventsFrom(store: ReadableStore, day: number, id: string, most: number): string[] {
  const events: string[] = []
  for (let from = id; events.length < most; from = `${events.at(-1)} `) {
    const rows = all(store, sql.idsFrom, {day, from, limit: most})
    for (const row of rows) if (eventIdOf(row.id) !== events.at(-1)) events.push(eventIdOf(row.id))
    if (rows.length < most) break
  }
  return events.slice(0, most)
}

function read(store: ReadableStore, reader: RecordReader, {day, id}: Hit, wanted: string): Found {
  const left = all(store, sql.remaindersFrom, {from: id, to: `${id}\0`, limit: 1})[0]
  if (left && left.day === day) return reader.remainder(left)
  const rows = all(store, sql.rowsById, {day, id})
  for (const row of rows) {
    const record = reader.single(row)
    if (record) return record
  }
  if (rows.some(({attributionId}) => attributionId === null))
    throw new UserError(`${wanted}: read, but not attributed yet`, 'run `venturi attribute`')
  if (one(store, sql.isReplaced, {day, id})?.replaced === 1)
    throw new UserError(
      `${wanted}: a later export of its report no longer holds it`,
      'run `venturi reconcile` to see what is billed now',
    )
  throw new UserError(
    `${wanted}: only the detail of other records, which carry its money`,
    'run `venturi reconcile` to see which source decides',
  )
}

function notUnique(wanted: string, found: readonly Hit[]): UserError {
  const named = found.slice(0, MOST_NAMED - 1).map(({day, id}) => recordId(day, id))
  const more = found.length > named.length ? ', …' : ''
  return new UserError(
    `${wanted}: more than one record: ${named.join(', ')}${more}`,
    'give one of them in full',
  )
}

function notFound(store: ReadableStore, days: readonly number[], wanted: string, id: string): UserError {
  if (days.length === 0)
    return new UserError(`${wanted}: the database holds no usage`, 'run `venturi ingest PATH` first')
  const near = nearest(store, days, id)
  return near.length === 0
    ? new UserError(`${wanted}: no such record`, 'list ids with `venturi export records`')
    : new UserError(`${wanted}: no such record`, `one of the nearest: ${near.join(', ')}`)
}

/** Ids that share the longest beginning with `id`, two neighbours a day. */
function nearest(store: ReadableStore, days: readonly number[], id: string): string[] {
  const neighbours = days.flatMap(day =>
    [
      ...eventsFrom(store, day, id, 1),
      ...all(store, sql.idsBefore, {day, before: id, limit: 1}).map(({id: before}) => eventIdOf(before)),
    ].map(near => ({near: recordId(day, near), shared: sharedPrefix(near, id)})),
  )
  return neighbours
    .sort((a, b) => b.shared - a.shared || (a.near < b.near ? -1 : 1))
    .slice(0, 3)
    .map(({near}) => near)
}

function sharedPrefix(a: string, b: string): number {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length++
  return length
}
