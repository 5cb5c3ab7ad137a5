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

/** Lists inside lists past this depth are content, not pages of pages. */
const MOST_NESTED = 16

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
          if (raw.trim() !== '') yield* parsed(raw, elementLine)
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
          yield* parsed(pending + piece.slice(from, at + 1), elementLine)
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
  if (pending.trim() !== '') yield* parsed(pending, elementLine)
  else if (inArray && depth > 0)
    yield issue(
      line,
      'bad-json',
      'the file ends inside its JSON array',
      'the export was cut short: export again',
    )
}

/** The value; of a list envelope written over several lines, the items, each with its own line. */
function* parsed(raw: string, line: number): Generator<Record | Issue> {
  let value: unknown
  try {
    value = JSON.parse(raw)
  } catch {
    yield issue(
      line,
      'bad-json',
      'not valid JSON from this line on',
      'if the export was cut short, export again',
    )
    return
  }
  const list = raw.includes('\n') && !Array.isArray(value) ? envelopeList(value) : null
  if (!list) {
    yield {line, value}
    return
  }
  const [key = ''] = Object.entries(value as object).find(([, held]) => held === list) ?? []
  const lines = itemLines(raw, line, key)
  for (const [index, item] of list.entries()) yield {line: lines[index] ?? line, value: item}
}

/** The line on which each item of the list at a key of an object starts. */
function itemLines(raw: string, first: number, key: string): number[] {
  const lines: number[] = []
  let line = first
  let depth = 0
  let name = ''
  let inList = false
  let next = false
  for (let at = 0; at < raw.length; at++) {
    const code = raw.charCodeAt(at)
    if (code === Char.Newline) line++
    if (code <= 32) continue
    if (next && depth === 2 && code !== Char.CloseBracket) {
      lines.push(line)
      next = false
    }
    if (code === Char.Quote) {
      const start = at + 1
      for (at++; raw.charCodeAt(at) !== Char.Quote; at++) if (raw.charCodeAt(at) === Char.Backslash) at++
      if (depth === 1) name = raw.slice(start, at)
    } else if (code === Char.OpenBrace || code === Char.OpenBracket) {
      if (++depth === 2) next = inList = code === Char.OpenBracket && name === key
    } else if (code === Char.CloseBrace || code === Char.CloseBracket) depth--
    else if (code === Char.Comma && depth === 2) next = inList
  }
  return lines
}

/** Replaces list envelopes, however they are nested (pages in an array, pages by the line), by their items. */
export function* flatten(records: Iterable<Record | Issue>): Generator<Record | Issue> {
  for (const record of records) {
    if ('fact' in record) yield record
    else if (isList(record.value)) yield* items(record.value, record.line)
    else if (record.value !== null && record.value !== undefined) yield record
  }
}

function* items(value: unknown, line: number, depth = 0): Generator<Record> {
  const list = depth < MOST_NESTED ? envelopeList(value) : null
  if (list) for (const item of list) yield* items(item, line, depth + 1)
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
