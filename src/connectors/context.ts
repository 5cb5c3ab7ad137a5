/** What free metadata says of how a call came about and went: short words under known names, or nothing. */
import type {CallContext} from '../model/fact.ts'
import {count, isIdentifier, type Json, text} from './fields.ts'
import {tenantDigest} from './product-event.ts'

const REASON = ['route_reason', 'routing_reason', 'route_reason_code']
const POLICY = ['route_policy_version', 'route_policy', 'routing_policy']
const FALLBACK = ['fallback_used', 'is_fallback', 'fallback']
const RETRIES = ['attempted_retries', 'retry_count', 'retries', 'num_retries_used']
const OUTCOME = ['outcome_status', 'outcome']
/** Names of customers. A user's id may be a person's, and is not read. */
const TENANT = ['tenant_hash', 'user_or_tenant_hash', 'tenant_id', 'tenant', 'customer_id', 'customer']

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
  if (saysYes(text(from, ...FALLBACK)) || (count(from, 'attempted_fallbacks') ?? 0) > 0)
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

const saysYes = (written: string | undefined): boolean =>
  written !== undefined && /^(true|yes|1)$/i.test(written)

/** Milliseconds between two instants; undefined where one is not known or they do not follow each other within a day. */
export function latencyBetween(start: number | null, end: number | null): number | undefined {
  if (start === null || end === null) return undefined
  return end >= start && end - start <= 86_400_000 ? end - start : undefined
}
