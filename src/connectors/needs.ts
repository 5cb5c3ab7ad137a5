/** What a format cannot lack, and how much of it a file has. */
import type {Head} from './connector.ts'
import {isObject} from './fields.ts'
import {columnsOf} from './table.ts'

/** One name, or several of which any will do, the usual one first. */
export type Need = string | readonly string[]

/** Each list speaks of files of its own shape; all of its needs must be met. */
export interface Needs {
  /** Columns of a CSV, normalised (`columnKey`). */
  readonly columns?: readonly Need[]
  /** Fields of one record of JSON (or YAML), as written; dots go down: `message.usage`. */
  readonly fields?: readonly Need[]
  /** Columns of a CSV or keys of JSON objects, both normalised (`table.ts`). */
  readonly table?: readonly Need[]
}

/** How a file meets what a format needs: what is missing by the usual name of each. */
export interface Fit {
  readonly needed: number
  readonly missing: readonly string[]
}

function measure(needs: readonly Need[], has: (name: string) => boolean): Fit {
  const missing = needs
    .map(need => (typeof need === 'string' ? [need] : need))
    .filter(names => !names.some(has))
  return {needed: needs.length, missing: missing.map(([name = '']) => name)}
}

function holds(record: unknown, path: string): boolean {
  let at = record
  for (const key of path.split('.')) {
    if (!isObject(at) || !Object.hasOwn(at, key)) return false
    at = at[key]
  }
  return true
}

/** Null where nothing is said of files of this shape. Of several records the best speaks: one bad record says nothing. */
export function fitOf(needs: Needs, head: Head): Fit | null {
  if (needs.table) {
    const columns = columnsOf(head)
    return columns.length === 0 ? null : measure(needs.table, name => columns.includes(name))
  }
  if (head.shape === 'csv')
    return needs.columns ? measure(needs.columns, name => head.columns.includes(name)) : null
  const {fields} = needs
  if (!fields) return null
  const fits = head.sample.filter(isObject).map(record => measure(fields, path => holds(record, path)))
  return fits.sort((a, b) => a.missing.length - b.missing.length)[0] ?? null
}

export const hasNeeds = (needs: Needs | undefined, head: Head): boolean =>
  needs !== undefined && fitOf(needs, head)?.missing.length === 0
