/** Every way to print a report, by name. */
import type {Book, Report} from '../report.ts'
import {toCsv} from './csv.ts'
import {bookToHtml, toHtml} from './html.ts'
import type {Screen} from './layout.ts'
import {toMarkdown} from './markdown.ts'
import {toTable} from './table.ts'

export const FORMATS = ['table', 'markdown', 'json', 'csv', 'html'] as const
export type Format = (typeof FORMATS)[number]

/** `json`: the same as an object for programs. */
export function render(format: Format, report: Report, json: object, screen: Screen): string {
  switch (format) {
    case 'table':
      return toTable(report, screen)
    case 'markdown':
      return toMarkdown(report)
    case 'json':
      return JSON.stringify(json, null, 2)
    case 'csv':
      return toCsv(report)
    case 'html':
      return toHtml(report)
    default:
      return format satisfies never
  }
}

/** The same of several reports: one after another, as CSV in one table whose first column says of which lens. */
export function renderBook(format: Format, book: Book, json: object, screen: Screen): string {
  const end = {...book, tables: []}
  switch (format) {
    case 'table':
      return [...book.chapters.map(({report}) => toTable(report, screen)), toTable(end, screen)].join(
        '\n\n\n',
      )
    case 'markdown':
      return [...book.chapters.map(({report}) => toMarkdown(report)), toMarkdown(end)].join('\n\n')
    case 'json':
      return JSON.stringify(json, null, 2)
    case 'csv':
      return toCsv({
        ...book,
        tables: book.chapters.flatMap(({id, report}) =>
          report.tables.map(table => ({...table, key: `${id}.${table.key}`})),
        ),
      })
    case 'html':
      return bookToHtml(book)
    default:
      return format satisfies never
  }
}
