/**
 * Log records that report one call: GenAI inference events, which repeat a span's attributes, and the request events of Claude
 * Code and Codex. Every other event is passed over, and no body is read.
 */
import {type Fact, type Issue, issue} from '../model/fact.ts'
import {type Nanos, parseUsd} from '../model/money.ts'
import {callFact, instant, type LoggedCall, type Tokens, uncachedInput} from './call.ts'
import {contextOf, latencyAt, stepNamed} from './context.ts'
import {array, count, decimal, isObject, type Json, object, text} from './fields.ts'
import type {AgentTotals} from './otlp-agents.ts'
import {attributesOf, type Callers} from './otlp-attributes.ts'
import {failed, kindOf, modelOf, nanoTime, tierOf, tokensOf} from './otlp-genai.ts'

/** What the assistants call things; conventions' names are read anyway. */
const ASSISTANTS =
  /^(event\.(name|kind|timestamp|sequence)|model|cost_usd(_micros)?|duration_ms|(input|output|cache_read|cache_creation)_tokens|(input|output|cached)_token_count|request_id|query_source|session\.id|conversation\.id)$/

/** The calls that the log records of one export request report. */
export function* logCalls(
  request: unknown,
  line: number,
  agents: AgentTotals,
  callers: Callers,
): Generator<Fact | Issue> {
  for (const group of array(request, 'resourceLogs')) {
    const resource = attributesOf(object(group, 'resource'))
    for (const scope of [...array(group, 'scopeLogs'), ...array(group, 'instrumentationLibraryLogs')])
      for (const record of array(scope, 'logRecords')) {
        if (!isObject(record)) continue
        const attributes = attributesOf(record, ASSISTANTS)
        const event = text(record, 'eventName') ?? text(attributes, 'event.name') ?? ''
        const reported = READERS.find(({reads}) => reads(event, attributes))
        if (reported === undefined) continue
        const at = timeOf(record, attributes)
        if (at === null) yield withoutTime(line, event)
        else {
          agents.inferenceIn(record)
          const signature = callers.of('otel-logs', resource, attributes)
          yield reported.read({record, attributes, line, at, signature})
        }
      }
  }
}

/** When it was logged; what a record of the whole request lasted, it began before. */
function timeOf(record: Json, attributes: Json): number | null {
  const logged =
    nanoTime(record.timeUnixNano) ??
    instant(attributes, 'event.timestamp') ??
    nanoTime(record.observedTimeUnixNano)
  return logged === null ? null : logged - Math.min(count(attributes, 'duration_ms') ?? 0, LONGEST_MS)
}

/** A request that lasts longer than this is a wrong unit. */
const LONGEST_MS = 3_600_000

const withoutTime = (line: number, event: string): Issue =>
  issue(
    line,
    'bad-time',
    `a log record of ${JSON.stringify(event.slice(0, 60))} without a time in nanoseconds`,
    'export OTLP/JSON; check the clock of the host',
  )

type Reported = Pick<LoggedCall, 'line' | 'at' | 'signature'> & {
  readonly record: Json
  readonly attributes: Json
}

interface Reader {
  reads(event: string, attributes: Json): boolean
  read(reported: Reported): Fact | Issue
}

const noId = (line: number, what: string): Issue =>
  issue(
    line,
    'no-id',
    `${what} that says neither which request nor which trace it was`,
    'export all attributes',
  )

/** The same ids as the span's, so that both are one call. */
const genAi: Reader = {
  reads: (event, attributes) =>
    (/^gen_ai\./.test(event) || text(attributes, 'gen_ai.operation.name') !== undefined) &&
    kindOf(attributes, undefined) === 'inference' &&
    (tokensOf(attributes).inputTokens ?? tokensOf(attributes).outputTokens) !== null,
  read({record, attributes, line, at, signature}) {
    const trace = text(record, 'traceId')?.toLowerCase()
    const span = text(record, 'spanId')?.toLowerCase()
    const id = text(attributes, 'gen_ai.response.id') ?? (trace && span && `${trace}/${span}`)
    if (!id) return noId(line, 'a GenAI event')
    const {requested, served} = modelOf(attributes)
    const fact = callFact({
      ...{line, id, at, signature, requested, served, cost: null, trace},
      tokens: tokensOf(attributes),
      failed: failed(record, attributes),
      context: contextOf(attributes, stepNamed(text(attributes, 'gen_ai.agent.name'))),
    })
    return {...fact, tier: tierOf(attributes), costSource: null}
  },
}

/** Counts of the cache stand beside the input; the cost is Claude Code's own estimate at list price. */
const claudeCode: Reader = {
  reads: (event, attributes) =>
    /^(claude_code\.)?api_request$/.test(event) && text(attributes, 'model') !== undefined,
  read({attributes, line, at, signature}) {
    const session = text(attributes, 'session.id')
    const sequence = text(attributes, 'event.sequence')
    const id = text(attributes, 'request_id') ?? (session && sequence && `${session}/${sequence}`)
    if (!id) return noId(line, 'an api_request event')
    const model = text(attributes, 'model')
    const fact = callFact({
      ...{line, id, at, signature, requested: model, served: model, failed: false, trace: session},
      cost: estimated(attributes),
      latencyMs: latencyAt(attributes, ['duration_ms']),
      context: contextOf({}, stepNamed(text(attributes, 'query_source'))),
      tokens: {
        inputTokens: count(attributes, 'input_tokens'),
        outputTokens: count(attributes, 'output_tokens'),
        cacheReadTokens: count(attributes, 'cache_read_tokens'),
        cacheWriteTokens: count(attributes, 'cache_creation_tokens'),
      },
    })
    return {...fact, costSource: fact.cost === null ? null : 'gateway'}
  },
}

function estimated(attributes: Json): Nanos | null {
  const micros = count(attributes, 'cost_usd_micros')
  const written = decimal(attributes, 'cost_usd')
  return micros !== null ? BigInt(micros) * 1000n : written === undefined ? null : parseUsd(written)
}

/** Codex counts cached tokens inside the input and reasoning inside the output, and says no price. */
const codex: Reader = {
  reads: (event, attributes) =>
    event === 'codex.sse_event' &&
    text(attributes, 'event.kind') === 'response.completed' &&
    count(attributes, 'input_token_count') !== null,
  read({record, attributes, line, at, signature}) {
    const conversation = text(attributes, 'conversation.id')
    const moment = text(attributes, 'event.timestamp') ?? text(record, 'timeUnixNano')
    if (!conversation || !moment) return noId(line, 'a response of Codex')
    const model = text(attributes, 'model')
    const read = count(attributes, 'cached_token_count')
    const tokens: Tokens = {
      inputTokens: uncachedInput(count(attributes, 'input_token_count'), {read, written: null}),
      outputTokens: count(attributes, 'output_token_count'),
      cacheReadTokens: read ?? 0,
      cacheWriteTokens: 0,
    }
    const fact = callFact({
      ...{line, id: `${conversation}/${moment}`, at, signature, requested: model, served: model, tokens},
      ...{cost: null, failed: false, trace: conversation},
    })
    return {...fact, costSource: null}
  },
}

const READERS: readonly Reader[] = [claudeCode, codex, genAi]
