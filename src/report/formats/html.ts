/** A report as one self-contained page: no script, nothing fetched. */
import {type Cell, type Column, isNumeric, type Report, type Table} from '../report.ts'
import {cellText} from './cell-text.ts'
import {clean} from './layout.ts'
import {trendOf, trendText} from './sparkline.ts'

const ENTITIES: {readonly [character: string]: string} = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => clean(text).replace(/[&<>"']/g, character => ENTITIES[character]!)

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent) }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2.5rem auto; padding: 0 1.25rem }
h1 { margin: 0; font-size: 1.5rem } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
.subtitle, th, .closing p { color: color-mix(in srgb, currentColor 70%, transparent) }
.scroll { overflow-x: auto; margin: 1.25rem 0 }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { font-weight: 500 } .number { text-align: right; white-space: nowrap }
.owned { color: light-dark(#176f2c, #5fd07a) } .contested { color: light-dark(#8a5a00, #e3b341) }
.unresolved { color: light-dark(#b3261e, #ff8a80) }
.bar { display: block; height: .8em; margin-top: .35em; border-radius: 2px; background: light-dark(#2f6fb2, #6aa9e9) }
.closing p:last-child { color: inherit; font-weight: 600 }`

/** Ends without a newline. */
export const toHtml = (report: Report): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(`${report.title}, ${report.subtitle}`)}</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>${escaped(report.title)}</h1>
<p class="subtitle">${escaped(report.subtitle)}</p>
${report.tables.map(tableHtml).join('\n')}
<div class="closing">
${report.closing.map(line => `<p>${escaped(line)}</p>`).join('\n')}
</div>
</body>
</html>`

function tableHtml({title, columns, rows, empty}: Table): string {
  const heading = title === null ? '' : `<h2>${escaped(title)}</h2>\n`
  if (rows.length === 0) return `${heading}<p>${escaped(empty)}</p>`
  const head = columns.map(column => `<th${classOf(column)}>${escaped(column.label)}</th>`).join('')
  const body = rows.map(
    row => `<tr>${columns.map(column => cellHtml(row[column.key] ?? null, column)).join('')}</tr>`,
  )
  return `${heading}<div class="scroll"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>`
}

const classOf = ({kind}: Column): string => (isNumeric(kind) ? ' class="number"' : '')

function cellHtml(cell: Cell, column: Column): string {
  if (column.kind === 'bar')
    return `<td style="width:40%"><span class="bar" style="width:${(Math.max(0, Number(cell)) / 10_000).toFixed(1)}%"></span></td>`
  const text = escaped(cellText(cell, column))
  if (column.kind === 'spark')
    return `<td><span role="img" aria-label="${escaped(trendText(trendOf(cell)))}" style="white-space: pre">${text}</span></td>`
  return column.kind === 'class' ? `<td class="${text}">${text}</td>` : `<td${classOf(column)}>${text}</td>`
}
