/** What a basis answers, and what it may look at. */
import type {Interval, World} from '../attribute.ts'
import type {Part, Pot, Uses} from './shared-use.ts'

/** What nobody can be named for. */
export const NOBODY = 'unallocated remainder'

export interface Split {
  /** Whole weights of a silent part: of each candidate in their order, and last of nobody. At least one is above nothing. */
  readonly of: (part: Part) => readonly bigint[]
  /** What it is split by, in a few words: each allocation carries them. */
  readonly basis: string
  /** The figures behind it, for the rationale; empty: none. */
  readonly figures: string
}

export interface Sight {
  readonly world: World
  readonly intervals: readonly Interval[]
  readonly uses: Uses
}

/** The same weights for each part; null where nobody has any. */
export function proportional(
  {among}: Pot,
  basis: string,
  figures: string,
  weightOf: (candidate: string) => bigint,
): Split | null {
  const weights = among.map(({id}) => positive(weightOf(id)))
  return weights.some(weight => weight > 0n) ? {of: () => [...weights, 0n], basis, figures} : null
}

/** Credits give nobody a negative part. */
export const positive = (weight: bigint): bigint => (weight > 0n ? weight : 0n)
