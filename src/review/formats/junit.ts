/** A diff as JUnit XML: a case for each change and each rule of the whole range, failed where a rule is broken. */
import {clean} from '../../model/clean.ts'
import type {Reviewed} from '../reviewed.ts'
import type {Breach, Threshold} from '../thresholds.ts'
import {messageOf, titleOf, totalText} from './annotations.ts'

interface Case {
  readonly file: string | null
  readonly line: number | null
  readonly name: string
  readonly said: string
  readonly failures: readonly Breach[]
  readonly skipped: string | null
}

/** Ends with a newline. */
export function toJunit(
  diff: Reviewed,
  thresholds: readonly Threshold[],
  breaches: readonly Breach[],
): string {
  const cases = [...changeCases(diff, breaches), ...ruleCases(diff, thresholds, breaches)]
  const failed = cases.filter(({failures}) => failures.length > 0).length
  const skipped = cases.filter(isSkipped).length
  const counts = attributes({tests: cases.length, failures: failed, errors: 0, skipped})
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({name: 'venturi diff'})} ${counts}>`,
    `  <testsuite ${attributes({name: 'AI cost'})} ${counts} ${attributes({timestamp: diff.generated_at})}>`,
    ...cases.flatMap(caseLines),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

const changeCases = (diff: Reviewed, breaches: readonly Breach[]): Case[] =>
  diff.changes.map((change, index) => {
    const failures = breaches.filter(breach => breach.change === index)
    return {
      ...{file: change.path, line: change.line, name: titleOf(change), said: messageOf(change, []), failures},
      skipped: !change.production
        ? 'outside production'
        : change.kind === 'unresolved'
          ? 'its model could not be found'
          : null,
    }
  })

const ruleCases = (diff: Reviewed, thresholds: readonly Threshold[], breaches: readonly Breach[]): Case[] =>
  thresholds
    .filter(({measure}) => measure !== 'unowned')
    .map(({text}) => ({
      ...{file: null, line: null, name: text, said: totalText(diff), skipped: null},
      failures: breaches.filter(({rule, change}) => rule === text && change === null),
    }))

const isSkipped = ({failures, skipped}: Case): boolean => failures.length === 0 && skipped !== null

function caseLines(found: Case): string[] {
  const {file, line, name, said, failures, skipped} = found
  const place = file === null ? {} : {file, ...(line === null ? {} : {line})}
  return [
    `    <testcase ${attributes({classname: file ?? 'venturi diff', name, ...place})}>`,
    ...failures.map(({rule, because}) => `      <failure ${attributes({type: rule, message: because})}/>`),
    ...(isSkipped(found) ? [`      <skipped ${attributes({message: skipped!})}/>`] : []),
    `      <system-out>${escaped(said)}</system-out>`,
    '    </testcase>',
  ]
}

const attributes = (values: {readonly [name: string]: string | number}): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(String(value))}"`)
    .join(' ')

const ENTITIES: {readonly [character: string]: string} = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Names are data: no markup, and none of the characters XML cannot hold. */
const escaped = (text: string): string =>
  clean(text.toWellFormed())
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, character => ENTITIES[character]!)
