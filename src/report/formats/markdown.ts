/** A report as GitHub-flavoured Markdown. Names are data: none breaks the table, links, mentions or carries HTML. */
import {escapeMarkdown as escaped} from '../../model/markdown-text.ts'
import {type Cell, type Column, isNumeric, type Report, type Table} from '../report.ts'
import {cellText} from './cell-text.ts'

/** Ends without a newline. */
export const toMarkdown = (report: Report): string =>
  [
    `## ${escaped(report.title)}`,
    escaped(report.subtitle),
    ...report.tables.map(tableText),
    ...report.closing.map((line, index) =>
      index === report.closing.length - 1 ? `**${escaped(line)}**` : escaped(line),
    ),
  ].join('\n\n')

/** Gaps of a trend keep their width: Markdown makes one of many spaces. */
const cell = (value: Cell, column: Column): string =>
  column.kind === 'spark'
    ? cellText(value, column).replaceAll(' ', '\u00a0')
    : escaped(cellText(value, column))

function tableText({title, columns, rows, empty}: Table): string {
  const shown = columns.filter(({kind}) => kind !== 'bar')
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const head = title === null ? '' : `### ${escaped(title)}\n\n`
  if (rows.length === 0) return `${head}${escaped(empty)}`
  return (
    head +
    [
      line(shown.map(({label}) => escaped(label))),
      line(shown.map(({kind}) => (isNumeric(kind) ? '---:' : '---'))),
      ...rows.map(row => line(shown.map(column => cell(row[column.key] ?? null, column)))),
    ].join('\n')
  )
}
