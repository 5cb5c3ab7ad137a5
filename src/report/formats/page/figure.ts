/** A chart of a page: drawn for three widths, of which the page shows the one that fits, and told as a table. */
import {type Chart, tableOf} from '../../chart.ts'
import {chartSvg} from '../charts/index.ts'
import {escaped} from '../escaped.ts'
import {tableHtml} from './table.ts'

const WIDTHS = {narrow: 330, middle: 560, broad: 1100} as const

/** The hatching that stands for money nobody owns: once a page. */
export const DEFINITIONS =
  '<svg class="defs" aria-hidden="true"><defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V5"/></pattern></defs></svg>'

export function figureHtml(chart: Chart): string {
  const wide = chart.kind === 'stacked-time'
  const drawn = (Object.keys(WIDTHS) as (keyof typeof WIDTHS)[])
    .map(size => chartSvg(chart, WIDTHS[size]).replace('<svg ', `<svg class="${size}" `))
    .join('\n')
  const table = tableHtml(tableOf(chart), {name: `${chart.title}, as a table`, drawerOf: () => null})
  return `<figure${wide ? ' class="wide"' : ''}>
<figcaption><h2>${escaped(chart.title)}</h2>${legend(chart)}</figcaption>
${drawn}
<details><summary>As a table</summary>
${table}
</details>
</figure>`
}

function legend(chart: Chart): string {
  if (!('series' in chart) || chart.series.length < 2) return ''
  const items = chart.series.map(({tone, label}) => `<span><b class="${tone}"></b>${escaped(label)}</span>`)
  return `<span class="legend">${items.join('')}</span>`
}
