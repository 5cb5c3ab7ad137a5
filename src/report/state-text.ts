import type {OutputState} from '../engine/outcome.ts'

/** How an answer came to be, for people. */
export const STATE_TEXTS: {readonly [state in OutputState]: string} = {
  deterministically_resolved: 'settled by exact links',
  strongly_inferred: 'strongly inferred',
  bounded: 'one of a known few',
  ambiguous: 'more than one plausible owner',
  unknown: 'owner not known',
  not_identifiable: 'owner not identifiable',
}
