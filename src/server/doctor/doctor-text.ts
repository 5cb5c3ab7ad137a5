/** Findings as lines: a mark, the check, what is so, and under it what to do. */
import {clean, padEnd, paint, type Screen, wrap} from '../../report/formats/layout.ts'
import type {Finding, Status} from './checks.ts'

const MARKS = {ok: '✓', warn: '!', fail: '✗'} as const
const COLOURS = {ok: 'green', warn: 'yellow', fail: 'red'} as const satisfies {[status in Status]: string}

export function findingsToText(findings: readonly Finding[], screen: Screen): string {
  const painter = paint(screen)
  const names = Math.max(...findings.map(({check}) => check.length))
  const indent = ' '.repeat(names + 4)
  const room = screen.width - indent.length
  const lines = findings.flatMap(({check, status, message, mend}, index) => {
    const name = findings[index - 1]?.check === check ? '' : check
    const said = wrap(clean(message), room)
    const todo = mend === null ? [] : wrap(`Try this: ${clean(mend)}.`, room)
    return [
      `${painter[COLOURS[status]](MARKS[status])} ${padEnd(name, names)}  ${said[0] ?? ''}`,
      ...said.slice(1).map(line => indent + line),
      ...todo.map(line => painter.dim(indent + line)),
    ]
  })
  return [...lines, '', summary(findings)].join('\n')
}

function summary(findings: readonly Finding[]): string {
  const count = (status: Status) => findings.filter(finding => finding.status === status).length
  const [fails, warns] = [count('fail'), count('warn')]
  if (fails + warns === 0) return 'All is well.'
  const parts = [
    ...(fails > 0 ? [`${fails} to mend before venturi can work`] : []),
    ...(warns > 0 ? [`${warns} worth a look`] : []),
  ]
  return `${parts.join(', ')}.`
}
