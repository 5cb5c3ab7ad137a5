/** Spans of GenAI clients, in any of the generations of the conventions, as usage facts. */
import {type Fact, type Issue, issue, type Signature, type SpanFact, type UsageFact} from '../model/fact.ts'
import {contextOf, latencyBetween, stepNamed} from './context.ts'
import {array, isIdentifier, isObject, type Json, object, text} from './fields.ts'
import type {AgentTotals} from './otlp-agents.ts'
import {attributesOf, type Callers} from './otlp-attributes.ts'
import {failed, isTool, kindOf, modelOf, nanoTime, tierOf, tokensOf} from './otlp-genai.ts'

/** The calls in one export request. What agents' spans sum up waits in `agents`. */
export function* spanCalls(
  request: unknown,
  line: number,
  agents: AgentTotals,
  callers: Callers,
): Generator<Fact | Issue> {
  for (const {resource, span} of spansOf(request)) {
    const attributes = attributesOf(span)
    const kind = kindOf(attributes, text(span, 'name'))
    yield* callerOf(span, attributes, kind, line)
    if (kind === 'other') continue
    const found = usageOf(span, attributes, line, callers.of('otel', resource, attributes))
    if (kind === 'inference') agents.inferenceIn(span)
    if (kind === 'inference' || 'code' in found) yield found
    else agents.add(span, hasTokens(found) ? found : null)
  }
}

/** A span that may have called others, where it speaks of generative AI at all: the rest of a trace can be a hundred times as much. */
function* callerOf(
  span: Json,
  attributes: Json,
  kind: ReturnType<typeof kindOf>,
  line: number,
): Generator<SpanFact> {
  const {trace, id, parent} = idsOf(span)
  if (kind === 'inference' || !trace || !id) return
  if (kind === 'other' && !Object.keys(attributes).some(key => FRAMEWORK.test(key))) return
  const tool =
    text(attributes, 'gen_ai.tool.name') !== undefined || isTool(text(attributes, 'gen_ai.operation.name'))
  const name = text(
    attributes,
    ...(tool ? ['gen_ai.tool.name'] : ['gen_ai.agent.name', 'gen_ai.workflow.name']),
  )
  yield {
    ...{fact: 'span', line, trace, id, parent: parent ?? null},
    kind: tool ? 'tool' : kind,
    name: name !== undefined && isIdentifier(name) ? name : null,
  }
}

const FRAMEWORK = /^(gen_ai|llm|traceloop|openinference)\./

const idsOf = (span: Json) => ({
  trace: text(span, 'traceId')?.toLowerCase(),
  id: text(span, 'spanId')?.toLowerCase(),
  parent: text(span, 'parentSpanId')?.toLowerCase(),
})

function* spansOf(request: unknown): Generator<{resource: Json; span: Json}> {
  for (const group of array(request, 'resourceSpans')) {
    const resource = attributesOf(object(group, 'resource'))
    for (const scope of [...array(group, 'scopeSpans'), ...array(group, 'instrumentationLibrarySpans')])
      for (const span of array(scope, 'spans')) if (isObject(span)) yield {resource, span}
  }
}

function usageOf(span: Json, attributes: Json, line: number, signature: Signature): UsageFact | Issue {
  const {trace, id: spanId, parent} = idsOf(span)
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
  const latencyMs = latencyBetween(at, nanoTime(span.endTimeUnixNano))
  const context = contextOf(attributes, stepNamed(text(attributes, 'gen_ai.agent.name')))
  return {
    fact: 'usage',
    line,
    id: text(attributes, 'gen_ai.response.id') ?? `${trace}/${spanId}`,
    granularity: 'request',
    at,
    signature,
    requestedModel: requested ?? served ?? null,
    servedModel: served ?? requested ?? null,
    tier: tierOf(attributes),
    usage: {requests: 1, ...tokensOf(attributes)},
    cost: null,
    costSource: null,
    status: failed(span, attributes) ? 'failure' : 'success',
    trace,
    ...(parent === undefined ? {} : {parent}),
    ...(latencyMs === undefined ? {} : {latencyMs}),
    ...(context === undefined ? {} : {context}),
  }
}

const hasTokens = ({usage}: UsageFact): boolean => (usage.inputTokens ?? usage.outputTokens) !== null
