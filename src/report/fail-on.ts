/** What a reconciliation may not hold: the rules of `--fail-on`. */
import {UserError} from '../model/errors.ts'
import {type Nanos, parseUsd, showUsd} from '../model/money.ts'
import {absolute, type Reconciled} from './reconciliation.ts'

const MEASURES = ['drift', 'unbilled', 'undetailed', 'unmatched'] as const
type Measure = (typeof MEASURES)[number]

export interface Rule {
  readonly text: string
  readonly measure: Measure
  /** More than this is a finding: parts per million, or nano-dollars. */
  readonly above: {readonly ppm: bigint} | {readonly nanos: Nanos}
}

const RULE = /^(drift|unbilled|undetailed|unmatched)(?:>(\d+(?:\.\d+)?)(%|usd))?$/i

/**
 * Rules as written:
 *
 *     rules    rule | rule "|" rules
 *     rule     measure [">" number ("%" | "usd")]
 *     measure  "drift" | "unbilled" | "undetailed" | "unmatched"      a drift has a limit
 */
export function parseRules(written: readonly string[]): Rule[] {
  return written
    .flatMap(text => text.split('|'))
    .map(part => {
      const text = part.trim()
      const [, measure, number, unit] = RULE.exec(text) ?? []
      if (measure === undefined || (measure.toLowerCase() === 'drift' && number === undefined))
        throw new UserError(
          `--fail-on "${text}" is not a rule`,
          'write drift>1%, drift>50usd, unbilled, undetailed or unmatched, these also with >N% or >Nusd, joined by |',
        )
      const limit = parseUsd(number ?? '0')!
      return {
        text,
        measure: measure.toLowerCase() as Measure,
        above: unit === '%' ? {ppm: limit / 100_000n} : {nanos: limit},
      }
    })
}

export interface Finding {
  readonly rule: string
  readonly line: Reconciled
  /** What the rule looks at. */
  readonly amount: Nanos
  /** Of what it is a part. */
  readonly whole: Nanos
}

export function findingsIn(lines: readonly Reconciled[], rules: readonly Rule[]): Finding[] {
  return rules.flatMap(({text, measure, above}) =>
    lines.flatMap(line => {
      const {amount, whole} = measured(line, measure)
      const size = absolute(amount)
      const found = 'ppm' in above ? size * 1_000_000n > above.ppm * absolute(whole) : size > above.nanos
      return found ? [{rule: text, line, amount, whole}] : []
    }),
  )
}

function measured(line: Reconciled, measure: Measure): {amount: Nanos; whole: Nanos} {
  switch (measure) {
    case 'drift':
      return {amount: line.drift ?? 0n, whole: line.comparable}
    case 'unbilled':
      return {amount: line.unbilled, whole: line.attributed}
    case 'undetailed':
      return {amount: line.undetailed, whole: line.billed ?? 0n}
    case 'unmatched':
      return {amount: line.unmatched, whole: line.billed ?? 0n}
    default:
      return measure satisfies never
  }
}

/** A finding as a person reads it, after where it is. */
export function findingText({rule, amount, whole}: Finding): string {
  const share = whole === 0n ? '' : ` of ${showUsd(whole)}`
  return `${showUsd(amount)}${share} breaks ${rule}`
}
