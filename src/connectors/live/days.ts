/**
 * Reports by day and logs by time. Both go on from where they were left, a little earlier, because days change after they
 * are first read. A report's day is a partition: what is read of it replaces what was. A log only ever gains rows, and of
 * a row that comes again the later reading wins.
 */
import {DAY_MS, dayOf, formatDay, formatTime} from '../../model/time.ts'
import {array, isObject} from '../fields.ts'
import type {Answer} from './answer.ts'
import type {Next} from './paging.ts'
import type {Context, Known, Page, Step, Stream} from './source.ts'
import type {Ask} from './transport.ts'
import {Absent, Rejected} from './trouble.ts'
import {whereOf} from './where.ts'

/** Costs are settled some days late. */
const REPORT_OVERLAP = 7 * DAY_MS
/** Gateways write their rows in batches, and late ones come within the hour. */
const LOG_OVERLAP = 2 * 3_600_000

interface Common {
  readonly id: string
  readonly group: string
  readonly optional?: boolean
  readonly next: Next
}

/** How far a stream has been read; `since` is the first day that was asked for. */
interface Reached {
  readonly since: number
  readonly until: number
  /** The round that reads it now or read it last, and how far that one came. */
  readonly round: number
  readonly at: number
  /** A window that was begun. */
  readonly open?: {readonly from: number; readonly until: number; readonly next: Ask; readonly part: number}
}

function reachedOf(known: Known, stream: string): Reached | null {
  const cursor = known.mark(stream)?.cursor
  const reached: unknown = cursor ? JSON.parse(cursor) : null
  return isObject(reached) && typeof reached.until === 'number' ? (reached as unknown as Reached) : null
}

/** Somebody who asks for earlier days than before gets them; an interrupted round goes on exactly where it was. */
function startOf(known: Known, reached: Reached | null, overlap: number): number {
  if (reached?.round === known.round && known.since >= reached.since) return reached.at
  if (reached === null || known.since < reached.since) return known.since
  return Math.max(known.since, reached.until - overlap)
}

const floorDay = (at: number): number => dayOf(at) * DAY_MS

export interface BucketOptions extends Common {
  /** `from` included, `until` excluded, epoch ms; null: up to now, which services take better than a day to come. */
  readonly ask: (from: number, until: number | null) => Ask
  readonly file: string
  /** Start of a bucket, epoch ms; null when it does not say. */
  readonly at: (bucket: unknown) => number | null
}

/** A report of daily buckets, `data: [bucket, …]`, oldest first. A page may end within a day, so a day waits for its end. */
export function buckets(options: BucketOptions): Stream {
  const {id, group, optional} = options
  const from = (known: Known) => floorDay(startOf(known, reachedOf(known, id), REPORT_OVERLAP))
  return {
    id,
    group,
    ...(optional ? {optional} : {}),
    plan: known => [
      {
        stream: id,
        ask: options.ask(from(known), null),
        from: formatDay(dayOf(from(known))),
      },
    ],
    async *pull(context) {
      const reached = reachedOf(context, id)
      const today = floorDay(context.round)
      const since = Math.min(context.since, reached?.since ?? context.since)
      const {round} = context
      let at = from(context)
      let current: Ask | null = at > today ? null : options.ask(at, null)
      let until = reached && context.since >= reached.since ? reached.until : 0
      let held: {day: number; buckets: unknown[]; envelope: object} | null = null
      const close = (step: {pages: Page[]; replaced: string[]}) => {
        if (held === null) return
        const page = dayPage(options, held.day, held.buckets, held.envelope)
        step.replaced.push(page.partition)
        if (held.buckets.some(bucket => array(bucket, 'results').length > 0)) step.pages.push(page)
        at = Math.max(at, (held.day + 1) * DAY_MS)
        until = Math.max(until, Math.min(at, today))
        held = null
      }
      while (current !== null) {
        const answer: Answer = await context.send(current)
        const step = {pages: [] as Page[], replaced: [] as string[]}
        const {data: _, ...envelope} = isObject(answer.value) ? answer.value : {}
        for (const bucket of array(answer.value, 'data')) {
          const at = options.at(bucket)
          const day = at === null ? -1 : dayOf(at)
          if (held !== null && (held as {day: number}).day !== day) close(step)
          held ??= {day, buckets: [], envelope}
          held.buckets.push(bucket)
        }
        current = options.next(answer, current)
        if (current === null) {
          close(step)
          at = today + DAY_MS
          until = Math.max(until, today)
        }
        yield {
          ...step,
          cursors: [{stream: id, cursor: JSON.stringify({since, until, round, at} satisfies Reached)}],
        }
      }
    },
  }
}

/** One day as the answer that had been given to the question for this day alone. */
function dayPage(
  {id, ask, file}: BucketOptions,
  day: number,
  data: readonly unknown[],
  envelope: object,
): Page {
  const start = day * DAY_MS
  return {
    path: file,
    body: JSON.stringify({...envelope, data, has_more: false, next_page: null}),
    where: whereOf(ask(start, start + DAY_MS).url),
    partition: `${id}/${day < 0 ? 'undated' : formatDay(day)}`,
    part: 1,
  }
}

export interface LogOptions extends Common {
  /** `from` included, `until` excluded, epoch ms. */
  readonly ask: (from: number, until: number) => Ask
  readonly file: (from: number) => string
  readonly where?: (from: number, until: number) => string
  /** Asked by whole days, of which each reading replaces the one before. */
  readonly wholeDays?: boolean
}

/** Rows in time, in pages, asked by windows of at most a day. */
export function log(options: LogOptions): Stream {
  const {id, group, optional, wholeDays = false} = options
  const overlap = wholeDays ? REPORT_OVERLAP : LOG_OVERLAP
  const from = (known: Known, reached: Reached | null) => {
    const start = reached?.open?.from ?? startOf(known, reached, overlap)
    return wholeDays ? floorDay(start) : start
  }
  const endOf = (start: number, round: number) => {
    const day = floorDay(start) + DAY_MS
    return wholeDays ? day : Math.min(day, round)
  }
  return {
    id,
    group,
    ...(optional ? {optional} : {}),
    plan(known) {
      const start = from(known, reachedOf(known, id))
      const ask = options.ask(start, endOf(start, known.round))
      return [{stream: id, ask, from: wholeDays ? formatDay(dayOf(start)) : formatTime(start)}]
    },
    async *pull(context) {
      let reached = reachedOf(context, id)
      // Asked for earlier days than before: what was begun is part of them.
      if (reached && context.since < reached.since) reached = null
      const since = Math.min(context.since, reached?.since ?? context.since)
      let done = reached?.until ?? since
      let open = reached?.open
      for (let start = from(context, reached); start < context.round; ) {
        const until = open?.until ?? endOf(start, context.round)
        yield* window(options, context, start, until, open, next => ({
          ...{since, until: done, round: context.round, at: start},
          ...(next ? {open: next} : {}),
        }))
        open = undefined
        done = Math.max(done, Math.min(until, context.round))
        start = until
        const now = {since, until: done, round: context.round, at: start} satisfies Reached
        yield {cursors: [{stream: id, cursor: JSON.stringify(now)}]}
      }
    },
  }
}

async function* window(
  {id, ask, next, file, where, wholeDays}: LogOptions,
  context: Context,
  from: number,
  until: number,
  open: Reached['open'],
  reached: (open: Reached['open']) => Reached,
): AsyncGenerator<Step> {
  const partition = `${id}/${formatDay(dayOf(from))}`
  const first = ask(from, until)
  let [current, part, resumed]: [Ask | null, number, boolean] = open
    ? [open.next, open.part, true]
    : [first, 1, false]
  while (current !== null) {
    let answer: Answer
    try {
      answer = await context.send(current)
    } catch (error) {
      // The place kept from an earlier run has expired: read the window from its beginning.
      if (!resumed || !(error instanceof Absent || (error instanceof Rejected && error.status !== null)))
        throw error
      ;[current, part, resumed] = [first, 1, false]
      continue
    }
    resumed = false
    const following: Ask | null = next(answer, current)
    const place = where?.(from, until) ?? first.url
    const page = {path: file(from), body: answer.bytes, where: whereOf(place, part), partition, part}
    yield {
      pages: [page],
      ...(wholeDays && following === null ? {replaced: [partition]} : {}),
      cursors: [
        {
          stream: id,
          cursor: JSON.stringify(
            reached(following === null ? undefined : {from, until, next: following, part: part + 1}),
          ),
        },
      ],
    }
    current = following
    part++
  }
}
