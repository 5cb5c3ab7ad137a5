/** What to do with a change, by the first rule that holds. */
import type {Change} from '../change.ts'
import type {PricedChange} from './price-change.ts'

export type ReviewAction = 'observe' | 'shape' | 'review'

export interface Judged {
  readonly change: Change
  readonly priced: PricedChange
  readonly isOwned: boolean
  /** A rule of `--fail-on`, or a limit, is broken by it. */
  readonly breaks: boolean
  /** A model that the service already uses, that would do the same work for less than what is changed to. */
  readonly cheaper: string | null
}

/** From this share of what it costs now on, parts per million, more is worth shaping. */
export const WORTH_SHAPING_PPM = 200_000n

const grows = ({priced: {replayed, delta}}: Judged): boolean =>
  delta !== null &&
  delta.mid > 0n &&
  replayed !== null &&
  (replayed.to - replayed.from) * 1_000_000n >= replayed.from * WORTH_SHAPING_PPM

const hasTraffic = ({priced: {traffic}}: Judged): boolean =>
  traffic?.some(({requests, records}) => (requests ?? records) > 0) ?? false

const namesModel = ({change: {kind}}: Judged): boolean =>
  kind === 'model_changed' || kind === 'model_removed' || kind === 'reasoning_introduced'

const RULES: readonly (readonly [ReviewAction, (judged: Judged) => boolean])[] = [
  ['observe', ({change}) => !change.production],
  ['review', ({change}) => change.kind === 'unresolved' || change.kind === 'reasoning_introduced'],
  ['review', ({change}) => change.kind === 'fallback_changed'],
  ['review', ({isOwned}) => !isOwned],
  ['review', judged => namesModel(judged) && hasTraffic(judged) && judged.priced.replayed === null],
  ['review', ({breaks}) => breaks],
  ['shape', ({cheaper}) => cheaper !== null],
  ['shape', grows],
]

export const actionOf = (judged: Judged): ReviewAction =>
  RULES.find(([, holds]) => holds(judged))?.[0] ?? 'observe'
