/** Money by ranges of a measure. */
import type {Histogram} from '../../chart.ts'
import {columns} from './columns.ts'
import {type Drawing, fitted, textWidth} from './svg.ts'

/** What the money on the left takes. */
const LEFT = 60
const GAP = 6

export function histogram({series, bins}: Histogram, width: number): Drawing {
  const place = (width - LEFT) / bins.length
  const fits = bins.every(({label}) => textWidth(label) <= place - GAP)
  const items = bins.map(({label, short, parts}) => ({
    ...{name: label, parts},
    foot: fits ? label : fitted(short, place - GAP),
  }))
  return columns(series, items, {width, height: width < 500 ? 220 : 330, fill: 0.8})
}
