/** Charts as data: what is drawn, never how. Money is exact, so a chart sums to what its tables say; each is a table too. */
import type {Nanos} from '../model/money.ts'
import {formatDay} from '../model/time.ts'
import type {Column, Row, Table} from './report.ts'

/** What a part of a bar is; its colour follows. `plain`: no money class. */
export type Tone = 'owned' | 'contested' | 'unresolved' | 'plain'

export interface Series {
  readonly tone: Tone
  readonly label: string
}

interface Titled {
  readonly key: string
  readonly title: string
  /** Key of the table that it follows; absent: it stands before all tables. */
  readonly after?: string
}

/** Money by series, in their order. */
type Parts = readonly Nanos[]

/** Money over time: days, or spans of as many days each. */
export interface StackedTime extends Titled {
  readonly kind: 'stacked-time'
  readonly series: readonly Series[]
  /** `day`: the first, days since 1970; without a gap. */
  readonly points: readonly {readonly day: number; readonly days: number; readonly parts: Parts}[]
}

/** Money by whatever has a name, in the order given. */
export interface Bars extends Titled {
  readonly kind: 'bars'
  readonly series: readonly Series[]
  /** What the names are: the heading of their column. */
  readonly of: string
  readonly bars: readonly {readonly label: string; readonly parts: Parts}[]
}

/** Money by ranges of a measure, lowest first. */
export interface Histogram extends Titled {
  readonly kind: 'histogram'
  readonly series: readonly Series[]
  readonly of: string
  /** `short`: the label where there is little room. */
  readonly bins: readonly {readonly label: string; readonly short: string; readonly parts: Parts}[]
}

/** How one amount becomes another: `from` and all steps sum to `to`, exactly. */
export interface Waterfall extends Titled {
  readonly kind: 'waterfall'
  readonly from: {readonly label: string; readonly value: Nanos}
  readonly steps: readonly {readonly label: string; readonly change: Nanos}[]
  readonly to: {readonly label: string; readonly value: Nanos}
}

/** One small line over equal spans; null: not known, and a gap. */
export interface Sparkline extends Titled {
  readonly kind: 'sparkline'
  readonly of: string
  readonly points: readonly {readonly label: string; readonly value: Nanos | null}[]
}

export type Chart = StackedTime | Bars | Histogram | Waterfall | Sparkline

export const sumOf = (parts: Parts): Nanos => parts.reduce((sum, part) => sum + part, 0n)

/** First and last day of a span, as people write them. */
export const spanText = ({day, days}: {readonly day: number; readonly days: number}): string =>
  days === 1 ? formatDay(day) : `${formatDay(day)} to ${formatDay(day + days - 1)}`

/** All a chart shows, to be read. */
export function tableOf(chart: Chart): Table {
  const table = (columns: readonly Column[], rows: readonly Row[]): Table => ({
    ...{key: chart.key, title: null, columns, rows, empty: 'Nothing to show.'},
  })
  const stacked = (of: string, series: readonly Series[], items: readonly {label: string; parts: Parts}[]) =>
    table(
      [
        {key: 'label', label: of, kind: 'text'},
        ...series.map(({label}, index) => ({key: `part_${index}`, label, kind: 'usd' as const})),
        ...(series.length > 1 ? [{key: 'total', label: 'Total', kind: 'usd' as const}] : []),
      ],
      items.map(({label, parts}) => ({
        label,
        ...Object.fromEntries(parts.map((part, index) => [`part_${index}`, part])),
        total: sumOf(parts),
      })),
    )
  switch (chart.kind) {
    case 'stacked-time':
      return stacked(
        'Day',
        chart.series,
        chart.points.map(point => ({label: spanText(point), parts: point.parts})),
      )
    case 'bars':
      return stacked(chart.of, chart.series, chart.bars)
    case 'histogram':
      return stacked(chart.of, chart.series, chart.bins)
    case 'waterfall':
      return table(
        [
          {key: 'label', label: 'Step', kind: 'text'},
          {key: 'usd', label: 'Amount', kind: 'usd'},
        ],
        [
          {label: chart.from.label, usd: chart.from.value},
          ...chart.steps.map(({label, change}) => ({label, usd: change})),
          {label: chart.to.label, usd: chart.to.value},
        ],
      )
    case 'sparkline':
      return table(
        [
          {key: 'label', label: chart.of, kind: 'text'},
          {key: 'usd', label: 'Amount', kind: 'usd'},
        ],
        chart.points.map(({label, value}) => ({label, usd: value})),
      )
    default:
      return chart satisfies never
  }
}
