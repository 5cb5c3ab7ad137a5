/**
 * OpenTelemetry traces as OTLP/JSON: export requests, one a line (the collector's file exporter) or one a document,
 * with GenAI spans in any of the three generations of the conventions. Only spans that are one inference count;
 * an agent's span repeats the totals of its children and is used only where its trace holds no inference span.
 * Spans of sampled traces are a lower bound, and are not scaled up.
 * Never read: events, links, status messages, scopes, and every attribute not named here.
 */
import {type Fact, type Issue, issue, type UsageFact} from '../model/fact.ts'
import {plausible} from '../model/time.ts'
import {connector} from './connector.ts'
import {array, count, isObject, type Json, object, text} from './fields.ts'
import {attributesOf, resourceSignature} from './otlp-attributes.ts'

export const otlpTraces = connector({
  id: 'otlp-traces',
  label: 'OpenTelemetry traces (OTLP/JSON)',
  needs: {fields: ['resourceSpans']},
  recognises: ({sample, text: start}) =>
    sample.some(record => isObject(record) && Array.isArray(record.resourceSpans)) ||
    // Pipelines may share a file: traces can come after lines of metrics and logs.
    (start.includes('"resourceSpans"') &&
      sample.some(
        record =>
          isObject(record) && (Array.isArray(record.resourceMetrics) || Array.isArray(record.resourceLogs)),
      )),
  *parse(source) {
    const agents = new AgentTotals()
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      for (const {resource, span} of spansOf(record.value)) {
        const attributes = attributesOf(span)
        const kind = kindOf(span, attributes)
        if (kind === 'other') continue
        const found = usageOf(span, attributes, resource, record.line)
        if (kind === 'inference') agents.inferenceIn(span)
        if (kind === 'inference' || 'code' in found) yield found
        else agents.add(span, hasTokens(found) ? found : null)
      }
    }
    yield* agents.unexplained()
  },
})

function* spansOf(request: unknown): Generator<{resource: Json; span: Json}> {
  for (const group of array(request, 'resourceSpans')) {
    const resource = attributesOf(object(group, 'resource'))
    for (const scope of [...array(group, 'scopeSpans'), ...array(group, 'instrumentationLibrarySpans')])
      for (const span of array(scope, 'spans')) if (isObject(span)) yield {resource, span}
  }
}

const INFERENCE = /^(chat|generate_content|text_completion|completion|embeddings?)$/
const AGENT = /^(invoke_agent|create_agent|invoke_workflow)$/
/** Frameworks' own words for spans that are not one call. */
const NOT_ONE_CALL = /^(agent|workflow|task|chain|tool|retriever|reranker)$/i

function kindOf(span: Json, attributes: Json): 'inference' | 'agent' | 'other' {
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
  const [word = ''] = (text(span, 'name') ?? '').split(' ')
  if (NOT_ONE_CALL.test(declared) || AGENT.test(word) || text(attributes, 'gen_ai.workflow.name'))
    return 'agent'
  if (isTool(word) || text(attributes, 'gen_ai.tool.name')) return 'other'
  return modelOf(attributes).requested || modelOf(attributes).served ? 'inference' : 'other'
}

/** Tools stand between an agent and the agents it calls. */
const isTool = (operation: string): boolean => operation === 'execute_tool'

function modelOf(attributes: Json): {requested: string | undefined; served: string | undefined} {
  return {
    requested: text(attributes, 'gen_ai.request.model', 'llm.request.model', 'llm.model_name'),
    served: text(attributes, 'gen_ai.response.model'),
  }
}

function usageOf(span: Json, attributes: Json, resource: Json, line: number): UsageFact | Issue {
  const trace = text(span, 'traceId')?.toLowerCase()
  const spanId = text(span, 'spanId')?.toLowerCase()
  if (!trace || !spanId)
    return issue(line, 'no-id', 'a GenAI span without traceId or spanId', 'export OTLP/JSON with hex ids')
  const at = nanoTime(span.startTimeUnixNano)
  if (at === null)
    return issue(
      line,
      'bad-time',
      `startTimeUnixNano of span ${trace}/${spanId} is not a time in nanoseconds`,
      'export OTLP/JSON; check the clock of the host',
    )
  const {requested, served} = modelOf(attributes)
  return {
    fact: 'usage',
    line,
    id: text(attributes, 'gen_ai.response.id') ?? `${trace}/${spanId}`,
    granularity: 'request',
    at,
    signature: resourceSignature(resource, attributes),
    requestedModel: requested ?? served ?? null,
    servedModel: served ?? requested ?? null,
    tier: tierOf(attributes),
    usage: {requests: 1, ...tokensOf(attributes)},
    cost: null,
    costSource: null,
    status: failed(span, attributes) ? 'failure' : 'success',
    trace,
  }
}

/** Nanoseconds since 1970, a decimal string or a bare number past 2^53, to epoch ms. */
function nanoTime(value: unknown): number | null {
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

const failed = (span: Json, attributes: Json): boolean =>
  /^(2|STATUS_CODE_ERROR)$/.test(text(object(span, 'status'), 'code') ?? '') ||
  text(attributes, 'error.type') !== undefined

function tierOf(attributes: Json): string | null {
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
function tokensOf(attributes: Json): Omit<UsageFact['usage'], 'requests'> {
  const input = count(
    attributes,
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'llm.usage.prompt_tokens',
  )
  const output = count(
    attributes,
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'llm.usage.completion_tokens',
  )
  const unsaid = input === null ? null : 0
  const read = count(
    attributes,
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
  )
  const written = count(
    attributes,
    'gen_ai.usage.cache_write.input_tokens',
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
  )
  const cached = (read ?? 0) + (written ?? 0)
  const embeds = /^embeddings?$/.test(text(attributes, 'gen_ai.operation.name', 'llm.request.type') ?? '')
  return {
    inputTokens: input === null ? null : cached > input ? input : input - cached,
    outputTokens: output ?? (embeds ? unsaid : null),
    cacheReadTokens: read ?? unsaid,
    cacheWriteTokens: written ?? unsaid,
  }
}

const hasTokens = ({usage}: UsageFact): boolean => (usage.inputTokens ?? usage.outputTokens) !== null

/** Traces with inference and agent spans held until a file's end; beyond this many the agents' totals are given up. */
const HELD = 500_000

/** Agent spans wait for the end of the file, because the children that would explain them may come later. */
class AgentTotals {
  readonly #explained = new Set<string>()
  readonly #held = new Map<
    string,
    {readonly parent: string; readonly trace: string; readonly fact: UsageFact | null}
  >()

  inferenceIn(span: Json): void {
    const trace = text(span, 'traceId')?.toLowerCase()
    if (trace && this.#explained.size < HELD) this.#explained.add(trace)
  }

  /** `fact` is null for a span without usage of its own, kept as a link between agents. */
  add(span: Json, fact: UsageFact | null): void {
    const trace = text(span, 'traceId')?.toLowerCase() ?? ''
    const at = (key: string) => `${trace}/${text(span, key)?.toLowerCase() ?? ''}`
    if (this.#held.size < HELD && !this.#explained.has(trace))
      this.#held.set(at('spanId'), {parent: at('parentSpanId'), trace, fact})
  }

  /** The outermost agent of each branch: its totals hold those of the agents it called. Requests are not known. */
  *unexplained(): Generator<Fact | Issue> {
    const open = [...this.#held.values()].filter(({trace, fact}) => fact && !this.#explained.has(trace))
    if (open.length > 0 && (this.#explained.size >= HELD || this.#held.size >= HELD))
      yield issue(
        1,
        'too-many-traces',
        `over ${HELD} traces in one file: agent spans without inference spans are left out`,
        'let the collector rotate its files at a smaller size',
      )
    else
      for (const {parent, fact} of open)
        if (fact && !this.#insideAnother(parent))
          yield {...fact, tier: null, usage: {...fact.usage, requests: null}}
  }

  #insideAnother(parent: string): boolean {
    const seen = new Set<string>()
    for (let at = parent; !seen.has(at); ) {
      seen.add(at)
      const above = this.#held.get(at)
      if (!above) return false
      if (above.fact) return true
      at = above.parent
    }
    return false
  }
}
