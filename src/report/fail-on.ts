/** What a report may not hold: the rules of `--fail-on`. */
import {UserError} from '../model/errors.ts'
import {type Nanos, parseUsd} from '../model/money.ts'

export interface Rule<Measure extends string = string> {
  readonly text: string
  readonly measure: Measure
  /** More than this is a finding: parts per million of a whole, or nano-dollars; null: any is. */
  readonly above: {readonly ppm: bigint} | {readonly nanos: Nanos} | null
}

/** What one report's rules can say. */
export interface Rules<Measure extends string> {
  readonly measures: readonly Measure[]
  /** Measures that mean nothing without a limit. */
  readonly limited?: readonly Measure[]
  /** Whether a limit may be a share of something. */
  readonly shares: boolean
  /** What to write in place of what cannot be read. */
  readonly mend: string
}

const RULE = /^([a-z_]+)(?:>(\d+(?:\.\d+)?)(%|usd))?$/

/**
 * Rules as written:
 *
 *     rules    rule | rule "|" rules
 *     rule     measure [">" number ("%" | "usd")]
 */
export function parseRules<Measure extends string>(
  written: readonly string[],
  {measures, limited = [], shares, mend}: Rules<Measure>,
): Rule<Measure>[] {
  return written
    .flatMap(text => text.split('|'))
    .map(part => {
      const text = part.trim()
      const [, word, number, unit] = RULE.exec(text.toLowerCase()) ?? []
      const measure = measures.find(known => known === word)
      if (
        measure === undefined ||
        (number === undefined && limited.includes(measure)) ||
        (unit === '%' && !shares)
      )
        throw new UserError(`--fail-on "${text}" is not a rule`, mend)
      const limit = parseUsd(number ?? '0')!
      const above = number === undefined ? null : unit === '%' ? {ppm: limit / 100_000n} : {nanos: limit}
      return {text, measure, above}
    })
}

/** Whether an amount is more than a limit. `whole`: of what it is a part. */
export const exceeds = (limit: NonNullable<Rule['above']>, amount: Nanos, whole: Nanos): boolean =>
  'ppm' in limit ? amount * 1_000_000n > limit.ppm * whole : amount > limit.nanos
