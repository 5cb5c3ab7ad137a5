/** A table of a page. Rows with something behind them open it. */
import {type Cell, type Column, isNumeric, type Row, type Table} from '../../report.ts'
import {cellText} from '../cell-text.ts'
import {escaped} from '../escaped.ts'
import {trendOf, trendText} from '../sparkline.ts'

/** `name`: what the table is, where it has no title. `drawerOf`: the id of what stands behind a row; null: nothing does. */
export function tableHtml(
  {title, columns: all, rows, empty}: Table,
  {name, drawerOf}: {readonly name: string; readonly drawerOf: (row: number) => string | null},
): string {
  const heading = title === null ? '' : `<h2>${escaped(title)}</h2>\n`
  if (rows.length === 0) return `${heading}<p class="none">${escaped(empty)}</p>`
  const columns = all.filter(({kind}) => kind !== 'note')
  const notes = all.filter(({kind}) => kind === 'note')
  const head = columns.map(column =>
    column.label === '' ? '<td></td>' : `<th scope="col"${classOf(column)}>${escaped(column.label)}</th>`,
  )
  const body = rows.flatMap((row, index) => {
    const said = notes.map(column => cellText(row[column.key] ?? null, column)).filter(text => text !== '')
    const drawer = drawerOf(index)
    const kinds = [...(drawer === null ? [] : ['opens']), ...(said.length === 0 ? [] : ['noted'])]
    const cells = columns.map((column, at) => cellHtml(row, column, at === 0, drawer))
    return [
      `<tr${kinds.length === 0 ? '' : ` class="${kinds.join(' ')}"`}>${cells.join('')}</tr>`,
      ...said.map(text => `<tr class="note"><td colspan="${columns.length}">${escaped(text)}</td></tr>`),
    ]
  })
  // What scrolls must be reached by keys as well.
  return `${heading}<div class="scroll" role="region" tabindex="0" aria-label="${escaped(title ?? name)}"><table>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>`
}

function classOf({kind, drop}: Column, ...more: readonly string[]): string {
  const classes = [
    ...(isNumeric(kind) ? ['number'] : kind === 'list' || kind === 'day' ? [kind] : []),
    ...(drop === undefined ? [] : [`drop${Math.min(drop, 4)}`]),
    ...more,
  ]
  return classes.length === 0 ? '' : ` class="${classes.join(' ')}"`
}

const CLASSES = ['owned', 'contested', 'unresolved']

/** Of a row’s cell; null: it has no money class. */
const toneOf = (cell: Cell): string | null =>
  typeof cell === 'string' && CLASSES.includes(cell) ? cell : null

/** What is no longer stays on one line where there is room. */
const SHORT = 24
const MOST_NAMES = 3

/** The best few; all of them are in the other formats. */
function listText(cell: Cell): string {
  const names = Array.isArray(cell) ? (cell as readonly string[]) : []
  const more = names.length - MOST_NAMES
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` +${more}` : '')
}

function cellHtml(row: Row, column: Column, first: boolean, drawer: string | null): string {
  const cell = row[column.key] ?? null
  if (column.kind === 'bar') {
    const tone =
      Object.values(row)
        .map(toneOf)
        .find(found => found !== null) ?? 'plain'
    const percent = (Math.min(1_000_000, Math.max(0, Number(cell))) / 10_000).toFixed(1)
    return `<td class="drawn"><b class="${tone}" style="width:${percent}%"></b></td>`
  }
  if (column.kind === 'spark') {
    const trend = escaped(trendText(trendOf(cell)))
    const drawn = `<span role="img" aria-label="${trend}" style="white-space: pre">${escaped(cellText(cell, column))}</span>`
    return `<td${classOf(column, 'trend')}>${trend === '' ? '' : drawn}</td>`
  }
  const said = column.kind === 'list' ? listText(cell) : cellText(cell, column)
  const text = escaped(said)
  const tone = column.kind === 'class' ? toneOf(cell) : null
  const short = column.kind === 'text' && said.length <= SHORT ? ['short'] : []
  const classes = classOf(column, ...short, ...(tone === null ? [] : ['class', `${tone}-text`]))
  if (!first) return `<td${classes}>${text}</td>`
  const shown = drawer === null ? text : `<button type="button" popovertarget="${drawer}">${text}</button>`
  return `<th scope="row"${classes}>${shown}</th>`
}
