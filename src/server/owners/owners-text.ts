/** Answers as aligned lines: path, owners, and the line that says so. */
import {clean, padEnd, widthOf} from '../../report/formats/layout.ts'
import type {OwnersAnswer} from './answer.ts'

/** Longer ones push their own line out instead of everybody's. */
const WIDEST = 60

export function ownersToText(answers: readonly OwnersAnswer[]): string {
  const rows = answers.map(({path, owners, rule, sections = []}) => [
    clean(path),
    rule === null ? '(no rule)' : owners.length === 0 ? '(nobody)' : clean(owners.join(' ')),
    rule === null
      ? ''
      : clean(`${rule.file}:${sections.length > 1 ? sections.map(({line}) => line).join(',') : rule.line}`),
  ])
  const widths = [0, 1].map(column => Math.min(WIDEST, Math.max(...rows.map(row => widthOf(row[column]!)))))
  return rows
    .map(([path, owners, place]) =>
      `${padEnd(path!, widths[0]!)}  ${padEnd(owners!, widths[1]!)}  ${place}`.trimEnd(),
    )
    .join('\n')
}
