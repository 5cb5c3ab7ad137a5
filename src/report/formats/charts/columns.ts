/** Upright stacks on a common foot, with money along the left: what charts over time and histograms share. */
import type {Nanos} from '../../../model/money.ts'
import type {Series} from '../../chart.ts'
import {scaleOf, tickText} from './scale.ts'
import {box, type Drawing, label, line, partsText, reach, stacked, textWidth, told} from './svg.ts'

export interface ColumnItem {
  readonly name: string
  /** Written under it; null: nothing is. */
  readonly foot: string | null
  readonly parts: readonly Nanos[]
}

interface Shape {
  readonly width: number
  readonly height: number
  /** The part of its place that a column fills, 0 to 1. */
  readonly fill: number
}

const FOOT = 22
const TOP = 10
const WIDEST = 64

export function columns(
  series: readonly Series[],
  items: readonly ColumnItem[],
  {width, height, fill}: Shape,
): Drawing {
  const scale = scaleOf(reach(items.map(({parts}) => parts)), 4)
  const left = Math.max(...scale.ticks.map(tick => textWidth(tickText(tick)))) + 10
  const y = (amount: Nanos): number => height - FOOT - scale.at(amount) * (height - FOOT - TOP)
  const place = (width - left) / items.length
  const thick = Math.min(WIDEST, Math.max(1, place * fill))
  const grid = scale.ticks.flatMap(tick => [
    line(left, y(tick), width, y(tick), tick === 0n ? 'axis' : 'grid'),
    label(left - 8, y(tick) + 4, tickText(tick), 'end'),
  ])
  const drawn = items.map(({name, parts}, index) => {
    const x = left + place * (index + 0.5) - thick / 2
    const pieces = stacked(parts).map(([from, to], at) => {
      const [top, bottom] = from < to ? [y(to), y(from)] : [y(from), y(to)]
      return from === to
        ? ''
        : box({x, y: top, width: thick, height: Math.max(0.5, bottom - top)}, series[at]!.tone)
    })
    const all = box({x: left + place * index, y: TOP, width: place, height: height - FOOT - TOP}, 'hit')
    return told(partsText(name, series, parts), [all, ...pieces])
  })
  const feet = items.flatMap(({foot}, index) =>
    foot === null ? [] : [label(left + place * (index + 0.5), height - 5, foot, 'middle')],
  )
  return {width, height, parts: [...grid, ...drawn, ...feet]}
}
