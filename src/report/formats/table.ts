/** A report for a terminal. Text columns give way on narrow screens; money never does. */
import {type Cell, type Column, isNumeric, type Report, type Row, type Table} from '../report.ts'
import {cellText} from './cell-text.ts'
import {clean, elide, padEnd, padStart, paint, type Screen, widthOf, wrap} from './layout.ts'
import {sparkline, trendOf} from './sparkline.ts'

const GAP = 2
/** Columns are left out rather than squeeze text below this; only then does it shrink to the least. */
const READABLE_TEXT = 18
const LEAST_TEXT = 8
const BAR = 30
const READABLE_BAR = 10
/** How narrow text and bars get, one step after the other, while a row is too wide. */
const GIVING = [
  [Number.POSITIVE_INFINITY, READABLE_BAR],
  [READABLE_TEXT, READABLE_BAR],
  [READABLE_TEXT, 0],
  [LEAST_TEXT, 0],
] as const
/** Before a note, under its row. */
const INDENT = '  '

/** Ends without a newline. */
export function toTable(report: Report, screen: Screen): string {
  const {bold, dim} = paint(screen)
  const head = [
    bold(elide(clean(report.title), screen.width)),
    dim(elide(clean(report.subtitle), screen.width)),
  ]
  const tables = report.tables.map(table => tableLines(table, screen).join('\n'))
  const closing = report.closing.flatMap((text, index) =>
    wrap(text, screen.width).map(line => (index === report.closing.length - 1 ? bold(line) : line)),
  )
  return [head.join('\n'), ...tables, closing.join('\n')].join('\n\n')
}

function tableLines(table: Table, screen: Screen): string[] {
  const {bold, dim} = paint(screen)
  const title = table.title === null ? [] : wrap(table.title, screen.width).map(text => bold(text))
  if (table.rows.length === 0) return [...title, ...wrap(table.empty, screen.width).map(text => dim(text))]
  const columns = placeColumns(table, screen.width)
  const notes = table.columns.filter(({kind}) => kind === 'note')
  const rows = table.rows.flatMap(row => [
    rowLine(row, columns, screen),
    ...notes.flatMap(column =>
      wrap(cellText(row[column.key] ?? null, column), screen.width - INDENT.length).map(text =>
        dim(`${INDENT}${text}`),
      ),
    ),
  ])
  return [...title, dim(labelLine(columns)), ...rows]
}

const line = (cells: readonly string[]): string => cells.join(' '.repeat(GAP)).trimEnd()

export const labelLine = (columns: readonly Placed[]): string =>
  line(columns.map(({column, width}) => aligned(elide(column.label, width), column, width)))

export const rowLine = (row: Row, columns: readonly Placed[], screen: Screen): string =>
  line(columns.map(({column, width}) => drawn(row[column.key] ?? null, column, width, screen)))

export interface Placed {
  readonly column: Column
  readonly width: number
}

const isText = ({kind}: Column): boolean => kind === 'text' || kind === 'list'

/** A trend can be told in less room. */
const gives = (column: Column): boolean => isText(column) || column.kind === 'spark'

/** Which columns a screen has room for, and how wide each is. */
export function placeColumns(
  {columns: all, rows}: Pick<Table, 'columns' | 'rows'>,
  screenWidth: number,
): Placed[] {
  const columns = all.filter(({kind}) => kind !== 'note')
  const natural = new Map(
    columns.map(column => {
      const widths = rows.map(row =>
        column.kind === 'bar' ? BAR : widthOf(clean(cellText(row[column.key] ?? null, column))),
      )
      return [column, Math.max(widthOf(column.label), ...widths)]
    }),
  )
  const least = (column: Column, text: number, bar: number): number =>
    gives(column) ? Math.min(natural.get(column)!, text) : column.kind === 'bar' ? bar : natural.get(column)!
  const needed = (shown: readonly Column[]): number =>
    shown.reduce((sum, column) => sum + least(column, READABLE_TEXT, READABLE_BAR), GAP * (shown.length - 1))
  let shown = [...columns]
  while (needed(shown) > screenWidth) {
    const last = shown.reduce((a, b) => ((b.drop ?? 0) > (a.drop ?? 0) ? b : a))
    if (last.drop === undefined) break
    shown = shown.filter(column => column !== last)
  }
  const placed = shown.map(column => ({column, width: natural.get(column)!}))
  const over = (): number =>
    placed.reduce((sum, {width}) => sum + width, GAP * (placed.length - 1)) - screenWidth
  for (const [text, bar] of GIVING)
    while (over() > 0) {
      const givers = placed.filter(({column, width}) => width > least(column, text, bar))
      if (givers.length === 0) break
      givers.reduce((a, b) => (b.width > a.width ? b : a)).width--
    }
  return placed
}

const aligned = (text: string, {kind}: Column, width: number): string =>
  isNumeric(kind) ? padStart(text, width) : padEnd(text, width)

const CLASS_COLOURS = {owned: 'green', contested: 'yellow', unresolved: 'red'} as const

function drawn(cell: Cell, column: Column, width: number, screen: Screen): string {
  const painter = paint(screen)
  if (column.kind === 'bar' || column.kind === 'spark') {
    const picture =
      column.kind === 'spark'
        ? sparkline(trendOf(cell), width)
        : '█'.repeat(Math.round((Math.max(0, Number(cell)) / 1_000_000) * width))
    return painter.cyan(picture) + ' '.repeat(width - widthOf(picture))
  }
  const whole = clean(cellText(cell, column))
  const text = aligned(isText(column) ? elide(whole, width) : whole, column, width)
  if (column.kind === 'class' && whole in CLASS_COLOURS)
    return painter[CLASS_COLOURS[whole as keyof typeof CLASS_COLOURS]](text)
  return cell === null ? painter.dim(text) : text
}
