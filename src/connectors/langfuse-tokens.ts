/** Langfuse's open map of what a call used, into the four counts. */
import type {Tokens} from './call.ts'
import {uncachedInput} from './call.ts'
import {count, type Json, object, text, usageParts} from './fields.ts'

/**
 * By key, whatever comes new: `input…` is input, `output…` output, and what names a cache is the cache's. Keys are parts that
 * add up to `total`; where input and output alone make the total, the other keys are inside those two.
 *
 * @example {input: 904, input_cached_tokens: 4096, output: 10, total: 5010} // 904 in, 4,096 read, 10 out
 * @example {input: 5000, input_cached_tokens: 4096, output: 10, total: 5010} // the same
 */
export function langfuseTokens(value: unknown): Tokens {
  const details = {...object(value, 'usage_details'), ...object(value, 'usageDetails')}
  return Object.keys(details).length > 0 ? fromDetails(details) : fromUsage(value)
}

const WHOLE: ReadonlySet<string> = new Set(['input', 'output', 'total'])
const WRITES = /cache[_ ]?(creation|write)/
const CACHE = /cache/

function fromDetails(details: Json): Tokens {
  const total = count(details, 'total')
  const [input, output] = [count(details, 'input'), count(details, 'output')]
  const inside = total !== null && total === (input ?? 0) + (output ?? 0)
  const sums = {input, output, read: null as number | null, written: null as number | null}
  const others = Object.keys(details).filter(key => !WHOLE.has(key))
  for (const key of others) {
    const part = partOf(key)
    // Inside input and output already: only what the cache held is of interest.
    if (part === null || (inside && (part === 'input' || part === 'output'))) continue
    const tokens = count(details, key)
    if (tokens !== null) sums[part] = (sums[part] ?? 0) + tokens
  }
  return {
    inputTokens: inside ? uncachedInput(sums.input, {read: sums.read, written: sums.written}) : sums.input,
    outputTokens: sums.output,
    cacheReadTokens: sums.read ?? (input === null ? null : 0),
    cacheWriteTokens: sums.written ?? (input === null ? null : 0),
    ...(others.length === 0 ? {} : partsIn(details)),
  }
}

const partsIn = (details: Json): Pick<Tokens, 'parts'> =>
  usageParts({
    cacheWrite1hTokens: summed(details, 'written', /1h|1_hour/),
    audioInputTokens: summed(details, 'input', /audio/),
    imageInputTokens: summed(details, 'input', /image/),
    audioOutputTokens: summed(details, 'output', /audio/),
    imageOutputTokens: summed(details, 'output', /image/),
  })

/** What the keys of one kind that match count together; null where there are none. */
function summed(details: Json, part: ReturnType<typeof partOf>, named: RegExp): number | null {
  const found = Object.keys(details).filter(key => partOf(key) === part && named.test(key.toLowerCase()))
  const counts = found.map(key => count(details, key)).filter(tokens => tokens !== null)
  return counts.length === 0 ? null : counts.reduce((sum, tokens) => sum + tokens)
}

function partOf(key: string): 'input' | 'output' | 'read' | 'written' | null {
  const plain = key.toLowerCase()
  if (WRITES.test(plain)) return 'written'
  if (CACHE.test(plain)) return 'read'
  if (/^(input|prompt)/.test(plain)) return 'input'
  return /^(output|completion|reasoning)/.test(plain) ? 'output' : null
}

/**
 * v1: `usage` with a unit, or `promptTokens` beside it. What is counted in characters or images is no tokens. The row's own
 * `input` and `output` are content and never looked at.
 */
function fromUsage(value: unknown): Tokens {
  const usage = object(value, 'usage')
  const counted = /^tokens?$/i.test(text(usage, 'unit') ?? text(value, 'unit') ?? 'TOKENS')
  const input =
    count(usage, 'input', 'inputTokens') ?? count(value, 'promptTokens', 'prompt_tokens', 'inputTokens')
  const output =
    count(usage, 'output', 'outputTokens') ??
    count(value, 'completionTokens', 'completion_tokens', 'outputTokens')
  const unsaid = counted && input !== null ? 0 : null
  return {
    inputTokens: counted ? input : null,
    outputTokens: counted ? output : null,
    cacheReadTokens: unsaid,
    cacheWriteTokens: unsaid,
  }
}
