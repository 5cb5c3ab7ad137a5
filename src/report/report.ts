/** What every lens hands to every format: titles, tables, and the lines that reconcile. */
import type {Nanos} from '../model/money.ts'
import type {Behind} from './behind.ts'
import type {Chart} from './chart.ts'

/**
 * `usd`: nano-dollars, a bigint; `count`: a whole number; `share`: parts per million; `ratio`: ten-thousandths;
 * `quantity`: a measure in the unit its label names, to two significant digits; `bar`: parts per million, drawn; `spark`: a number or
 * nano-dollars a day, oldest first, drawn small; `list`: names, best first; `class`: a money class; `day`: never cut; `note`: a
 * sentence, which a screen shows under its row; `text`: anything else.
 */
export type Kind =
  | 'text'
  | 'list'
  | 'class'
  | 'day'
  | 'usd'
  | 'count'
  | 'share'
  | 'ratio'
  | 'quantity'
  | 'bar'
  | 'spark'
  | 'note'

export interface Column {
  readonly key: string
  readonly label: string
  readonly kind: Kind
  /** Narrow screens leave out columns that have this, the highest first. */
  readonly drop?: number
}

/** Numbers, or money, one after another; null: not known, drawn as a gap. */
export type Trend = readonly (number | Nanos | null)[]

/** Null is shown as nothing known, never as zero. */
export type Cell = string | number | Nanos | readonly string[] | Trend | null

export interface Row {
  readonly [column: string]: Cell
}

export interface Table {
  /** Short name of the table: the value of the CSV's first column. */
  readonly key: string
  readonly title: string | null
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** What to say instead of an empty table. */
  readonly empty: string
  /** What stands behind each row, in the rows' order; only a page shows it. Null: nothing more is said. */
  readonly behind?: readonly (Behind | null)[]
}

export interface Report {
  readonly title: string
  readonly subtitle: string
  readonly tables: readonly Table[]
  /** Drawn where there is room for drawings: on a page. What they show sums to what the tables say. */
  readonly charts?: readonly Chart[]
  /** Lines under the tables; the last reconciles: the classes of money, their total, and what was billed. */
  readonly closing: readonly string[]
}

/** One report among several. */
export interface Chapter {
  /** The lens that it is of. */
  readonly id: string
  readonly summary: string
  readonly report: Report
}

/** Several reports, one after another; `closing` ends them all and reconciles. */
export interface Book extends Pick<Report, 'title' | 'subtitle' | 'closing'> {
  readonly chapters: readonly Chapter[]
}

export const isNumeric = (kind: Kind): boolean =>
  kind === 'usd' || kind === 'count' || kind === 'share' || kind === 'ratio' || kind === 'quantity'
