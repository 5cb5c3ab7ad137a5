/** What stands on each level of the explorer: columns, rows in the chosen order, and what a search looks at. */
import {type Nanos, showExactUsd} from '../../model/money.ts'
import {DAY_MS, formatTime} from '../../model/time.ts'
import type {Explanation} from '../explanation.ts'
import {nobody} from '../line-table.ts'
import type {Line} from '../lines.ts'
import {ppmOf} from '../reconcile.ts'
import type {Column, Row} from '../report.ts'
import {type Book, compare, type RecordLine, type ServiceLine, servicesOf} from './book.ts'

/** Where one stands on a level. `top`: the first line on the screen; `order`: an index of the level's orders. */
interface Standing {
  readonly cursor: number
  readonly top: number
  readonly order: number
  readonly search: string
}

export type Level = Standing &
  (
    | {readonly at: 'ledger'}
    | {readonly at: 'team'; readonly line: Line}
    | {
        readonly at: 'service'
        readonly line: Line
        readonly service: ServiceLine
        /** Those read so far, newest first. */
        readonly records: readonly RecordLine[]
        /** Days with more of them, newest first; null: not asked yet. */
        readonly unread: readonly number[] | null
      }
    | {
        readonly at: 'record'
        readonly record: RecordLine
        /** Null: not asked yet. */
        readonly explanation: Explanation | null
      }
  )

type ListAt = Exclude<Level['at'], 'record'>

export const START: Standing = {cursor: 0, top: 0, order: 0, search: ''}

/** How a level can be sorted, in words. */
export const ORDERS: {readonly [at in Level['at']]: readonly string[]} = {
  ledger: ['dearest first', 'by name', 'most records first', 'least sure first'],
  team: ['dearest first', 'by name', 'most records first'],
  service: ['newest first', 'by day, dearest first'],
  record: [],
}

export const lineName = (line: Line): string => line.organization?.name ?? nobody(line)
export const serviceName = ({service}: ServiceLine): string => service?.name ?? '(no service named)'
export const minute = (at: number): string => formatTime(at).slice(0, 16).replace('T', ' ')

/** An entry of a list: what it opens, how it is shown, and the words a search finds it by. */
export interface Entry<T = Line | ServiceLine | RecordLine> {
  readonly value: T
  readonly row: Row
}

export const COLUMNS: {readonly [at in ListAt]: readonly Column[]} = {
  ledger: [
    {key: 'organization', label: 'Team', kind: 'text'},
    {key: 'budget', label: 'Budget', kind: 'text', drop: 4},
    {key: 'spend_class', label: 'Spend', kind: 'class'},
    {key: 'cost', label: 'Cost', kind: 'usd'},
    {key: 'share', label: 'Share', kind: 'share', drop: 2},
    {key: 'bar', label: '', kind: 'bar'},
    {key: 'confidence', label: 'Conf.', kind: 'ratio', drop: 3},
    {key: 'records', label: 'Records', kind: 'count', drop: 5},
  ],
  team: [
    {key: 'service', label: 'Service', kind: 'text'},
    {key: 'cost', label: 'Cost', kind: 'usd'},
    {key: 'share', label: 'Share', kind: 'share', drop: 1},
    {key: 'bar', label: '', kind: 'bar'},
    {key: 'records', label: 'Records', kind: 'count'},
  ],
  service: [
    {key: 'time', label: 'Time, UTC', kind: 'day'},
    {key: 'model', label: 'Model', kind: 'text'},
    {key: 'cost', label: 'Cost', kind: 'usd'},
    {key: 'whole', label: 'Of', kind: 'usd', drop: 3},
    {key: 'input', label: 'Input', kind: 'count', drop: 1},
    {key: 'output', label: 'Output', kind: 'count', drop: 2},
  ],
}

/** What a list shows: all that the search leaves, in the chosen order. */
export function shown(level: Level, book: Book): readonly (Line | ServiceLine | RecordLine)[] {
  switch (level.at) {
    case 'ledger':
      return sorted(found(book.lines, level.search, wordsOfLine), LINE_ORDERS[level.order])
    case 'team':
      return sorted(
        found(servicesOf(book.spend, level.line), level.search, serviceName),
        SERVICE_ORDERS[level.order],
      )
    case 'service':
      return sorted(found(level.records, level.search, wordsOfRecord), RECORD_ORDERS[level.order])
    case 'record':
      return []
  }
}

const found = <T>(items: readonly T[], search: string, wordsOf: (item: T) => string): readonly T[] =>
  search === '' ? items : items.filter(item => wordsOf(item).toLowerCase().includes(search.toLowerCase()))

type Order<T> = ((a: T, b: T) => number) | null | undefined

const sorted = <T>(items: readonly T[], order: Order<T>): readonly T[] =>
  order ? [...items].sort(order) : items

const wordsOfLine = (line: Line): string =>
  [
    lineName(line),
    line.budget?.name ?? '',
    line.spendClass,
    ...line.topServices.map(({service}) => service.name),
  ].join('\n')
/** Not by its id: that may be somebody's. */
const wordsOfRecord = ({at, model}: RecordLine): string => `${minute(at)}\n${model ?? ''}`

/** In the order of `ORDERS`; null: as they come. */
const LINE_ORDERS: readonly Order<Line>[] = [
  null,
  (a, b) => compare(lineName(a), lineName(b)),
  (a, b) => b.records - a.records,
  (a, b) => sureness(a) - sureness(b),
]
const sureness = ({spendClass, coperMean}: Line): number => (spendClass === 'unresolved' ? 0 : coperMean)
const SERVICE_ORDERS: readonly Order<ServiceLine>[] = [
  null,
  (a, b) => compare(serviceName(a), serviceName(b)),
  (a, b) => b.records - a.records,
]
const RECORD_ORDERS: readonly Order<RecordLine>[] = [
  null,
  (a, b) => dayIn(b) - dayIn(a) || compare(b.cost ?? 0n, a.cost ?? 0n),
]
const dayIn = ({at}: RecordLine): number => Math.floor(at / DAY_MS)

/** Rows of some of a list's items. */
export function rowsOf(level: Level, items: readonly (Line | ServiceLine | RecordLine)[], book: Book): Row[] {
  switch (level.at) {
    case 'ledger': {
      const most = greatest(book.lines)
      return (items as readonly Line[]).map(line => lineRow(line, book.totals.total, most))
    }
    case 'team': {
      const most = greatest(servicesOf(book.spend, level.line))
      return (items as readonly ServiceLine[]).map(service => serviceRow(service, level.line.cost, most))
    }
    case 'service':
      return recordRows(items as readonly RecordLine[])
    case 'record':
      return []
  }
}

/** Bars are as long as the row's part of the dearest. */
const greatest = (items: readonly {readonly cost: Nanos}[]): Nanos =>
  items
    .map(({cost}) => cost)
    .toSorted(compare)
    .at(-1) ?? 0n

function lineRow(line: Line, total: Nanos, most: Nanos): Row {
  return {
    organization: lineName(line),
    budget: line.budget?.name ?? null,
    spend_class: line.spendClass,
    cost: line.cost,
    share: ppmOf(line.cost, total),
    bar: ppmOf(line.cost, most),
    confidence: line.spendClass === 'unresolved' ? null : line.coperMean,
    records: line.records,
  }
}

function serviceRow(service: ServiceLine, total: Nanos, most: Nanos): Row {
  const {cost, records, unpriced} = service
  const unknown = unpriced > 0 && unpriced === records
  return {
    service: serviceName(service),
    cost: unknown ? null : cost,
    share: ppmOf(cost, total),
    bar: ppmOf(cost, most),
    records,
  }
}

/** Costs are exact, their points one under the other. */
function recordRows(records: readonly RecordLine[]): Row[] {
  const costs = pointed(records.map(({cost}) => cost))
  const wholes = pointed(records.map(({cost, whole}) => (cost === whole ? null : whole)))
  return records.map(({at, model, inputTokens, outputTokens}, index) => ({
    time: formatTime(at).slice(0, 19).replace('T', ' '),
    model,
    cost: costs[index]!,
    whole: wholes[index]!,
    input: inputTokens,
    output: outputTokens,
  }))
}

function pointed(amounts: readonly (Nanos | null)[]): (string | null)[] {
  const texts = amounts.map(amount => (amount === null ? null : showExactUsd(amount)))
  const places = (text: string): number => text.length - text.indexOf('.')
  const most = Math.max(0, ...texts.map(text => (text === null ? 0 : places(text))))
  return texts.map(text => (text === null ? null : text + ' '.repeat(most - places(text))))
}
