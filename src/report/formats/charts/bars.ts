/** Ranked names with their money, each a stack lying down. */
import {type Nanos, showUsd} from '../../../model/money.ts'
import {type Bars, sumOf} from '../../chart.ts'
import {scaleOf} from './scale.ts'
import {box, type Drawing, fitted, label, line, partsText, reach, stacked, textWidth, told} from './svg.ts'

const ROW = 24
const THICK = 12
const GAP = 10

export function bars({series, bars: items}: Bars, width: number): Drawing {
  const figures = items.map(({parts}) => showUsd(sumOf(parts)))
  const right = Math.max(0, ...figures.map(textWidth)) + GAP
  const names = Math.min(Math.max(0, ...items.map(item => textWidth(item.label))), width * 0.36)
  const left = names + GAP
  const scale = scaleOf(reach(items.map(({parts}) => parts)), 4)
  // The longest bar reaches the figures: no ticks are written, so none need to be round.
  const longest = Math.max(
    0.000_001,
    ...items.flatMap(({parts}) => stacked(parts).map(([, to]) => scale.at(to))),
  )
  const x = (amount: Nanos): number => left + (scale.at(amount) / longest) * (width - left - right)
  const rows = items.map((item, index) => {
    const middle = index * ROW + ROW / 2
    const pieces = stacked(item.parts).map(([from, to], at) => {
      const [start, end] = from < to ? [x(from), x(to)] : [x(to), x(from)]
      const place = {x: start, y: middle - THICK / 2, width: Math.max(0.5, end - start), height: THICK}
      return from === to ? '' : box(place, series[at]!.tone)
    })
    return told(partsText(item.label, series, item.parts), [
      box({x: 0, y: index * ROW, width, height: ROW}, 'hit'),
      label(names, middle + 4, fitted(item.label, names), 'end', 'name'),
      ...pieces,
      label(width, middle + 4, figures[index]!, 'end', 'figure'),
    ])
  })
  const height = items.length * ROW
  return {width, height, parts: [...rows, line(x(0n), 0, x(0n), height, 'axis')]}
}
