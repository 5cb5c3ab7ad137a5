/** Every way to print a report, by name. */
import type {Report} from '../report.ts'
import {toCsv} from './csv.ts'
import {toHtml} from './html.ts'
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
