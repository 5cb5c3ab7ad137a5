/** Probabilities and how evidence combines: every witness multiplies the odds of what it names (`docs/engine.md`). */

import {CAP} from '../model/confidence.ts'

export {CAP, CHARGEBACK_FLOOR, CONTESTED_CAP} from '../model/confidence.ts'

/** A probability under the cap, in whole ten-thousandths so that it prints and stores as one thing. */
export const coperOf = (probability: number): number =>
  Math.round(Math.min(CAP, Math.max(0, probability)) * 10_000) / 10_000

/** Probability by candidate; what is missing from 1 is spread evenly over everyone not named. */
export type Distribution = ReadonlyMap<string, number>

/** The likeliest, ties by name; null: nobody is named. */
export const topOf = (says: Distribution): string | null =>
  [...says].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null

export const certain = (name: string, probability: number): Distribution => new Map([[name, probability]])

/** What one witness does to the log-odds of each candidate it names against an unnamed one, among `candidates` of them. */
export function logWeights(says: Distribution, candidates: number): ReadonlyMap<string, number> {
  let given = 0
  for (const probability of says.values()) given += probability
  const rest = Math.max(1 - given, 0.002) / Math.max(1, candidates - says.size)
  const named = new Map<string, number>()
  for (const [name, probability] of says) named.set(name, Math.log(Math.max(probability, rest) / rest))
  return named
}

/** How far one witness speaks for one candidate against another, in log-odds; over all witnesses they sum to the odds of the two. */
export function leaning(says: Distribution, one: string, other: string, candidates: number): number {
  const named = logWeights(says, candidates)
  return (named.get(one) ?? 0) - (named.get(other) ?? 0)
}

/** What a witness of this reliability that names one candidate adds to its log-odds. */
export const witnessFor = (reliability: number, candidates: number): number =>
  logWeights(certain('it', reliability), candidates).get('it')!

export interface Combined {
  /** Best first, ties by name. */
  readonly ranked: readonly {readonly name: string; readonly probability: number}[]
  /** What no candidate named by anyone gets. */
  readonly none: number
}

/** How far each kind of witness is believed: 1 as far as its own probability says, 0 not at all. */
export interface Weighing {
  readonly weight: (kind: string) => number
  /** Added to the log-odds of whoever no witness names. */
  readonly none: number
}

const AS_SAID: Weighing = {weight: () => 1, none: 0}

export interface Heard {
  /** What the model weighs it by. */
  readonly kind: string
  readonly says: Distribution
}

/** A witness as the log-odds it adds to each candidate it names. */
export interface Weighed {
  readonly kind: string
  readonly odds: ReadonlyMap<string, number>
}

/**
 * Witnesses over `candidates` equally likely names: each adds its log-odds times what its kind is worth. With every weight 1
 * this is naive Bayes with Dawid and Skene's odds; `rail/` fits the weights.
 */
export const combine = (
  witnesses: readonly Heard[],
  candidates: number,
  weighing: Weighing = AS_SAID,
): Combined =>
  combineOdds(
    witnesses.map(({kind, says}) => ({kind, odds: logWeights(says, candidates)})),
    candidates,
    weighing,
  )

export function combineOdds(
  witnesses: readonly Weighed[],
  candidates: number,
  {weight, none}: Weighing,
): Combined {
  const scores = new Map<string, number>()
  for (const {kind, odds} of witnesses) {
    const worth = weight(kind)
    for (const [name, value] of odds) scores.set(name, (scores.get(name) ?? 0) + worth * value)
  }
  const top = Math.max(0, ...scores.values())
  const unnamed = Math.max(0, candidates - scores.size) * Math.exp(none - top)
  let sum = unnamed
  for (const score of scores.values()) sum += Math.exp(score - top)
  const ranked = [...scores]
    .map(([name, score]) => ({name, probability: Math.exp(score - top) / sum}))
    .sort((a, b) => b.probability - a.probability || (a.name < b.name ? -1 : 1))
  return {ranked, none: unnamed / sum}
}

/** The best candidate's probability made what `of` measures it to be; the others share the rest as they did, none with more than the best. */
export function adjusted({ranked, none}: Combined, of: (scored: number) => number): Combined {
  const [best, ...others] = ranked
  if (!best) return {ranked, none}
  const probability = Math.min(1, Math.max(0, of(best.probability)))
  const rest = best.probability >= 1 ? 0 : (1 - probability) / (1 - best.probability)
  let over = 0
  const shared = others.map(other => {
    const share = other.probability * rest
    // Less sure of the best is not surer of the next: then it may be somebody nobody names.
    over += Math.max(0, share - probability)
    return {name: other.name, probability: Math.min(probability, share)}
  })
  return {ranked: [{name: best.name, probability}, ...shared], none: none * rest + over}
}

export const logit = (probability: number): number => Math.log(probability / (1 - probability))

/** One signed step of an explanation, in thousandths of log-odds so that shown steps add up to the shown total. */
export interface Step {
  readonly because: string
  readonly millis: number
}

/**
 * How each witness moved the log-odds of `name`, in the order given, from the prior to the total. Steps are whole
 * thousandths and the last step takes the rounding, so they sum exactly.
 */
export function waterfall(
  name: string,
  witnesses: readonly (Heard & {readonly because: string})[],
  candidates: number,
  weighing: Weighing = AS_SAID,
): Step[] {
  const odds = (count: number): number => {
    const {ranked} = combine(witnesses.slice(0, count), candidates, weighing)
    const found = ranked.find(item => item.name === name)?.probability ?? 1 / Math.max(2, candidates)
    return Math.round(logit(Math.min(1 - 1e-9, Math.max(1e-9, found))) * 1000)
  }
  let before = odds(0)
  const steps: Step[] = [{because: `one of ${candidates} organizations, nothing known`, millis: before}]
  witnesses.forEach(({because}, index) => {
    const after = odds(index + 1)
    steps.push({because, millis: after - before})
    before = after
  })
  return steps
}
