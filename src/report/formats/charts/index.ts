/** Every chart as a drawing so many pixels wide. */
import {showUsd} from '../../../model/money.ts'
import type {Chart} from '../../chart.ts'
import {bars} from './bars.ts'
import {histogram} from './histogram.ts'
import {sparkline} from './sparkline.ts'
import {stackedTime} from './stacked-time.ts'
import {type Drawing, partsText, svg} from './svg.ts'
import {waterfall} from './waterfall.ts'

export const chartSvg = (chart: Chart, width: number): string =>
  svg(drawn(chart, width), alternativeOf(chart))

function drawn(chart: Chart, width: number): Drawing {
  switch (chart.kind) {
    case 'stacked-time':
      return stackedTime(chart, width)
    case 'bars':
      return bars(chart, width)
    case 'histogram':
      return histogram(chart, width)
    case 'waterfall':
      return waterfall(chart, width)
    case 'sparkline':
      return sparkline(chart, width)
    default:
      return chart satisfies never
  }
}

/** What is to be seen at a glance; every figure stands in the table beside it. */
export function alternativeOf(chart: Chart): string {
  switch (chart.kind) {
    case 'stacked-time':
    case 'bars':
    case 'histogram': {
      const items =
        chart.kind === 'stacked-time' ? chart.points : chart.kind === 'bars' ? chart.bars : chart.bins
      const sums = chart.series.map((_, index) => items.reduce((sum, {parts}) => sum + parts[index]!, 0n))
      return `${partsText(chart.title, chart.series, sums)}; in ${items.length} ${chart.kind === 'stacked-time' ? 'columns' : 'rows'}, told in the table that follows.`
    }
    case 'waterfall':
      return `${chart.title}: from ${chart.from.label} ${showUsd(chart.from.value)} in ${chart.steps.length} steps to ${chart.to.label} ${showUsd(chart.to.value)}.`
    case 'sparkline':
      return `${chart.title}: ${chart.points.filter(({value}) => value !== null).length} known amounts.`
    default:
      return chart satisfies never
  }
}
