/** What an answer hangs on, in words. */
import type {Contrast, Outcome, WaterfallStep} from '../engine/outcome.ts'
import {CHARGEBACK_FLOOR} from '../model/confidence.ts'

const percent = (probability: number): string => `${(probability * 100).toFixed(0)} %`

/** The evidence without which it would be another answer, and what would make it the next candidate's. */
export function wouldChange(contrast: Contrast, {waterfall, owner, coper}: Outcome): string[] {
  const owned = coper >= CHARGEBACK_FLOOR
  const withdrawn = contrast.withdrawn.map(({step, organization, probability}) => {
    const then =
      organization === null
        ? 'nobody could be named'
        : probability >= CHARGEBACK_FLOOR
          ? `it would be ${organization.name}'s (${percent(probability)})`
          : `it would be open, ${organization.name} the likeliest (${percent(probability)})`
    return `Without this, ${then}: ${brief(waterfall[step]!.because)}`
  })
  const firm =
    owned && withdrawn.length === 0
      ? [`No single piece of evidence: without any one of them it stays ${owner.organization!.name}'s`]
      : []
  const needed = contrast.would_need.map(({organization: {id, name}, basis}) => {
    const other = owned || id !== owner.organization?.id
    return basis === null
      ? `No single source's word besides would make it ${name}'s${other ? ': evidence for the others would have to fall as well' : ''}`
      : `It would be ${name}'s if one more independent source named ${name}: ${SOURCES[basis]}, or better`
  })
  return [...firm, ...withdrawn, ...needed]
}

const LONG = 120

/** Enough to find a step again: the waterfall has it in full. */
function brief(because: string): string {
  if (because.length <= LONG) return because
  const clause = because.slice(0, LONG).lastIndexOf('; ')
  return clause === -1
    ? `${because.slice(0, LONG).replace(/\s+\S*$/, '')} …`
    : `${because.slice(0, clause)}; …`
}

/** Each kind of source as one to come; by how often it is right (`docs/engine.md`). */
const SOURCES: {readonly [basis in Outcome['basis'][number]]: string} = {
  declared: 'a declared owner',
  verified: 'a verified identity',
  key_record: "the key's own record",
  key_history: "the key's audit log",
  billed: 'the billed identity',
  deployment: 'a workload manifest',
  catalog: 'a service catalog',
  codeowners: 'CODEOWNERS',
  repository: 'the code host',
  directory: 'the directory',
  hr: 'HR',
  finance: 'finance',
  label: 'a label set on it',
  caller: "a caller's tag",
  name: 'an equal name',
}

/** Of each loser: what speaks for it, and what outweighs that, by its id. */
export function losingReasons(
  {losers}: Contrast,
  waterfall: readonly WaterfallStep[],
): ReadonlyMap<string, string> {
  const told = (steps: readonly number[]): string =>
    steps.map(step => brief(waterfall[step]!.because)).join('; ')
  return new Map(
    losers.map(({organization, speaks, outweighs}) => {
      const parts = [
        ['for it', speaks.filter(step => !outweighs.includes(step))],
        ['less than for the likeliest', speaks.filter(step => outweighs.includes(step))],
        ['against it', outweighs.filter(step => !speaks.includes(step))],
      ] as const
      return [
        organization.id,
        parts
          .filter(([, steps]) => steps.length > 0)
          .map(([word, steps]) => `${word}: ${told(steps)}`)
          .join('. '),
      ]
    }),
  )
}
