/**
 * How reliable each kind of source is in this company: stale CODEOWNERS here, a perfect catalog there. Estimated from how often the
 * sources agree on the same thing (Dawid and Skene 1979), with a prior that keeps a source met a few times near what is documented.
 */
import {combine} from './probability.ts'
import type {Witness} from './witness.ts'

export interface MeasuredReliability {
  /** How often it is right when it names one owner. */
  readonly reliability: number
  /** The same as documented. */
  readonly documented: number
  /** Things that it and another source speak of. */
  readonly n: number
}

/** Things that the documented reliability is worth. */
const PRIOR_STRENGTH = 10
const ROUNDS = 8

interface Word {
  readonly family: string
  readonly name: string
  readonly documented: number
}

/**
 * `things`: what each source says of each. A line that says the same of many things is heard once. Expectation: how likely each named
 * owner is, by all sources; maximisation: how much of that each source caught.
 */
export function measureReliability(
  things: Iterable<readonly Witness[]>,
  candidates: number,
): ReadonlyMap<string, MeasuredReliability> {
  const said = wordsOf(things)
  const documented = new Map(
    [...Map.groupBy(said.flat(), ({family}) => family)].map(([family, words]) => [
      family,
      words.reduce((sum, word) => sum + word.documented, 0) / words.length,
    ]),
  )
  let measured: ReadonlyMap<string, MeasuredReliability> = new Map(
    [...documented].map(([family, prior]) => [family, {reliability: prior, documented: prior, n: 0}]),
  )
  for (let round = 0; round < ROUNDS; round++) {
    const caught = new Map<string, {right: number; n: number}>()
    for (const words of said) {
      const {ranked} = combine(
        words.map(({family, name}) => ({
          kind: family,
          says: new Map([[name, measured.get(family)!.reliability]]),
        })),
        candidates,
      )
      const likely = new Map(ranked.map(({name, probability}) => [name, probability]))
      for (const {family, name} of words) {
        const {right, n} = caught.get(family) ?? {right: 0, n: 0}
        caught.set(family, {right: right + likely.get(name)!, n: n + 1})
      }
    }
    measured = new Map(
      [...caught].map(([family, {right, n}]) => {
        const prior = documented.get(family)!
        const reliability = (prior * PRIOR_STRENGTH + right) / (PRIOR_STRENGTH + n)
        return [family, {reliability, documented: prior, n}]
      }),
    )
  }
  return measured
}

/** One word a source and thing, of things that several sources speak of. */
function wordsOf(things: Iterable<readonly Witness[]>): Word[][] {
  const heard = new Set<string>()
  const found: Word[][] = []
  for (const witnesses of things) {
    const words = witnesses.flatMap(({family, says}) => {
      const [best] = [...says].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      return best ? [{family, name: best[0], documented: best[1]}] : []
    })
    const places = witnesses.map(({family, where}) => `${family} ${where[0]}`).join('\n')
    if (words.length < 2 || heard.has(places)) continue
    heard.add(places)
    found.push(words)
  }
  return found
}
