/** Lists that people keep by hand or export by report: CSV or JSON, under whatever headers, read by normalised column. */
import {type Issue, issue} from '../model/fact.ts'
import {parseUsd} from '../model/money.ts'
import {parseTime} from '../model/time.ts'
import {columnKey} from './column-key.ts'
import type {Head, Row, Source} from './connector.ts'
import {array, isObject} from './fields.ts'

/** A canonical field and the headers it goes by, best first. */
export type Columns<Field extends string> = {readonly [field in Field]: readonly string[]}

/** BambooHR lists people under this key beside a description of the columns. */
const LIST = 'employees'

/** Rows of a CSV, or the plain values of JSON objects as if they were rows. */
export function* table(source: Source): Generator<Row | Issue> {
  if (source.head.shape === 'csv') {
    yield* source.rows()
    return
  }
  for (const record of source.records()) {
    if ('fact' in record) yield record
    else for (const value of listed(record.value)) yield {line: record.line, row: rowOf(value)}
  }
}

const listed = (value: unknown): readonly unknown[] =>
  isObject(value) && Array.isArray(value[LIST]) ? array(value, LIST) : [value]

function rowOf(value: unknown): Row['row'] {
  const row: {[column: string]: string} = Object.create(null)
  if (!isObject(value)) return row
  for (const [key, cell] of Object.entries(value)) {
    if (typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean')
      row[columnKey(key)] ??= String(cell).trim()
    // Workday nests the fields of a related object: `Worker_s_Manager_group: [{Manager_ID: "1002"}]`.
    else if (/_group$/.test(key) && Array.isArray(cell))
      for (const [inner, said] of Object.entries(rowOf(cell[0]))) row[inner] ??= said ?? ''
  }
  return row
}

/** The normalised columns of a CSV, or the keys of the first JSON object. */
export function columnsOf({shape, columns, sample}: Head): readonly string[] {
  if (shape === 'csv') return columns
  const [first] = listed(sample[0])
  return (shape === 'json' || shape === 'jsonl') && isObject(first) ? Object.keys(first).map(columnKey) : []
}

export const hasAny = (columns: readonly string[], names: readonly string[]): boolean =>
  names.some(name => columns.includes(name))

/** The first of the named columns that says something. */
export function cell(row: Row['row'], names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = row[name]
    if (value !== undefined && value !== '') return value
  }
  return undefined
}

/** What was written, short enough to show. */
export const quoted = (written: string | undefined): string =>
  written === undefined ? 'empty' : JSON.stringify(written.slice(0, 40))

/** A day or instant as written, to epoch ms; an issue that says how to mend it otherwise. */
export function dayOr(line: number, column: string, written: string | undefined): number | Issue {
  const at = parseTime(written ?? '')
  if (at !== null) return at
  if (/^\d{5}(\.\d+)?$/.test(written ?? ''))
    return issue(
      line,
      'excel-date',
      `${column} ${quoted(written)} is a spreadsheet's day number, not a date`,
      'format the column as YYYY-MM-DD and export again',
    )
  return issue(
    line,
    'bad-time',
    `${column} is ${quoted(written)}, not a date`,
    'write it as YYYY-MM-DD, as 2026-10-01',
  )
}

/** An amount as written, to nano-units of its currency; an issue that says how to mend it otherwise. */
export function amountOr(line: number, column: string, written: string | undefined): bigint | Issue {
  const at = `${column} ${quoted(written)}`
  if (/^[+-]?\d{16}/.test(written ?? ''))
    return issue(
      line,
      'bad-amount',
      `${at} has over 15 digits before the point`,
      'check the unit; write it as 12000.00',
    )
  const amount = parseUsd(written ?? '')
  if (amount !== null) return amount
  if (/\p{Sc}|[A-Z]{3}/u.test(written ?? ''))
    return issue(
      line,
      'currency-sign',
      `${at} holds its currency`,
      'write the number alone, as 12000.00, and the currency in its column',
    )
  if (written?.includes(','))
    return issue(
      line,
      'decimal-comma',
      `${at} holds a comma, which some read as a decimal point and some as thousands`,
      'write it with a point and without thousands separators, as 12000.00',
    )
  return issue(
    line,
    'bad-amount',
    `${column} is ${quoted(written)}, not a decimal number`,
    'write it as 12000.00',
  )
}

/** An ISO 4217 code in any case; an issue where there is none. */
export function currencyOr(line: number, column: string, written: string | undefined): string | Issue {
  return /^[a-z]{3}$/i.test(written ?? '')
    ? written!.toUpperCase()
    : issue(
        line,
        'unknown-currency',
        `${column} is ${quoted(written)}, not a currency code`,
        'write its three letters, as USD',
      )
}

/** `4130 - Product Fen` and `4130 Product Fen` are a code and a name; `04130` is a code, and text. */
export function codeAndName(written: string): {code: string; name: string | undefined} {
  const [, number, words] = /^(\d[\d.-]*)\s+(?!-\s)(.*\p{L}.*)$/u.exec(written.trim()) ?? []
  if (number !== undefined) return {code: number, name: words}
  const [code = '', ...name] = written.split(' - ')
  return {code: code.trim(), name: name.join(' - ').trim() || undefined}
}
