/** What logs of single calls have in common, whoever keeps them: gateways that pass calls on, tools that watch them. */
import {
  type CallContext,
  GATEWAY_CACHE,
  type Issue,
  issue,
  type Signature,
  type Usage,
  type UsageFact,
} from '../model/fact.ts'
import {type Nanos, parseUsd} from '../model/money.ts'
import {parseTime, parseUnixSeconds, plausible} from '../model/time.ts'
import {quoted} from './aggregate.ts'
import {count, decimal, text} from './fields.ts'

export type Tokens = Omit<Usage, 'requests'>

/** One row of such a log. */
export interface LoggedCall {
  readonly line: number
  readonly id: string
  /** Epoch ms. */
  readonly at: number
  readonly signature: Signature
  readonly requested: string | undefined
  readonly served: string | undefined
  readonly tokens: Tokens
  /** As the log estimates it; see `callFact` for what 0 means. */
  readonly cost: Nanos | null
  /** The gateway answered from its own cache. */
  readonly cached?: boolean
  /** Undefined: the log does not say. */
  readonly failed: boolean | undefined
  readonly trace?: string | undefined
  /** The span within which it was made. */
  readonly parent?: string | undefined
  readonly latencyMs?: number | undefined
  readonly context?: CallContext | undefined
}

/**
 * The usage fact of a logged call. A cost of 0 for a call that consumed tokens is "no price known", not "free": it is null
 * here, and priced from the catalogue. What a gateway answered from its own cache did cost nothing, whatever it would have.
 */
export function callFact(call: LoggedCall): UsageFact {
  const {tokens, cached = false, failed} = call
  const consumed = (tokens.inputTokens ?? 0) + (tokens.outputTokens ?? 0) + (tokens.cacheReadTokens ?? 0) > 0
  // Written out: there are millions of calls, and spreading an object costs more than all the rest.
  const fact: {-readonly [field in keyof UsageFact]: UsageFact[field]} = {
    fact: 'usage',
    line: call.line,
    id: call.id,
    granularity: 'request',
    at: call.at,
    signature: call.signature,
    requestedModel: call.requested ?? call.served ?? null,
    servedModel: call.served ?? call.requested ?? null,
    tier: cached ? GATEWAY_CACHE : null,
    usage: {
      requests: 1,
      inputTokens: tokens.inputTokens,
      outputTokens: tokens.outputTokens,
      cacheReadTokens: tokens.cacheReadTokens,
      cacheWriteTokens: tokens.cacheWriteTokens,
      ...(tokens.parts === undefined ? NO_PARTS : {parts: tokens.parts}),
    },
    cost: cached ? 0n : call.cost === 0n && consumed ? null : call.cost,
    costSource: 'gateway',
    status: failed === undefined ? null : failed ? 'failure' : 'success',
  }
  if (call.trace !== undefined) fact.trace = call.trace
  if (call.parent !== undefined) fact.parent = call.parent
  if (call.latencyMs !== undefined) fact.latencyMs = call.latencyMs
  if (call.context !== undefined) fact.context = call.context
  return fact
}

const NO_PARTS = {}

/** When a call began: ISO-8601, Unix seconds or Unix milliseconds, as a number or as text; null when it is none. */
export function instant(from: unknown, ...keys: readonly string[]): number | null {
  const written = text(from, ...keys)
  if (written === undefined) return null
  const at = parseTime(written) ?? parseUnixSeconds(written)
  if (at !== null) return at
  const millis = /^\d{13}(\.\d+)?$/.test(written) ? Math.floor(Number(written)) : Number.NaN
  return plausible(millis) ? millis : null
}

/** An issue for a call whose time cannot be read. */
export const badTime = (line: number, key: string, id: string, from: unknown): Issue =>
  issue(
    line,
    'bad-time',
    `${key} of ${id} is ${quoted(text(from, key))}, not a time`,
    `export ${key} as ISO-8601`,
  )

/** Dollars as written at the first of the keys that holds something: null when none does, an issue when it is no amount. */
export function dollars(
  line: number,
  id: string,
  from: unknown,
  ...keys: readonly string[]
): Nanos | null | Issue {
  for (const key of keys) {
    const written = decimal(from, key)
    if (written === undefined) continue
    const amount = parseUsd(written)
    if (amount !== null) return amount
    return issue(
      line,
      'bad-amount',
      `${key} ${quoted(written)} of ${id} is not a decimal number`,
      'write it with a point, as 12.50',
    )
  }
  return null
}

export const isIssue = (value: unknown): value is Issue =>
  typeof value === 'object' && value !== null && 'code' in value

/**
 * Input without what the prompt cache held. Where a total is given, it says whether cached tokens are inside the input or
 * beside it; else they are inside, as most count, unless there are more of them than of input.
 *
 * @example 5,000 in, 4,096 of them cached, 100 out: total 5,100 → 904; 12 in beside 4,096 cached, 100 out: total 4,208 → 12
 */
export function uncachedInput(
  input: number | null,
  {
    read,
    written,
    output = null,
    total = null,
  }: {
    readonly read: number | null
    readonly written: number | null
    readonly output?: number | null
    readonly total?: number | null
  },
): number | null {
  const cached = (read ?? 0) + (written ?? 0)
  if (input === null || cached === 0) return input
  if (total !== null && total === input + cached + (output ?? 0)) return input
  return cached > input ? input : input - cached
}

/** Status codes of HTTP: below 100 are a gateway's own words for pending and cancelled. Undefined when there is none. */
export function failedStatus(from: unknown, ...keys: readonly string[]): boolean | undefined {
  const written = text(from, ...keys)
  if (written === undefined || !/^-?\d+$/.test(written)) return undefined
  const code = Number(written)
  return code < 100 || code >= 400
}

/** A count of each key, for logs that say no more than what went in and came out. */
export const plainTokens = (from: unknown, input: readonly string[], output: readonly string[]): Tokens => ({
  inputTokens: count(from, ...input),
  outputTokens: count(from, ...output),
  cacheReadTokens: null,
  cacheWriteTokens: null,
})
