/** What an answer hangs on: which evidence, were it withdrawn, would change it, and why the others lost. Pure. */
import type {Basis} from '../model/fact.ts'
import type {Contrast, Ref} from './outcome.ts'
import {
  CHARGEBACK_FLOOR,
  type Combined,
  coperOf,
  type Distribution,
  leaning,
  witnessFor,
} from './probability.ts'
import {RELIABILITY} from './reliability.ts'

interface Speaking {
  readonly kind: string
  readonly says: Distribution
}

export interface Weighing<V extends Speaking> {
  /** Before contradiction has weakened any; in the order of the waterfall's steps, of which the first is the prior. */
  readonly voices: readonly V[]
  /** The same as they were weighed. */
  readonly heard: readonly V[]
  readonly together: Combined
  /** What some of the voices say together. */
  readonly weigh: (voices: readonly V[]) => Combined
  readonly candidates: number
  /** What the model makes of each kind of voice. */
  readonly weight: (kind: string) => number
  /** Below this nobody is named. */
  readonly nameable: number
  readonly nameOf: (organization: string) => Ref
}

/** So little evidence between two is none. */
const LEANS = 0.1
const MOST_LOSERS = 5

export function contrastOf<V extends Speaking>(weighing: Weighing<V>): Contrast {
  const {voices, heard, together, weigh, candidates, weight, nameable, nameOf} = weighing
  const [best, second] = together.ranked
  const verdict = ({ranked: [top]}: Combined) =>
    !top || top.probability < nameable ? null : {...top, sure: top.probability >= CHARGEBACK_FLOOR}
  const now = verdict(together)!
  const withdrawn = voices.flatMap((_, index) => {
    const then = verdict(weigh(voices.filter((_, other) => other !== index)))
    if (then?.name === now.name && then.sure === now.sure) return []
    return [
      {
        step: index + 1,
        organization: then === null ? null : nameOf(then.name),
        probability: then === null ? 0 : coperOf(then.probability),
      },
    ]
  })
  const wanted = [...(now.sure ? [] : [best!]), ...(second ? [second] : [])]
  return {
    withdrawn,
    would_need: wanted.map(({name, probability}) => ({
      organization: nameOf(name),
      basis: leastWitness(probability, candidates),
    })),
    losers: together.ranked
      .slice(1, 1 + MOST_LOSERS)
      .filter(({probability}) => probability >= 0.005)
      .map(({name}) => {
        const steps = heard.map(({kind, says}, index) => ({
          step: index + 1,
          speaks: says.has(name),
          by: weight(kind) * leaning(says, best!.name, name, candidates),
        }))
        return {
          organization: nameOf(name),
          speaks: steps.filter(({speaks}) => speaks).map(({step}) => step),
          outweighs: steps
            .filter(({by}) => by > LEANS)
            .sort((a, b) => b.by - a.by || a.step - b.step)
            .map(({step}) => step),
        }
      }),
  }
}

/** What callers say of themselves and what things are called settles nothing that is contested. */
const BENT: ReadonlySet<Basis> = new Set(['caller', 'name'])

/** The kind of source that, naming an organization of this probability besides, would just make it the owner. */
function leastWitness(probability: number, candidates: number): Basis | null {
  const needed = Math.log((CHARGEBACK_FLOOR / (1 - CHARGEBACK_FLOOR)) * ((1 - probability) / probability))
  const kinds = (Object.entries(RELIABILITY) as [Basis, number][])
    .filter(([basis]) => !BENT.has(basis))
    .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
  return kinds.find(([, reliability]) => witnessFor(reliability, candidates) >= needed)?.[0] ?? null
}
