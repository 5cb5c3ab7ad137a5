/**
 * The same call reported twice. Under one id (a gateway row and a span) the row of the better source stays and carries the
 * evidence of both. Under two ids (a gateway's own calls in the provider's invocation log) equal tokens, model and instant tell.
 */
import {SIGNATURE_FIELDS, type Signature} from '../model/fact.ts'

/** What coding assistants write down on the machine they run on. */
export const AGENTS = ['claude-code', 'codex', 'gemini-cli'] as const
/** Who describes a call best, first: a gateway knows the key and the price, an invocation log the principal. */
export const CHANNELS_RANKED = [
  ...['litellm', 'bedrock', 'apim', 'apim-llm', 'apim-gateway', 'otel'],
  ...AGENTS,
] as const

/** The better source's evidence, with what only the other knows. */
export function bothSignatures(better: Signature, other: Signature): Signature {
  const both: {[field: string]: string} = {}
  for (const field of SIGNATURE_FIELDS) {
    const value = better[field] ?? (field === 'channel' ? undefined : other[field])
    if (value !== undefined) both[field] = value
  }
  return both
}

export interface Call {
  readonly signatureId: number
  readonly day: number
  readonly id: string
  readonly at: number
  readonly model: string
  readonly tokens: string
}

/** Clocks of a gateway and a provider differ, and the provider logs the end of what the gateway logs the start of. */
const APART_MS = 30_000

/** Calls of `log` that are calls of `gateway`, each matched once. */
export function twins(
  gateway: readonly Call[],
  log: readonly Call[],
): {readonly call: Call; readonly gateway: Call}[] {
  const waiting = new Map<string, Call[]>()
  for (const call of [...gateway].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))) {
    const key = `${call.model}\n${call.tokens}`
    const found = waiting.get(key)
    if (found) found.push(call)
    else waiting.set(key, [call])
  }
  const matched: {call: Call; gateway: Call}[] = []
  for (const call of [...log].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))) {
    const found = waiting.get(`${call.model}\n${call.tokens}`)
    const index = nearest(found ?? [], call.at)
    if (index === -1) continue
    matched.push({call, gateway: found!.splice(index, 1)[0]!})
  }
  return matched
}

/** Where the call nearest in time stands, or −1 when none is near enough. */
function nearest(calls: readonly Call[], at: number): number {
  let best = -1
  for (const [index, call] of calls.entries())
    if (Math.abs(call.at - at) <= (best === -1 ? APART_MS : Math.abs(calls[best]!.at - at) - 1)) best = index
  return best
}
