/** What the bills of all clouds have in common: rows by column, money, ids, the words for a charge, and whose tags it carries. */
import {createHash} from 'node:crypto'
import * as alias from '../model/alias.ts'
import {
  type Alias,
  type ExportFact,
  type Issue,
  issue,
  type LinkFact,
  type Relation,
  type Signature,
} from '../model/fact.ts'
import type {Carry, Nanos} from '../model/money.ts'
import {dayOf, formatDay, parseTime} from '../model/time.ts'
import {columnKey, type Row, type Source} from './connector.ts'
import {isObject, type Json, METADATA_TARGETS, metadata, metadataWord, signature} from './fields.ts'
import {type ClaimWord, link, METADATA_RELATIONS} from './statements.ts'
import {quoted} from './table.ts'

/** A cell by name, whatever its case and punctuation; undefined where it is empty or holds a word for nothing. */
export type Cells = (...names: readonly string[]) => string | undefined

export interface Charge {
  readonly line: number
  readonly cells: Cells
}

const bare = (column: string): string => column.replaceAll('_', '').toLowerCase()
const NOTHING = /^(?:null|none|n\/a)$/i

/** Rows of a bill: CSV, or JSON objects one level deep, whose nested values are read as JSON text. */
export function* charges(source: Source): Generator<Charge | Issue> {
  if (source.head.shape === 'csv') {
    const columns = columnsByBareName(source.head.columns)
    for (const row of source.rows())
      yield 'fact' in row ? row : {line: row.line, cells: cellsOf(row.row, columns)}
    return
  }
  for (const record of source.records()) {
    if ('fact' in record) yield record
    else if (isObject(record.value)) {
      const row = encodedRow(record.value)
      yield {line: record.line, cells: cellsOf(row, columnsByBareName(Object.keys(row)))}
    }
  }
}

function columnsByBareName(columns: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const column of columns) if (!found.has(bare(column))) found.set(bare(column), column)
  return found
}

/** Names are written as the source does, without punctuation: `lineitemusagetype`, `costinbillingcurrency`. */
function cellsOf(row: Row['row'], columns: ReadonlyMap<string, string>): Cells {
  return (...names) => {
    for (const name of names) {
      const column = columns.get(name)
      const value = column === undefined ? undefined : row[column]
      if (value !== undefined && value !== '' && !NOTHING.test(value)) return value
    }
    return undefined
  }
}

function encodedRow(value: Json): Row['row'] {
  const row: {[column: string]: string} = Object.create(null)
  for (const [key, cell] of Object.entries(value))
    if (cell !== null && cell !== undefined)
      row[columnKey(key)] ??= typeof cell === 'object' ? JSON.stringify(cell) : String(cell).trim()
  return row
}

/** Which of the names a bill's header or first object has. */
export function bareNames(columns: readonly string[], [first]: readonly unknown[]): ReadonlySet<string> {
  return new Set(
    (columns.length > 0 ? columns : isObject(first) ? Object.keys(first).map(columnKey) : []).map(bare),
  )
}

interface Written {
  readonly column: string
  readonly value: string | undefined
}

/** An amount in US dollars; an issue that says how to mend it otherwise. */
export function dollarsOr(
  line: number,
  carry: Carry,
  amount: Written,
  currency: Written,
  mend = 'export the bill in USD',
): Nanos | Issue {
  if (currency.value?.toUpperCase() !== 'USD')
    return issue(
      line,
      'unknown-currency',
      `${currency.column} is ${quoted(currency.value)}: ${amount.column} ${quoted(amount.value)} cannot be added to dollars`,
      mend,
    )
  const cost = amount.value === undefined ? null : carry.usd(amount.value)
  return (
    cost ??
    issue(
      line,
      'bad-amount',
      `${amount.column} is ${quoted(amount.value)}, not a decimal number`,
      'write it with a point and nothing else, as 12.50',
    )
  )
}

/**
 * Ids of charges that have none: a digest of what tells two charges apart. Charges alike in all of it are numbered as they
 * come, so that two equal ones stay two and the same file read again gives the same ids.
 */
export class ChargeIds {
  readonly #family: string
  readonly #seen = new Map<string, number>()

  constructor(family: string) {
    this.#family = family
  }

  of(parts: readonly (string | null | undefined)[]): string {
    const text = JSON.stringify(parts.map(part => part ?? null))
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 32)
    const occurrence = (this.#seen.get(digest) ?? 0) + 1
    this.#seen.set(digest, occurrence)
    return `${this.#family}:${digest}${occurrence === 1 ? '' : `#${occurrence}`}`
  }
}

/** What a bill says over and over, read once. Values must depend on the parts given and on nothing else. */
export class Remembered<T> {
  readonly #known = new Map<string, T>()

  of(parts: readonly (string | undefined)[], make: () => T): T {
    const key = JSON.stringify(parts)
    let found = this.#known.get(key)
    if (found === undefined) {
      if (this.#known.size === MOST_REMEMBERED) this.#known.clear()
      this.#known.set(key, (found = make()))
    }
    return found
  }
}
const MOST_REMEMBERED = 20_000

const LONGEST_LINE = 80

/** The bill's own words for a charge, short enough for a report. */
export function lineText(...said: readonly (string | undefined)[]): string | undefined {
  const text = said.filter(Boolean).join(': ')
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE - 1)}…` : text || undefined
}

/**
 * A map in one cell: JSON, JSON without its outer braces, a list of `{key, value}`, or what query tools print, `{team=marsh}`.
 * Null: none of these.
 */
export function mapIn(written: string | undefined): Json | null {
  if (written === undefined) return {}
  const text = written.trim()
  for (const candidate of [text, `{${text}}`]) {
    if (!/^[[{]/.test(candidate)) continue
    try {
      const value = JSON.parse(candidate) as unknown
      if (Array.isArray(value)) return pairs(value)
      if (isObject(value)) return value
    } catch {
      // The next spelling may be it.
    }
  }
  return /^\{[^{}"]*\}$/.test(text) ? printed(text.slice(1, -1)) : null
}

/** A list may hold a key several times; then its values stand together. */
export function pairs(list: readonly unknown[]): Json {
  const map: {[key: string]: unknown} = Object.create(null)
  for (const item of list) {
    if (!isObject(item)) continue
    const key = item.key ?? item.Key
    const value = item.value ?? item.Value
    if (typeof key !== 'string' || (typeof value !== 'string' && typeof value !== 'number')) continue
    const before = map[key]
    map[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  return map
}

function printed(text: string): Json {
  const map: {[key: string]: unknown} = Object.create(null)
  for (const part of text.split(/,\s*/)) {
    const [key, ...value] = part.split('=')
    if (key && value.length > 0) map[key.trim()] = value.join('=').trim()
  }
  return map
}

/** Several maps that may speak of the same thing: for each word the first map that has it. */
export function firstSaid(...maps: readonly Json[]): Json {
  const said: {[key: string]: unknown} = Object.create(null)
  const known = new Set<string>()
  for (const map of maps) {
    const entries = Object.entries(map).filter(([key]) => !known.has(metadataWord(key) ?? key))
    for (const [key, value] of entries) said[key] = value
    for (const [key] of entries) known.add(metadataWord(key) ?? key)
  }
  return said
}

/** An IAM principal as evidence. A task's session is new every time and names nobody; only a person's is worth keeping. */
export function principalFields(arn: string | undefined): Signature {
  const principal = alias.awsPrincipal(arn ?? '')
  return signature({
    role: principal?.alias,
    session: principal?.session?.includes('@') ? principal.session.toLowerCase() : undefined,
  })
}

interface Target {
  readonly relation: Relation
  readonly to: Alias
}

/**
 * Tags of principals and projects, which their owners set and bills repeat on every row. Said once for each value, from the
 * beginning of the month it first stands in; where a value changes within a month, from the row that first has it.
 */
export class HolderTags {
  readonly #known = new WeakMap<Json, readonly Target[]>()
  readonly #first = new Map<string, {readonly link: LinkFact; readonly at: number}>()

  /** `at` is when the row with these tags was used, epoch ms. */
  note(line: number, holder: Alias, tags: Json, at: number): void {
    for (const {relation, to} of this.#targets(tags)) {
      const key = `${holder}\n${relation}\n${to}`
      const known = this.#first.get(key)
      if (known === undefined || at < known.at)
        this.#first.set(key, {at, link: link(line, relation, holder, to, 'label')})
    }
  }

  #targets(tags: Json): readonly Target[] {
    const known = this.#known.get(tags)
    if (known) return known
    const targets: Target[] = []
    for (const [word, values] of metadata(firstSaid(tags, departmentsAsTeams(tags)))) {
      const relation = METADATA_RELATIONS[word as ClaimWord]
      const target = METADATA_TARGETS[word]
      if (relation !== undefined && target !== undefined)
        for (const to of new Set(values.map(target))) targets.push({relation, to})
    }
    this.#known.set(tags, targets)
    return targets
  }

  *links(): Generator<LinkFact> {
    const earliest = new Map<string, number>()
    for (const {link: said, at} of this.#first.values()) {
      const place = `${said.from}\n${said.relation}\n${monthOf(at)}`
      earliest.set(place, Math.min(earliest.get(place) ?? at, at))
    }
    for (const {link: said, at} of this.#first.values()) {
      const month = monthOf(at)
      const first = earliest.get(`${said.from}\n${said.relation}\n${month}`) === at
      yield {...said, validFrom: first ? month : at, exclusive: true}
    }
  }
}

/** Who pays for a principal is often written as its department; only a team of that name will answer to it. */
const departmentsAsTeams = (tags: Json): Json =>
  Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) =>
      /^(?:department|dept)$/i.test(key) ? [['team', value]] : [],
    ),
  )

function monthOf(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

/** The month that a bill is of, as its partition names it: the period it states, else the month of the charge. */
export function billedMonth(period: string | undefined, at: number): string {
  const month = /^(20\d{2})-?(0[1-9]|1[0-2])/.exec(period ?? '')
  return month ? `${month[1]}-${month[2]}` : formatDay(dayOf(parseTime(period ?? '') ?? at)).slice(0, 7)
}

/** When a file was exported, as its rows say; and whether its period is invoiced, which is so once every charge has its invoice. */
export class Export {
  #at: number | null = null
  #rows = 0
  #invoiced = 0

  note(exportedAt: string | undefined, invoice: string | undefined): void {
    const at = parseTime(exportedAt ?? '')
    if (at !== null) this.#at = Math.max(this.#at ?? at, at)
    this.#rows++
    if (invoice !== undefined) this.#invoiced++
  }

  *facts(): Generator<ExportFact> {
    const final = this.#rows > 0 && this.#invoiced === this.#rows
    if (final || this.#at !== null) yield {fact: 'export', line: 1, at: this.#at, ...(final ? {final} : {})}
  }
}
