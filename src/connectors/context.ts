/** What free metadata says of how a call came about and went: short words under known names, or nothing. */
import type {CallContext} from '../model/fact.ts'
import {count, decimal, isIdentifier, type Json, text} from './fields.ts'
import {tenantDigest} from './product-event.ts'

const REASON = ['route_reason', 'routing_reason', 'route_reason_code']
const POLICY = ['route_policy_version', 'route_policy', 'routing_policy']
const FALLBACK = ['fallback_used', 'is_fallback', 'fallback']
const RETRIES = ['attempted_retries', 'retry_count', 'retries', 'num_retries_used']
const OUTCOME = ['outcome_status', 'outcome']
/** Names of customers. A user's id may be a person's, and is not read. */
const TENANT = ['tenant_hash', 'user_or_tenant_hash', 'tenant_id', 'tenant', 'customer_id', 'customer']

/** Everything under which metadata is asked for it. */
export const CONTEXT_KEYS: ReadonlySet<string> = new Set([
  ...[REASON, POLICY, FALLBACK, RETRIES, OUTCOME, TENANT].flat(),
  'attempted_fallbacks',
])

/** Attempts beyond this are a wrong unit. */
const MOST_RETRIES = 1000

/** Where `from` says anything of it; what `more` says goes first. */
export function contextOf(from: Json, more: CallContext = {}): CallContext | undefined {
  const word = (keys: readonly string[]): string | undefined => {
    const written = text(from, ...keys)
    return written !== undefined && isIdentifier(written) ? written : undefined
  }
  const context: {-readonly [field in keyof CallContext]: CallContext[field]} = {}
  const reason = word(REASON)
  const policy = word(POLICY)
  const outcome = word(OUTCOME)?.toLowerCase()
  const retries = count(from, ...RETRIES)
  const tenant = text(from, ...TENANT)
  if (reason !== undefined) context.reason = reason
  if (policy !== undefined) context.policy = policy
  if (FALLBACK.some(key => saysYes(from[key])) || (count(from, 'attempted_fallbacks') ?? 0) > 0)
    context.fallback = true
  if (retries !== null && retries > 0 && retries <= MOST_RETRIES) context.retries = retries
  if (outcome !== undefined) context.outcome = outcome
  if (tenant !== undefined) context.tenant = tenantDigest(tenant)
  for (const name in more) {
    const value = more[name as keyof CallContext]
    if (value !== undefined) Object.assign(context, {[name]: value})
  }
  for (const _ in context) return context
  return undefined
}

const saysYes = (written: unknown): boolean => /^(true|yes|1)$/i.test(String(written))

/** A step of a workflow by its name; a name that is another every time says none. */
export const stepNamed = (name: string | undefined): CallContext =>
  name !== undefined && isIdentifier(name) && !/\d{3}|[0-9a-f]{8}/i.test(name) ? {step: name} : {}

/** A duration as a log writes it at the first of the keys that holds a number; `unit`: in milliseconds. Half a millisecond is one. */
export function latencyAt(from: unknown, keys: readonly string[], unit: 1 | 1000 = 1): number | undefined {
  for (const key of keys) {
    const written = Number(decimal(from, key) ?? Number.NaN)
    if (written >= 0 && written * unit <= LONGEST_MS) return Math.round(written * unit)
  }
  return undefined
}

/** A call that takes longer than a day is a wrong unit or a wrong clock. */
const LONGEST_MS = 86_400_000

/** Milliseconds between two instants; undefined where one is not known or they do not follow each other within a day. */
export function latencyBetween(start: number | null, end: number | null): number | undefined {
  if (start === null || end === null) return undefined
  return end >= start && end - start <= LONGEST_MS ? end - start : undefined
}
