/**
 * What a bill's meter measures, in the words of all clouds. Each cloud has a table of its own (`meter-aws.ts`,
 * `meter-azure.ts`, `meter-gcp.ts`): a name none of them knows is unknown, because a guessed model is worse than none.
 */
import type {Usage} from '../model/fact.ts'
import {parseUsd} from '../model/money.ts'
import {NO_USAGE} from './aggregate.ts'

export type TokenKind = 'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens'

export interface Meter {
  /** A name `modelBase` reduces to what logs call the model; null: not known. */
  readonly model: string | null
  /** Null: it does not measure tokens, or does not say which. */
  readonly kind: TokenKind | null
  /** `batch`, `flex`, `priority`; null: not said. */
  readonly tier: string | null
  /** It measures tokens of a model, whether or not the table knows which. */
  readonly tokens: boolean
}

export const NO_METER: Meter = {model: null, kind: null, tier: null, tokens: false}

/** Anthropic's models as sellers write them, in either order: `Claude4.5Haiku`, `Claude 3.5 Sonnet v2`, `claude-opus-4-1`. */
export function claudeModel(text: string): string | null {
  const [, before, family, after] =
    /claude[ -]?(?:(\d+(?:[.-]\d(?!\d))?)[ -]?)?(haiku|sonnet|opus)(?:[ -]?(\d+(?:[.-]\d(?!\d))?))?/i.exec(
      text,
    ) ?? []
  const version = (before ?? after)?.replace('.', '-')
  if (family === undefined || version === undefined) return null
  const name = family.toLowerCase()
  // From the fourth generation on the family stands before the version.
  return Number.parseInt(version, 10) < 4 ? `claude-${version}-${name}` : `claude-${name}-${version}`
}

/** How many tokens one unit is: `1K tokens`, `1M`, `1000000 Tokens`, `Million Input Tokens`; null: not said. */
export function tokensPerUnit(...texts: readonly (string | undefined)[]): bigint | null {
  for (const text of texts) {
    if (text === undefined) continue
    if (/\b(?:1[ -]?M|millions?|1,?000,?000)\b/i.test(text)) return 1_000_000n
    if (/\b(?:1[ -]?K|thousands?|1,?000)\b/i.test(text)) return 1000n
    if (/^(?:1 )?tokens?$/i.test(text.trim())) return 1n
  }
  return null
}

const NANO = 1_000_000_000n
const MOST_COUNTED = 10_000_000_000_000n

/** A quantity as written times the tokens of a unit, to the nearest whole token; null when it is no such count. */
export function tokenCount(quantity: string | undefined, perUnit: bigint | null): number | null {
  if (quantity === undefined || perUnit === null) return null
  const nanos = parseUsd(quantity)
  if (nanos === null || nanos < 0n) return null
  const count = (nanos * perUnit + NANO / 2n) / NANO
  return count <= MOST_COUNTED ? Number(count) : null
}

/** Tokens of one kind: what a meter measures, it measures alone. */
export function tokensOf(kind: TokenKind | null, count: number | null): Usage {
  if (kind === null || count === null) return NO_USAGE
  return {...NO_TOKENS, [kind]: count}
}

/** A discount, credit or refund of a model's use: money, and no token more. */
export const NO_TOKENS: Usage = {
  requests: null,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
}

/** The service tier a meter's name mentions. */
export const tierIn = (text: string): string | null =>
  /batch/i.test(text) ? 'batch' : /flex/i.test(text) ? 'flex' : /priority/i.test(text) ? 'priority' : null
