/** What GenAI attributes say, newest generation first, wherever they stand: on a span, a log record or a metric's point. */
import {plausible} from '../model/time.ts'
import {type Tokens, uncachedInput} from './call.ts'
import {count, type Json, object, text} from './fields.ts'

const INFERENCE = /^(chat|generate_content|text_completion|completion|embeddings?)$/
const AGENT = /^(invoke_agent|create_agent|invoke_workflow)$/
/** Frameworks' own words for spans that are not one call. */
const NOT_ONE_CALL = /^(agent|workflow|task|chain|tool|retriever|reranker)$/i

/** `name`: the span's, for producers that name the operation nowhere else. */
export function kindOf(attributes: Json, name: string | undefined): 'inference' | 'agent' | 'other' {
  const operation = text(attributes, 'gen_ai.operation.name', 'llm.request.type')
  if (operation !== undefined)
    return INFERENCE.test(operation)
      ? 'inference'
      : AGENT.test(operation) || isTool(operation)
        ? 'agent'
        : 'other'
  const tokens = tokensOf(attributes)
  if (tokens.inputTokens === null && tokens.outputTokens === null) return 'other'
  const declared = text(attributes, 'traceloop.span.kind', 'openinference.span.kind') ?? ''
  const [word = ''] = (name ?? '').split(' ')
  if (NOT_ONE_CALL.test(declared) || AGENT.test(word) || text(attributes, 'gen_ai.workflow.name'))
    return 'agent'
  if (isTool(word) || text(attributes, 'gen_ai.tool.name')) return 'other'
  return modelOf(attributes).requested || modelOf(attributes).served ? 'inference' : 'other'
}

/** Whether a metric's point sums inferences: agents' points repeat those of the calls below them. */
export function countsCalls(attributes: Json): boolean {
  const operation = text(attributes, 'gen_ai.operation.name', 'llm.request.type')
  return operation === undefined || INFERENCE.test(operation)
}

/** Tools stand between an agent and the agents it calls. */
export const isTool = (operation: string | undefined): boolean => operation === 'execute_tool'

export function modelOf(attributes: Json): {requested: string | undefined; served: string | undefined} {
  return {
    requested: text(attributes, 'gen_ai.request.model', 'llm.request.model', 'llm.model_name'),
    served: text(attributes, 'gen_ai.response.model'),
  }
}

/** Nanoseconds since 1970, a decimal string or a bare number past 2^53, to epoch ms. */
export function nanoTime(value: unknown): number | null {
  const digits =
    typeof value === 'string'
      ? value.trim()
      : Number.isInteger(value)
        ? BigInt(value as number).toString()
        : ''
  if (!/^\d{1,20}$/.test(digits)) return null
  const at = Number(BigInt(digits) / 1_000_000n)
  return plausible(at) ? at : null
}

export const failed = (span: Json, attributes: Json): boolean =>
  /^(2|STATUS_CODE_ERROR)$/.test(text(object(span, 'status'), 'code') ?? '') ||
  text(attributes, 'error.type') !== undefined

export function tierOf(attributes: Json): string | null {
  const tier = text(
    attributes,
    'openai.response.service_tier',
    'gen_ai.openai.response.service_tier',
    'openai.request.service_tier',
    'gen_ai.openai.request.service_tier',
  )?.toLowerCase()
  return tier === undefined || tier === 'auto' ? null : tier === 'default' ? 'standard' : tier
}

/**
 * The conventions count cached tokens inside the input; some producers (Anthropic's raw figures) do not. When the cache
 * counts exceed the input they cannot be inside it: then the input is taken as it stands, else they are subtracted.
 *
 * @example input 5,000 of which 4,096 read from cache → 904; input 12 beside 4,096 read from cache → 12
 */
export function tokensOf(attributes: Json): Tokens {
  const input = count(
    attributes,
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'llm.usage.prompt_tokens',
    'llm.token_count.prompt',
  )
  const output = count(
    attributes,
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'llm.usage.completion_tokens',
    'llm.token_count.completion',
  )
  const read = count(
    attributes,
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'llm.token_count.prompt_details.cache_read',
  )
  const written = count(
    attributes,
    'gen_ai.usage.cache_write.input_tokens',
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'llm.token_count.prompt_details.cache_write',
  )
  const unsaid = input === null ? null : 0
  const embeds = /^embeddings?$/.test(text(attributes, 'gen_ai.operation.name', 'llm.request.type') ?? '')
  return {
    inputTokens: uncachedInput(input, {read, written}),
    outputTokens: output ?? (embeds ? unsaid : null),
    cacheReadTokens: read ?? unsaid,
    cacheWriteTokens: written ?? unsaid,
  }
}
