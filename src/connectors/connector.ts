/**
 * A connector turns one source's files into facts. It is pure: it sees the file through `Source` and names the
 * fields it reads; there is no catch-all, so content has no way in.
 */
import type {ChunkWriter} from '../model/chunk.ts'
import type {Fact, Issue} from '../model/fact.ts'
import {hasNeeds, type Needs} from './needs.ts'

export {columnKey} from './column-key.ts'

/** The beginning of a file, enough to tell what it is. */
export interface Head {
  /** As given, with `/` separators. Ids that only the layout holds come from here. */
  readonly path: string
  readonly shape: 'json' | 'jsonl' | 'csv' | 'yaml' | 'text' | 'empty'
  /** Up to the first five records (see `Source.records`); for CSV, rows by normalised column. */
  readonly sample: readonly unknown[]
  /** CSV only: the header, normalised (`columnKey`). */
  readonly columns: readonly string[]
  /** The first 64 KiB. */
  readonly text: string
}

export interface Record {
  readonly line: number
  readonly value: unknown
}

export interface Row {
  readonly line: number
  /** By normalised column (`columnKey`); absent cells are ''. */
  readonly row: {readonly [column: string]: string | undefined}
}

/** One line of a file in UTF-8, as a place among bytes that hold until the next line is asked for. */
export interface ByteLine {
  readonly line: number
  readonly bytes: Buffer
  readonly start: number
  /** Without its line feed. */
  readonly end: number
  readonly ascii: boolean
}

/** One file, streamed. Each method reads it from its beginning; use one. Broken entries come out as issues. */
export interface Source {
  readonly path: string
  readonly head: Head
  /** JSON or JSON Lines: every line, every element of the top-level array, every item of (arrays of) list envelopes. */
  records(): Generator<Record | Issue>
  /** CSV rows by header name. */
  rows(): Generator<Row | Issue>
  /** YAML documents. */
  documents(): Generator<Record | Issue>
  /** Plain lines without their ending. */
  lines(): Generator<{readonly line: number; readonly text: string}>
  /** The lines of JSON Lines in UTF-8 as bytes; null for any other file. */
  byteLines(): Generator<ByteLine> | null
}

/**
 * Reads a log of millions of lines without making objects of them. `scan` takes a line of ASCII that it understands wholly; any
 * other is read by `record`, and what `scan` did not know of it yet it learns from there.
 */
export interface LineScanner {
  /** Adds the row of a line to the writer; false when the line has to be read as a record. */
  scan(line: ByteLine): boolean
  /** Reads a record as `parse` does. */
  record(value: unknown, line: number): Fact | Issue
  /** Tells that the one row of the line refused last is the writer's last row. */
  learn(): void
}

export interface Connector<Id extends string = string> {
  readonly id: Id
  readonly label: string
  /** Ids come from the path too: the same content at another place says something else. */
  readonly placed?: true
  /** What a file of this format cannot lack: it tells the format, and a file of no format how near it came. */
  readonly needs?: Needs
  /** True when the content is this connector's. Look at content first; the path only says what content lacks. */
  recognises(head: Head): boolean
  /** Yields facts and issues; never throws on bad content. */
  parse(source: Source): Generator<Fact | Issue>
  /** A quicker way through JSON Lines; `parse` is its oracle. */
  scanner?(writer: ChunkWriter): LineScanner
}

/**
 * Declare `needs` where a format is known by its columns or fields: `recognises` then follows, and the message for a file
 * that nobody recognises can say what it lacks. `needs: {columns: ['request_id', ['spend', 'cost']]}`: both, one of the latter.
 */
export const connector = <const Id extends string>(
  definition: Omit<Connector<Id>, 'recognises'> & Partial<Pick<Connector<Id>, 'recognises'>>,
): Connector<Id> => ({recognises: head => hasNeeds(definition.needs, head), ...definition})
