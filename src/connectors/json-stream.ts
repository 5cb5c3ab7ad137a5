/**
 * Streaming over JSON that is too large to parse whole: the elements of the top-level array, or of the first list in
 * a list envelope (`{"object":"page","data":[…],"has_more":false}`), each parsed alone, with the line it starts on.
 */
import {type Issue, issue} from '../model/fact.ts'
import type {Record} from './connector.ts'

/** Where providers put the list of a response, and what may stand beside it for the object to be a mere envelope. */
const LISTS = [
  'data',
  'value',
  'Resources',
  'items',
  'results',
  'users',
  'groups',
  'members',
  'organizations',
  'Report_Entry',
  'keys',
  'teams',
  'result',
]
const BESIDE =
  /^(object|has_more|next_page|first_id|last_id|next|total\w*|page\w*|schemas|startIndex|itemsPerPage|nextCursor|previousCursor|@odata\..*|kind|apiVersion|etag|nextPageToken|metadata|meta|result_info|success|errors|messages|organization_id|data_refreshed_at|error|totalResults|count|limit|offset)$/

const MAX_ELEMENT = 64 << 20

const Char = {
  Quote: 34,
  Comma: 44,
  Backslash: 92,
  OpenBracket: 91,
  CloseBracket: 93,
  OpenBrace: 123,
  CloseBrace: 125,
  Newline: 10,
} as const

/**
 * Top-level values of a JSON text: each element of a top-level array, or each value by itself. A text that is cut short
 * yields every complete element and then an issue.
 */
export function* elements(pieces: Iterable<string>): Generator<Record | Issue> {
  let depth = 0
  let inString = false
  let escaped = false
  let inArray = false
  let started = false
  let line = 1
  let elementLine = 1
  let pending = ''
  for (const piece of pieces) {
    let from = pending === '' && depth <= (inArray ? 1 : 0) ? -1 : 0
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at)
      if (code === Char.Newline) line++
      if (inString) {
        if (escaped) escaped = false
        else if (code === Char.Backslash) escaped = true
        else if (code === Char.Quote) inString = false
        continue
      }
      if (code <= 32 || code === 0xfeff) continue
      if (!started) {
        started = true
        if (code === Char.OpenBracket) {
          inArray = true
          depth = 1
          continue
        }
      }
      const base = inArray ? 1 : 0
      if (depth === base) {
        if (inArray && (code === Char.Comma || code === Char.CloseBracket)) {
          const raw = pending + (from === -1 ? '' : piece.slice(from, at))
          if (raw.trim() !== '') yield parsed(raw, elementLine)
          pending = ''
          from = -1
          if (code === Char.CloseBracket) depth = 0
          continue
        }
        if (pending === '' && from === -1) {
          from = at
          elementLine = line
        }
      }
      if (code === Char.Quote) inString = true
      else if (code === Char.OpenBrace || code === Char.OpenBracket) depth++
      else if (code === Char.CloseBrace || code === Char.CloseBracket) {
        depth--
        if (depth === 0 && !inArray) {
          yield parsed(pending + piece.slice(from, at + 1), elementLine)
          pending = ''
          from = -1
        }
      }
    }
    if (from !== -1) pending += piece.slice(from)
    if (pending.length > MAX_ELEMENT) {
      yield issue(
        elementLine,
        'too-large',
        `one JSON value is larger than ${MAX_ELEMENT >> 20} MiB`,
        'split the export into pages',
      )
      return
    }
  }
  if (pending.trim() !== '') yield parsed(pending, elementLine)
  else if (inArray && depth > 0)
    yield issue(
      line,
      'bad-json',
      'the file ends inside its JSON array',
      'the export was cut short: export again',
    )
}

function parsed(raw: string, line: number): Record | Issue {
  try {
    return {line, value: JSON.parse(raw) as unknown}
  } catch {
    return issue(
      line,
      'bad-json',
      'not valid JSON from this line on',
      'if the export was cut short, export again',
    )
  }
}

/** Replaces list envelopes, however they are nested (pages in an array, pages by the line), by their items. */
export function* flatten(records: Iterable<Record | Issue>): Generator<Record | Issue> {
  for (const record of records) {
    if ('fact' in record) yield record
    else if (isList(record.value)) yield* items(record.value, record.line)
    else if (record.value !== null && record.value !== undefined) yield record
  }
}

function* items(value: unknown, line: number): Generator<Record> {
  const list = envelopeList(value)
  if (list) for (const item of list) yield* items(item, line)
  else if (value !== null && value !== undefined) yield {line, value}
}

const isList = (value: unknown): boolean => envelopeList(value) !== null

const LIST_NAMES: ReadonlySet<string> = new Set(LISTS)

function envelopeList(value: unknown): readonly unknown[] | null {
  if (typeof value !== 'object' || value === null) return null
  if (Array.isArray(value)) return value
  const fields = value as {readonly [key: string]: unknown}
  // A record shows by its first key that it is no envelope; there are millions of records.
  for (const key in fields) if (!LIST_NAMES.has(key) && !BESIDE.test(key)) return null
  const list = LISTS.find(name => Array.isArray(fields[name]))
  if (!list || !Object.keys(fields).every(key => key === list || BESIDE.test(key))) return null
  return fields[list] as readonly unknown[]
}
