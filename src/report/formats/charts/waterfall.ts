/** How one amount becomes another, a step a row. */
import {type Nanos, showUsd} from '../../../model/money.ts'
import type {Waterfall} from '../../chart.ts'
import {scaleOf} from './scale.ts'
import {box, type Drawing, fitted, label, line, textWidth, told} from './svg.ts'

const ROW = 28
const THICK = 14
const GAP = 10

interface Floating {
  readonly name: string
  readonly figure: string
  readonly start: Nanos
  readonly end: Nanos
  readonly kind: string
}

const signed = (amount: Nanos): string => (amount < 0n ? '' : '+') + showUsd(amount)

export function waterfall({from, steps, to}: Waterfall, width: number): Drawing {
  let level = from.value
  const rows: readonly Floating[] = [
    {name: from.label, figure: showUsd(from.value), start: 0n, end: from.value, kind: 'whole'},
    ...steps.map(({label: name, change}) => ({
      ...{name, figure: signed(change), kind: change < 0n ? 'less' : 'more'},
      ...{start: level, end: (level += change)},
    })),
    {name: to.label, figure: showUsd(to.value), start: 0n, end: to.value, kind: 'whole'},
  ]
  const scale = scaleOf(
    rows.flatMap(({start, end}) => [start, end]),
    4,
  )
  const right = Math.max(...rows.map(({figure}) => textWidth(figure))) + GAP
  const names = Math.min(Math.max(...rows.map(({name}) => textWidth(name))), width * 0.4)
  const left = names + GAP
  const x = (amount: Nanos): number => left + scale.at(amount) * (width - left - right)
  const drawn = rows.map(({name, figure, start, end, kind}, index) => {
    const middle = index * ROW + ROW / 2
    const [a, b] = start < end ? [x(start), x(end)] : [x(end), x(start)]
    const next = index < rows.length - 1 ? [line(x(end), middle, x(end), middle + ROW, 'link')] : []
    return told(`${name}: ${figure}`, [
      box({x: 0, y: index * ROW, width, height: ROW}, 'hit'),
      ...next,
      label(names, middle + 4, fitted(name, names), 'end', 'name'),
      box({x: a, y: middle - THICK / 2, width: Math.max(1, b - a), height: THICK}, kind),
      label(width, middle + 4, figure, 'end', 'figure'),
    ])
  })
  return {width, height: rows.length * ROW, parts: drawn}
}
