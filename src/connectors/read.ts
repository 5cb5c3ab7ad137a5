/**
 * The edge that reads files: plain or gzip, in small pieces, never whole; bytes to lines, records, rows, documents.
 * Synchronous on purpose: the same code runs in the ingest worker and in tests, and a parser stays a plain generator.
 */
import {isAscii} from 'node:buffer'
import {createHash} from 'node:crypto'
import {closeSync, openSync, readSync} from 'node:fs'
import {parse as parseCsv} from 'csv-parse/sync'
import {LineCounter, parseAllDocuments} from 'yaml'
import {type Issue, issue} from '../model/fact.ts'
import {columnKey, type Head, type Record, type Row, type Source} from './connector.ts'
import {Unzipper} from './gunzip.ts'
import {byteLines, jsonLine, LONGEST_LINE as LONGEST, lineTooLong} from './json-lines.ts'
import {elements, flatten} from './json-stream.ts'
import {UnreadableFile} from './unreadable-file.ts'

/** Small enough that a piece and its text stay in the processor's cache. */
const PIECE = 1 << 16
const HEAD = 1 << 16

/** Where a content is: a file's path, or the content itself. */
export type Origin = string | Uint8Array

/** The bytes of a file, unzipped; `digest` sees the bytes as stored. */
export function* readBytes(path: Origin, digest?: (bytes: Uint8Array) => void): Generator<Uint8Array> {
  if (typeof path !== 'string') {
    digest?.(path)
    for (let at = 0; at < path.length; at += PIECE) yield path.subarray(at, at + PIECE)
    return
  }
  const descriptor = openSync(path, 'r')
  const buffer = Buffer.allocUnsafe(PIECE)
  try {
    let size = readSync(descriptor, buffer, 0, PIECE, null)
    const zipped = size >= 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
    const unzipper = zipped ? new Unzipper(path) : null
    while (size > 0) {
      const bytes = buffer.subarray(0, size)
      digest?.(bytes)
      if (unzipper) yield* unzipper.push(bytes)
      else yield bytes
      size = readSync(descriptor, buffer, 0, PIECE, null)
    }
    if (unzipper) yield* unzipper.end()
  } finally {
    closeSync(descriptor)
  }
}

/** SHA-256 of a file as stored, in hex. */
export function fileDigest(path: string): string {
  const hash = createHash('sha256')
  const descriptor = openSync(path, 'r')
  const buffer = Buffer.allocUnsafe(PIECE)
  try {
    for (let size = 1; size > 0; ) {
      size = readSync(descriptor, buffer, 0, PIECE, null)
      hash.update(buffer.subarray(0, size))
    }
  } finally {
    closeSync(descriptor)
  }
  return hash.digest('hex')
}

/** Decoded text in pieces: UTF-8 (a byte-order mark dropped) or UTF-16 by its mark. */
function* readText(path: Origin, digest?: (bytes: Uint8Array) => void): Generator<string> {
  let decoder: InstanceType<typeof TextDecoder> | null = null
  let plain = false
  for (const bytes of readBytes(path, digest)) {
    decoder ??= new TextDecoder(encodingOf(bytes))
    // Most pieces are ASCII and need no decoding, past the mark and while the decoder holds no half of a character.
    if (plain && isAscii(bytes))
      yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    else yield decoder.decode(bytes, {stream: true})
    plain = decoder.encoding === 'utf-8' && bytes.at(-1)! < 0x80
  }
  const rest = decoder?.decode()
  if (rest) yield rest
}

function firstBytes(path: Origin): Uint8Array {
  for (const bytes of readBytes(path)) return bytes
  return new Uint8Array()
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return 'utf-8'
}

function* splitLines(pieces: Iterable<string>): Generator<{line: number; text: string}> {
  let line = 1
  let rest = ''
  for (const piece of pieces) {
    let start = 0
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', start)) {
      const text = rest === '' ? piece.slice(start, end) : rest + piece.slice(start, end)
      yield {line: line++, text: text.endsWith('\r') ? text.slice(0, -1) : text}
      rest = ''
      start = end + 1
    }
    rest += piece.slice(start)
    if (rest.length > LONGEST) throw lineTooLong(line)
  }
  if (rest !== '') yield {line, text: rest.replace(/\r$/, '')}
}

function* jsonLines(pieces: Iterable<string>): Generator<Record | Issue> {
  for (const {line, text} of splitLines(pieces)) {
    const found = text === '' ? undefined : jsonLine(text, line)
    if (found) yield found
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Cuts text into blocks that end at a record's end: a line break outside quotes. */
function* csvBlocks(pieces: Iterable<string>): Generator<{line: number; text: string}> {
  let rest = ''
  let line = 1
  for (const piece of pieces) {
    const text = rest + piece
    const end = lastRecordEnd(text)
    if (end === 0 && text.length > LONGEST)
      throw new UnreadableFile(
        `a quoted cell opened near line ${line} is never closed`,
        'close the quote or export again',
      )
    if (end > 0) {
      yield {line, text: text.slice(0, end)}
      line += countLines(text, end)
    }
    rest = text.slice(end)
  }
  if (rest.trim() !== '') yield {line, text: rest}
}

/** A quote opens where a cell starts, or where one has just closed: `5" disk` opens none. */
function lastRecordEnd(text: string): number {
  let quoted = false
  let end = 0
  let before = 10
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34) quoted = !quoted && (before === 34 || STARTS_CELL.has(before))
    else if (code === 10 && !quoted) end = at + 1
    before = code
  }
  return end
}

/** What a cell starts after: a line break, a comma, a semicolon, a tab, a byte-order mark. */
const STARTS_CELL: ReadonlySet<number> = new Set([10, 13, 44, 59, 9, 0xfeff])

function countLines(text: string, end: number): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

interface Parsed {
  readonly record: readonly string[]
  readonly info: {readonly lines: number}
}

function csvRecords(text: string, delimiter: string): readonly Parsed[] {
  return parseCsv(text, {
    info: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  }) as unknown as Parsed[]
}

/** A template's first line, before its header; spreadsheets add empty cells to it. */
const isVersionLine = ([first = '', ...rest]: readonly string[]): boolean =>
  /^\uFEFF?version:v/i.test(first) && rest.every(cell => cell === '')

function delimiterOf(text: string): string {
  const header = text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n'))
  return [',', ';', '\t']
    .map(mark => [header.split(mark).length, mark] as const)
    .sort((a, b) => b[0] - a[0])[0]![1]
}

function* csvRows(pieces: Iterable<string>): Generator<Row | Issue> {
  let columns: readonly string[] | null = null
  let delimiter = ','
  for (const block of csvBlocks(pieces)) {
    if (!columns) delimiter = delimiterOf(block.text)
    let records: readonly Parsed[]
    try {
      records = csvRecords(block.text, delimiter)
    } catch (error) {
      yield issue(
        block.line,
        'bad-csv',
        `not readable as CSV (${(error as Error).message.replace(/ at line \d+.*$/s, '')})`,
        'export again, or check the quotes near this line',
      )
      continue
    }
    let twice = 0
    for (const {record, info} of records) {
      // `info.lines` counts to the record's last line, and CRLF inside a cell twice; its place is where it starts.
      const breaks = record.reduce((lines, cell) => lines + countLines(cell, cell.length), 0)
      if (breaks > 0) twice += record.reduce((pairs, cell) => pairs + cell.split('\r\n').length - 1, 0)
      const line = block.line + info.lines - 1 - breaks - twice
      if (!columns) {
        if (isVersionLine(record)) continue
        columns = record.map(columnKey)
        const again = columns.find((name, index) => name !== '' && columns!.indexOf(name) !== index)
        if (again)
          yield issue(
            line,
            'duplicate-column',
            `the column ${JSON.stringify(again)} stands twice in the header; the first is used`,
            'rename one of them',
          )
        continue
      }
      if (record.length > columns.length) {
        yield issue(
          line,
          'bad-csv',
          `${record.length} cells in a row of ${columns.length} columns`,
          'quote cells that hold the delimiter',
        )
        continue
      }
      const row: {[column: string]: string} = Object.create(null)
      for (let index = columns.length - 1; index >= 0; index--)
        row[columns[index]!] = record[index]?.trim() ?? ''
      yield {line, row}
    }
  }
}

const DOCUMENT_LIMIT = 16 << 20

function* yamlDocuments(pieces: Iterable<string>): Generator<Record | Issue> {
  let text = ''
  for (const piece of pieces) {
    text += piece
    if (text.length > DOCUMENT_LIMIT)
      throw new UnreadableFile(`a YAML file over ${DOCUMENT_LIMIT >> 20} MiB`, 'split it at its `---` lines')
  }
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, {lineCounter: lines, strict: false, uniqueKeys: false, merge: true})
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const line = lines.linePos(document.contents?.range?.[0] ?? document.range?.[0] ?? 0).line
    const [error] = document.errors
    if (error) {
      yield issue(
        error.linePos?.[0].line ?? line,
        'bad-yaml',
        `not readable as YAML (${error.code})`,
        'check indentation and quotes at this line',
      )
      continue
    }
    try {
      const value = document.toJS({maxAliasCount: 100}) as unknown
      if (value !== null && value !== undefined) yield {line, value}
    } catch {
      yield issue(line, 'bad-yaml', 'aliases expand without end', 'write the repeated parts out')
    }
  }
}

/** Opens a file or an answer for its connector. `name` is the path to show and to read ids from, with `/` separators. */
export function openSource(file: Origin, name: string, digest?: (bytes: Uint8Array) => void): Source {
  const head = readHead(file, name)
  const text = () => readText(file, digest)
  return {
    path: name,
    head,
    records: () => (head.shape === 'jsonl' ? flatten(jsonLines(text())) : flatten(elements(text()))),
    rows: () => csvRows(text()),
    documents: () =>
      head.shape === 'json' || head.shape === 'jsonl' ? flatten(elements(text())) : yamlDocuments(text()),
    lines: () => splitLines(text()),
    byteLines: () =>
      head.shape === 'jsonl' && encodingOf(firstBytes(file)) === 'utf-8'
        ? byteLines(readBytes(file, digest))
        : null,
  }
}

/** A four-byte length below 2²⁴ and then a protobuf's first field, a zstd frame or a JSON record; or a zstd frame by itself. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: binary on purpose
const FRAMED = /^(\u0000[\s\S]{3}(\n|\(\uFFFD\/\uFFFD|\{"resource)|\(\uFFFD\/\uFFFD)/

function readHead(file: Origin, name: string): Head {
  let text = ''
  let whole = true
  for (const piece of readText(file)) {
    text += piece
    if (text.length >= HEAD) {
      whole = false
      break
    }
  }
  if (FRAMED.test(text))
    throw new UnreadableFile(
      'binary frames of the OpenTelemetry collector’s file exporter (protobuf, or compressed), not JSON lines',
      'set format: json and no compression on the exporter, or convert the file with the collector',
    )
  const shape = shapeOf(text, name, whole)
  // One line of JSON may be longer than the head: read on until the first record is complete.
  const again = function* () {
    let size = 0
    for (const piece of readText(file)) {
      yield piece
      if ((size += piece.length) > LONGEST) return
    }
  }
  const first = <T extends Record | Row | Issue>(
    found: Generator<T>,
    pick: (item: Exclude<T, Issue>) => unknown,
  ): unknown[] => {
    const sample: unknown[] = []
    for (const item of found) {
      if (!('fact' in item)) sample.push(pick(item as Exclude<T, Issue>))
      if (sample.length === 5) break
    }
    return sample
  }
  const record = (item: Record) => item.value
  let sample: unknown[] = []
  let columns: string[] = []
  if (shape === 'json') sample = first(flatten(elements(again())), record)
  else if (shape === 'jsonl') sample = first(flatten(jsonLines(again())), record)
  else if (shape === 'yaml' && whole) sample = first(yamlDocuments([text]), record)
  else if (shape === 'csv') {
    sample = first(csvRows([whole ? text : text.slice(0, text.lastIndexOf('\n') + 1)]), item => item.row)
    columns = headerOf(text)
  }
  return {path: name, shape, sample, columns, text: text.slice(0, HEAD)}
}

/** The normalised header; empty when the beginning is not readable as CSV, which the rows then say. */
function headerOf(text: string): string[] {
  const [block] = csvBlocks([text.slice(0, HEAD)])
  if (!block) return []
  let records: readonly Parsed[]
  try {
    records = csvRecords(block.text, delimiterOf(block.text))
  } catch {
    return []
  }
  const header = records.find(({record}) => !isVersionLine(record))
  return header?.record.map(columnKey) ?? []
}

function shapeOf(text: string, name: string, whole: boolean): Head['shape'] {
  const start = text.replace(/^\uFEFF/, '').trimStart()
  if (start === '') return 'empty'
  if (start.startsWith('{')) {
    const lineEnd = start.indexOf('\n')
    const line = lineEnd === -1 ? start : start.slice(0, lineEnd)
    const complete = parseJson(line) !== undefined
    return complete && lineEnd !== -1 && start.slice(lineEnd).trim() !== ''
      ? 'jsonl'
      : complete && !whole && lineEnd === -1
        ? 'jsonl'
        : 'json'
  }
  if (start.startsWith('[') && /^\[\s*([[{"\]]|-?\d)/.test(start) && !/CODEOWNERS/.test(name)) return 'json'
  const base = name.replace(/\.gz$/i, '').split('/').at(-1)!
  if (/\.ya?ml$/i.test(base)) return 'yaml'
  if (/\.(csv|tsv)$/i.test(base)) return 'csv'
  if (
    /^(apiVersion|kind|openapi|schema-version|version|---)\s*:?/m.test(start.slice(0, 2000)) &&
    /^\w[\w-]*:\s/m.test(start)
  )
    return 'yaml'
  const [first = '', second = ''] = start.split(/\r?\n/, 2)
  const cells = headerCells(first)
  return cells > 1 && (second === '' || headerCells(second) > 1) && /^["\w\s[\]().,;\t/:-]+$/.test(first)
    ? 'csv'
    : 'text'
}

const headerCells = (line: string): number =>
  Math.max(...[',', ';', '\t'].map(mark => line.split(mark).length))
