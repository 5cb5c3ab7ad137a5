/** What a git range changes about models and their cost: the value that pricing, ownership and comments enrich. */

export const KINDS = [
  'model_changed',
  'model_added',
  'model_removed',
  'provider_changed',
  'fallback_changed',
  'reasoning_introduced',
  'reasoning_changed',
  'limit_changed',
  'batch_changed',
  'schedule_changed',
  'cache_changed',
  'tier_changed',
  'prompt_changed',
  'unresolved',
] as const
export type ChangeKind = (typeof KINDS)[number]

/** One change, wherever its value is used. */
export interface Change {
  readonly kind: ChangeKind
  /** Below the repository's root; where the value stands in the head, in the base for what was removed. */
  readonly path: string
  readonly line: number
  /** What it is the value of, as written: `model`, `max_tokens`, `DEFAULT_MODEL`. */
  readonly key: string
  /** As written, constants and settings followed to their value; prompts as `312 tokens`. Null: was not there. */
  readonly from: string | null
  readonly to: string | null
  /** Of another setting than a model: the one that stands beside it in the call, before the change. Null: none does, or several. */
  readonly model: string | null
  /** False: the file configures development only, so nothing is billed for it. */
  readonly production: boolean
}

/** A changed file that was not read, and why. */
export interface Skipped {
  readonly path: string
  readonly reason: string
}

export interface Detection {
  /** By path, line, kind. */
  readonly changes: readonly Change[]
  readonly skipped: readonly Skipped[]
}
