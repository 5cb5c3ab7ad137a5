/** What a pull request may not do to the cost of models: the rules of `diff --fail-on` and `comment --threshold`. */
import {UserError} from '../model/errors.ts'
import {type Nanos, parseUsd, showUsd} from '../model/money.ts'
import {type Reviewed, totalOf} from './reviewed.ts'

export type Threshold = {readonly text: string} & (
  | {readonly measure: 'unowned' | 'budget'}
  /** More than this a month is a finding: nano-dollars, or parts per million. */
  | {readonly measure: 'delta'; readonly above: {readonly nanos: Nanos} | {readonly ppm: bigint}}
)

const RULE = /^(?:delta>(\d+(?:\.\d+)?)(%|usd)|(unowned|budget))$/i

/**
 * Rules as written, of which one is enough:
 *
 *     rules  rule | rule "|" rules
 *     rule   "delta>" number ("%" | "usd") | "unowned" | "budget"
 *
 * `delta` is what the whole range adds to a month, in the middle of its range.
 */
export function parseThresholds(flag: string, written: readonly string[]): Threshold[] {
  return written
    .flatMap(text => text.split('|'))
    .map(part => {
      const text = part.trim()
      const [, number, unit, word] = RULE.exec(text.replace(/\s*>\s*/, '>')) ?? []
      if (word !== undefined) return {text, measure: word.toLowerCase() as 'unowned' | 'budget'}
      const limit = number === undefined ? null : parseUsd(number)
      if (limit === null)
        throw new UserError(
          `${flag} "${text}" is not a rule`,
          'write delta>500usd, delta>20%, unowned or budget, joined by |',
        )
      return {text, measure: 'delta', above: unit === '%' ? {ppm: limit / 100_000n} : {nanos: limit}}
    })
}

export interface Breach {
  readonly rule: string
  /** Where in `changes`; null: the range as a whole. */
  readonly change: number | null
  /** As a person reads it, without the place. */
  readonly because: string
}

/** What is not known breaks no rule. */
export const breachesIn = (diff: Reviewed, thresholds: readonly Threshold[]): Breach[] =>
  thresholds.flatMap(threshold => broken(diff, threshold).map(found => ({rule: threshold.text, ...found})))

function broken(diff: Reviewed, threshold: Threshold): Omit<Breach, 'rule'>[] {
  switch (threshold.measure) {
    case 'delta':
      return grown(diff, threshold.above)
    case 'unowned':
      return diff.changes.flatMap(({production, owner}, change) =>
        production && owner === null ? [{change, because: 'nobody owns it'}] : [],
      )
    case 'budget':
      return diff.budgets
        .filter(({exceeded}) => exceeded)
        .map(({name}) => ({change: null, because: `the budget ${name} is exceeded`}))
    default:
      return threshold satisfies never
  }
}

function grown(diff: Reviewed, above: {nanos: Nanos} | {ppm: bigint}): Omit<Breach, 'rule'>[] {
  if ('nanos' in above) {
    const added = totalOf(diff)?.mid ?? null
    return added === null || added <= above.nanos
      ? []
      : [{change: null, because: `${showUsd(added)} a month more`}]
  }
  const percent = diff.totals.delta_pct
  // A percentage is a measure and not money; a ten-thousandth of one is a part per million.
  return percent === null || BigInt(Math.round(percent * 10_000)) <= above.ppm
    ? []
    : [{change: null, because: `${percent.toFixed(1)} % more`}]
}
