/** Answers as aligned lines: path, owners, and the line that says so. */
import type {OwnersAnswer} from './answer.ts'

/** Longer ones push their own line out instead of everybody's. */
const WIDEST = 60

export function ownersToText(answers: readonly OwnersAnswer[]): string {
  const rows = answers.map(({path, owners, rule}) => [
    printable(path),
    rule === null ? '(no rule)' : owners.length === 0 ? '(nobody)' : printable(owners.join(' ')),
    rule === null ? '' : printable(`${rule.file}:${rule.line}`),
  ])
  const widths = [0, 1].map(column => Math.min(WIDEST, Math.max(...rows.map(row => row[column]!.length))))
  return rows
    .map(([path, owners, place]) =>
      `${path!.padEnd(widths[0]!)}  ${owners!.padEnd(widths[1]!)}  ${place}`.trimEnd(),
    )
    .join('\n')
}

/** A file's name may hold anything; none of it may steer the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\uFFFD')
