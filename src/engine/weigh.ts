/** What voices say together, and what an answer may say at most. Pure; `docs/engine.md` has the arithmetic. */
import {adjusted, CONTESTED_CAP, type Combined, combine, topOf} from './probability.ts'
import type {Case} from './stages/claims.ts'
import {bestOf, type Voice} from './voices.ts'
import {capped} from './witness.ts'

/** What a caller says of itself once its key's own record has caught it contradicting. */
const CONTRADICTED = 0.4

export const isFromCaller = (voice: Voice): boolean =>
  voice.bases.length > 0 && voice.bases[0] === 'caller' && !voice.exact

/** A caller contradicted by the key's own record is believed less than one nobody contradicts. */
export function discounted(voices: readonly Voice[]): Voice[] {
  const billed = voices.filter(voice => voice.exact && !isFromCaller(voice))
  return voices.map(voice => {
    if (!isFromCaller(voice) || billed.length === 0) return voice
    const top = topOf(voice.says)
    const contradicted = billed.some(other => topOf(other.says) !== null && topOf(other.says) !== top)
    return contradicted
      ? {...voice, says: capped(voice.says, Math.min(CONTRADICTED, bestOf(voice.says)))}
      : voice
  })
}

/** Why an answer that these voices support stays contested, however sure the score; null: nothing keeps it. */
function limitOf(supporting: readonly Voice[]): string | null {
  const [first, ...others] = supporting
  if (first?.isNear && others.length === 0)
    return 'who made a key, looks after it or works beside it need not be who uses it'
  const settled = supporting.some(({exact, isOpen}) => exact && !isOpen)
  return supporting.some(({isOpen}) => isOpen) && !settled
    ? 'what is written down speaks for another as much'
    : null
}

const supporters = (voices: readonly Voice[], name: string | undefined): Voice[] =>
  voices.filter(({says}) => topOf(says) === name)

/** Candidates who would stay contested though they were the best. */
export const contestedAmong = (voices: readonly Voice[]): ReadonlySet<string> =>
  new Set(
    voices.flatMap(({says}) => {
      const name = topOf(says)
      return name !== null && limitOf(supporters(voices, name)) !== null ? [name] : []
    }),
  )

export interface Verdict extends Combined {
  /** Voices that name the best candidate first. */
  readonly supporting: readonly Voice[]
  /** An exact join speaks for it. */
  readonly exact: boolean
  /** How often answers scored so prove right; the probability is lower where something limits it. Null: nobody is named. */
  readonly measured: number | null
  readonly limit: string | null
}

export function weigh(open: Case, voices: readonly Voice[]): Verdict {
  const scored = combine(voices, open.ownership.candidates, open.model.weighing('owner'))
  const [best] = scored.ranked
  const supporting = supporters(voices, best?.name)
  const exact = supporting.some(voice => voice.exact)
  const limit = limitOf(supporting)
  const measured = best
    ? open.model.probability('owner', exact ? 'exact' : 'inferred', best.probability)
    : null
  const together = adjusted(scored, () => (limit === null ? measured! : Math.min(CONTESTED_CAP, measured!)))
  return {...together, supporting, exact, measured, limit}
}
