/** What a reconciliation may not hold. */
import {type Nanos, showUsd} from '../model/money.ts'
import {exceeds, parseRules, type Rule} from './fail-on.ts'
import {absolute, type Reconciled} from './reconciliation.ts'

const MEASURES = ['drift', 'unbilled', 'undetailed', 'unmatched'] as const
type Measure = (typeof MEASURES)[number]

export const parseDriftRules = (written: readonly string[]): Rule<Measure>[] =>
  parseRules(written, {
    measures: MEASURES,
    limited: ['drift'],
    shares: true,
    mend: 'write drift>1%, drift>50usd, unbilled, undetailed or unmatched, these also with >N% or >Nusd, joined by |',
  })

export interface Finding {
  readonly rule: string
  readonly line: Reconciled
  /** What the rule looks at. */
  readonly amount: Nanos
  /** Of what it is a part. */
  readonly whole: Nanos
}

export function findingsIn(lines: readonly Reconciled[], rules: readonly Rule<Measure>[]): Finding[] {
  return rules.flatMap(({text, measure, above}) =>
    lines.flatMap(line => {
      const {amount, whole} = measured(line, measure)
      const found = exceeds(above ?? {nanos: 0n}, absolute(amount), absolute(whole))
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
