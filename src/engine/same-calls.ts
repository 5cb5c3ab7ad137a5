/**
 * The same call reported twice. Under one id (a gateway row and a span) the row of the better source stays and carries the
 * evidence of both. Under two ids (a gateway's own calls in the provider's invocation log, or in an observer's that kept no
 * response id) equal tokens, model and instant tell.
 */
import {SIGNATURE_FIELDS, type Signature} from '../model/fact.ts'
import {channelOf, isResponseId} from './channels.ts'

/** The better source's evidence, with what only the other knows. */
function bothSignatures(better: Signature, other: Signature): Signature {
  const both: {[field: string]: string} = {}
  for (const field of SIGNATURE_FIELDS) {
    const value = better[field] ?? (field === 'channel' ? undefined : other[field])
    if (value !== undefined) both[field] = value
  }
  return both
}

/** What a match adds to the better source's evidence. Of the log of calls a gateway made only the account: its principal is the gateway's. */
export function jointSignature(better: Signature, other: Signature): Signature {
  if (!logsForGateway(better.channel, other.channel)) return bothSignatures(better, other)
  return other.account === undefined ? better : {...better, account: other.account}
}

const logsForGateway = (better: string | undefined, other: string | undefined): boolean =>
  channelOf(better ?? '')?.kind === 'gateway' && channelOf(other ?? '')?.kind === 'log'

export interface Call {
  readonly day: number
  readonly id: string
  readonly at: number
  readonly signatureId: number
  /** Whom the source names as the provider; observers take a gateway for the provider whose interface it has. */
  readonly provider: string
  /** What the model is called, asked for and served; empty: not said. */
  readonly models: readonly string[]
  /** All tokens in and out: sources split cached ones differently, or not at all. */
  readonly tokens: string
  readonly trace: string | null
  /** A gateway answered from its own cache: the provider never saw it. */
  readonly cached: boolean
}

/** Clocks of a gateway and a provider differ, and the provider logs the end of what the gateway logs the start of. */
export const APART_MS = 30_000

export interface Twins {
  readonly better: Call
  readonly other: Call
}

/**
 * Calls of the other channel that are calls of the better one, each matched once: the same tokens, a model of one name, within
 * thirty seconds; of several one of the same trace, then the nearest. Two that both go by their response's id are two.
 */
export function twins(
  {channel, calls}: {readonly channel: string; readonly calls: readonly Call[]},
  other: {readonly channel: string; readonly calls: readonly Call[]},
): readonly Twins[] {
  const ofLog = channelOf(channel)?.kind === 'log' || channelOf(other.channel)?.kind === 'log'
  const waiting = new Map<string, Call[]>()
  for (const call of [...calls].sort(byTime)) {
    if (ofLog && call.cached) continue
    const found = waiting.get(call.tokens)
    if (found) found.push(call)
    else waiting.set(call.tokens, [call])
  }
  const taken = new Set<Call>()
  const matched: Twins[] = []
  for (const call of [...other.calls].sort(byTime)) {
    const answered = isResponseId(other.channel, call.id)
    const fits = (candidate: Call) =>
      !taken.has(candidate) &&
      !(answered && isResponseId(channel, candidate.id)) &&
      candidate.models.some(name => call.models.includes(name)) &&
      (!ofLog || candidate.provider === call.provider)
    const better = nearest(waiting.get(call.tokens) ?? [], call, fits)
    if (better === null) continue
    taken.add(better)
    matched.push({better, other: call})
  }
  return matched
}

/**
 * Two gateways in a row log the same calls; two side by side do not, though small calls may look alike. Less than half of the
 * smaller log is chance.
 */
export const isChance = (matches: number, smaller: number): boolean => matches * 2 < smaller

const byTime = (a: Call, b: Call): number => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/** Of calls in time order the best that is near enough. */
function nearest(calls: readonly Call[], to: Call, fits: (call: Call) => boolean): Call | null {
  let best: Call | null = null
  let apart = Number.POSITIVE_INFINITY
  for (let index = firstFrom(calls, to.at - APART_MS); index < calls.length; index++) {
    const call = calls[index]!
    if (call.at > to.at + APART_MS) break
    if (!fits(call)) continue
    // A trace in common is worth more than any nearness.
    const distance = Math.abs(call.at - to.at) - (to.trace !== null && call.trace === to.trace ? APART_MS : 0)
    if (distance < apart) {
      best = call
      apart = distance
    }
  }
  return best
}

function firstFrom(calls: readonly Call[], at: number): number {
  let [low, high] = [0, calls.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (calls[middle]!.at < at) low = middle + 1
    else high = middle
  }
  return low
}
