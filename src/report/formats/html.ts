/** Reports as one self-contained page: no script, nothing fetched. */
import type {Chart} from '../chart.ts'
import type {Book, Report, Row, Table} from '../report.ts'
import {cellText} from './cell-text.ts'
import {escaped} from './escaped.ts'
import {drawerHtml} from './page/drawer.ts'
import {DEFINITIONS, figureHtml} from './page/figure.ts'
import {STYLE} from './page/style.ts'
import {tableHtml} from './page/table.ts'

/** Nothing may be loaded, run, sent or framed; only the page’s own style holds. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** Ends without a newline. */
export const toHtml = (report: Report): string =>
  pageHtml(
    `${report.title}, ${report.subtitle}`,
    `<h1>${escaped(report.title)}</h1>
<p class="subtitle">${escaped(report.subtitle)}</p>
${bodyHtml(report, 'r')}
${closingHtml(report.closing)}
${drawersHtml(report, 'r')}`,
  )

/** Several reports, one after another, under one title. Ends without a newline. */
export function bookToHtml({title, subtitle, chapters, closing}: Book): string {
  const contents = chapters.map(
    ({id, summary, report}) =>
      `<a href="#${id}"><strong>${escaped(report.title)}</strong><span>${escaped(summary)}</span></a>`,
  )
  const sections = chapters.map(
    ({id, report}) => `<section class="lens" id="${id}" aria-labelledby="${id}-title">
<h1 id="${id}-title">${escaped(report.title)}</h1>
<p class="subtitle">${escaped(report.subtitle)}</p>
${bodyHtml(report, id)}
${closingHtml(report.closing)}
</section>`,
  )
  return pageHtml(
    `${title}, ${subtitle}`,
    `<h1>${escaped(title)}</h1>
<p class="subtitle">${escaped(subtitle)}</p>
<nav aria-label="Contents">${contents.join('\n')}</nav>
${sections.join('\n')}
${closingHtml(closing)}
${chapters.map(({id, report}) => drawersHtml(report, id)).join('')}`,
  )
}

const pageHtml = (title: string, body: string): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${STYLE}
</style>
</head>
<body>
${DEFINITIONS}
<main>
${body}
</main>
</body>
</html>`

/** Charts stand where they say, each group side by side. */
function bodyHtml({title, tables, charts = []}: Report, prefix: string): string {
  const group = (shown: readonly Chart[]): string[] =>
    shown.length === 0 ? [] : [`<div class="charts">\n${shown.map(figureHtml).join('\n')}\n</div>`]
  return [
    ...group(charts.filter(({after}) => !tables.some(({key}) => key === after))),
    ...tables.flatMap(table => [
      tableHtml(table, {
        name: `${title}: ${table.key.replaceAll('_', ' ')}`,
        drawerOf: row => (table.behind?.[row] ? drawerId(prefix, table, row) : null),
      }),
      ...group(charts.filter(({after}) => after === table.key)),
    ]),
  ].join('\n')
}

const drawerId = (prefix: string, {key}: Table, row: number): string => `${prefix}-${key}-${row + 1}`

function drawersHtml({tables}: Report, prefix: string): string {
  const drawers = tables.flatMap(table =>
    (table.behind ?? []).flatMap((behind, index) =>
      behind === null
        ? []
        : [drawerHtml(behind, {id: drawerId(prefix, table, index), ...headingOf(table, table.rows[index]!)})],
    ),
  )
  return drawers.length === 0 ? '' : `<div class="drawers">\n${drawers.join('\n')}\n</div>\n`
}

/** A row in a line: its first cell, then what else is short. */
function headingOf({columns}: Table, row: Row): {title: string; subtitle: string} {
  const [first, ...others] = columns
  const said = others
    .filter(({kind, drop}) => kind !== 'list' && kind !== 'bar' && kind !== 'note' && (drop ?? 0) < 2)
    .filter(({key}) => (row[key] ?? null) !== null)
    .map(column => {
      const text = cellText(row[column.key] ?? null, column)
      return column.kind === 'text' || column.kind === 'class' || column.kind === 'usd'
        ? text
        : `${column.label.toLowerCase()} ${text}`
    })
  return {title: cellText(row[first!.key] ?? null, first!), subtitle: said.join(' · ')}
}

const closingHtml = (closing: readonly string[]): string =>
  closing.length === 0
    ? ''
    : `<div class="closing">
${closing.map(line => `<p>${escaped(line)}</p>`).join('\n')}
</div>`
