/**
 * Directories: a list in pages, read whole each round and then compared with the round before. A page that has not
 * changed (ETag) is not sent again. Every page notes what it led to, so that an interrupted round goes on behind it.
 */
import {isObject} from '../fields.ts'
import type {Answer} from './answer.ts'
import type {Next} from './paging.ts'
import type {Context, Planned, Step, Stream} from './source.ts'
import type {Ask} from './transport.ts'
import {Absent, Refused, Rejected} from './trouble.ts'
import {whereOf} from './where.ts'

export interface ListOptions {
  /** Also the name of its partition; lists below it are called `id/key/…`. */
  readonly id: string
  readonly group: string
  readonly optional?: boolean
  readonly ask: Ask
  readonly next: Next
  /** Path in a dump, without page number. */
  readonly file: string
  /** Shown as the place; the URL asked when it is not given. */
  readonly where?: string
  /** What is handed on, where it is not the answer as it came. */
  readonly body?: (answer: Answer) => string | Uint8Array
  /** Ids of the items, when lists hang below them. */
  readonly keys?: (value: unknown) => readonly string[]
  readonly below?: (key: string) => readonly Stream[]
}

/** What a page led to, kept as its cursor. */
interface Led {
  readonly url: string
  readonly next: Ask | null
  readonly keys: readonly string[]
}

export function list(options: ListOptions): Stream {
  const {id, group, ask, below} = options
  return {
    id,
    group,
    ...(options.optional ? {optional: true} : {}),
    plan: known => [
      {stream: id, ask, from: 'the whole list'} satisfies Planned,
      ...(below ? below('{id}').flatMap(stream => stream.plan(known)) : []),
    ],
    pull: context => pull(options, context),
  }
}

async function* pull(options: ListOptions, context: Context): AsyncGenerator<Step> {
  const keys = yield* pages(options, context)
  const {id, below} = options
  if (!below) return
  for (const key of keys)
    for (const stream of below(key)) {
      try {
        yield* stream.pull(context)
      } catch (error) {
        // Gone since its parent was read, or closed to us while others are not.
        if (!(error instanceof Absent) && !(stream.optional && error instanceof Refused)) throw error
        if (error instanceof Absent) yield {read: [stream.id]}
      }
    }
  const present = new Set(keys.map(key => `${id}/${encodeURIComponent(key)}`))
  const gone = context.partitionsUnder(`${id}/`).filter(
    partition =>
      !present.has(
        partition
          .split('/')
          .slice(0, id.split('/').length + 1)
          .join('/'),
      ),
  )
  if (gone.length > 0) yield {read: gone}
}

/** Reads every page; returns the keys of all items. */
async function* pages(options: ListOptions, context: Context): AsyncGenerator<Step, string[]> {
  const {id, ask} = options
  let keys: string[] = []
  let current: Ask | null = ask
  let part = 1
  let anew = false
  for (; current !== null; part++) {
    const stream = `${id}#${part}`
    const mark = context.mark(stream)
    const led = ledOf(mark?.cursor ?? null)
    if (mark && led && !anew && mark.fetchedAt >= context.round && led.url === current.url) {
      keys.push(...led.keys)
      current = led.next
      continue
    }
    const etag: string | null =
      led?.url === current.url && context.holds(id, part) ? (mark?.etag ?? null) : null
    let answer: Answer
    try {
      answer = await context.send(current, etag)
    } catch (error) {
      // A place in a list does not keep for ever: begin again, once.
      if (part === 1 || anew || !isExpired(error)) throw error
      anew = true
      keys = []
      current = ask
      part = 0
      continue
    }
    if (answer.status === 304 && led) {
      yield {
        same: [{partition: id, part}],
        cursors: [{stream, cursor: mark!.cursor!, etag: answer.etag ?? etag}],
      }
      keys.push(...led.keys)
      current = led.next
      continue
    }
    const found = options.keys?.(answer.value) ?? []
    const next: Ask | null = options.next(answer, current)
    yield {
      pages: [
        {
          path: options.file,
          body: options.body?.(answer) ?? answer.bytes,
          where: options.where ?? whereOf(ask.url, part),
          partition: id,
          part,
        },
      ],
      cursors: [{stream, cursor: JSON.stringify({url: current.url, next, keys: found}), etag: answer.etag}],
    }
    keys.push(...found)
    current = next
  }
  const forget: string[] = []
  for (let beyond = part; context.mark(`${id}#${beyond}`); beyond++) forget.push(`${id}#${beyond}`)
  yield {read: [id], forget}
  return [...new Set(keys)]
}

const isExpired = (error: unknown): boolean =>
  error instanceof Absent || (error instanceof Rejected && (error.status === 400 || error.status === 422))

function ledOf(cursor: string | null): Led | null {
  const led: unknown = cursor === null ? null : JSON.parse(cursor)
  return isObject(led) && typeof led.url === 'string' && Array.isArray(led.keys)
    ? (led as unknown as Led)
    : null
}
