/**
 * Copilot's own telemetry as the CLI and the editor write it to a file: a span or a log record a line, in the shape of the
 * OpenTelemetry SDK, not of OTLP. The same call may stand there up to four times: as a chat span, as an inference record, in its
 * turn's record, and in the sum of its agent. Per trace the first of these that there is counts, and they are never added.
 * Never read: bodies, events, resources, and every attribute not named here.
 */
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue, type UsageFact} from '../model/fact.ts'
import {parseTime, plausible} from '../model/time.ts'
import {connector} from './connector.ts'
import {latencyBetween} from './context.ts'
import {array, count, isObject, type Json, object, signature, text} from './fields.ts'

export const copilotCli = connector({
  id: 'copilot-cli',
  label: 'GitHub Copilot CLI telemetry (file export)',
  recognises: ({shape, sample, text: start, path}) =>
    (shape === 'jsonl' || shape === 'json') &&
    /copilot/i.test(`${path} ${start}`) &&
    sample.some(value => isObject(value) && isSdkRecord(value)),
  *parse(source) {
    const traces = new Traces()
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      const {line, value} = record
      const level = isObject(value) ? levelOf(value) : -1
      if (level === -1) continue
      const said = call(value as Json, line)
      if ('code' in said) yield said
      else traces.add(level, value as Json, said)
    }
    yield* traces.best()
  },
})

const isSdkRecord = (value: Json): boolean =>
  isObject(value.attributes) && ['traceId', 'spanContext', 'hrTime', 'startTime'].some(key => key in value)

/** From the sum to the single call. */
const LEVELS: readonly ((name: string, attributes: Json, span: boolean) => boolean)[] = [
  (name, attributes, span) =>
    span && (text(attributes, 'gen_ai.operation.name') === 'invoke_agent' || name.startsWith('invoke_agent')),
  (_, attributes, span) => !span && text(attributes, 'event.name') === 'copilot_chat.agent.turn',
  (_, attributes, span) =>
    !span && text(attributes, 'event.name') === 'gen_ai.client.inference.operation.details',
  (name, attributes, span) =>
    span && (text(attributes, 'gen_ai.operation.name') === 'chat' || /^chat( |$)/.test(name)),
]

function levelOf(value: Json): number {
  const attributes = object(value, 'attributes')
  const span = text(value, 'type') === 'span' || ('startTime' in value && 'name' in value)
  return LEVELS.findLastIndex(is => is(text(value, 'name') ?? '', attributes, span))
}

const idOf = (value: Json, key: 'traceId' | 'spanId'): string | undefined =>
  text(value, key) ?? text(object(value, 'spanContext'), key)

function call(value: Json, line: number): UsageFact | Issue {
  const attributes = object(value, 'attributes')
  const [trace, span] = [idOf(value, 'traceId'), idOf(value, 'spanId')]
  const response = text(attributes, 'gen_ai.response.id')
  const id = response ?? (trace && span && `${trace}/${span}`)
  if (!id) return issue(line, 'no-id', 'a record without traceId and spanId', 'export spans with their ids')
  const at =
    moment(value.startTime) ?? moment(value.hrTime) ?? moment(value.timestamp) ?? moment(value.endTime)
  if (at === null)
    return issue(
      line,
      'bad-time',
      `the record ${id.slice(0, 60)} has no time`,
      'export records with startTime or hrTime',
    )
  const latencyMs = latencyBetween(moment(value.startTime), moment(value.endTime))
  const requested = text(attributes, 'gen_ai.request.model')
  const served = text(attributes, 'gen_ai.response.model')
  const repository = text(attributes, 'github.copilot.git_repository')
  const conversation = text(attributes, 'gen_ai.conversation.id', 'session.id') ?? trace
  return {
    fact: 'usage',
    line,
    id,
    granularity: 'request',
    at,
    signature: signature({
      channel: 'copilot-cli',
      provider: 'github',
      repository: repository && alias.remote(repository),
    }),
    requestedModel: requested ?? served ?? null,
    servedModel: served ?? requested ?? null,
    tier: null,
    usage: {requests: 1, ...tokensOf(attributes)},
    // GitHub bills credits, which only its reports tell.
    cost: null,
    costSource: null,
    status: text(attributes, 'error.type') === undefined ? 'success' : 'failure',
    ...(conversation === undefined ? {} : {trace: conversation}),
    ...(latencyMs === undefined ? {} : {latencyMs}),
  }
}

/** `[seconds, nanoseconds]`, ISO-8601, or milliseconds. */
function moment(value: unknown): number | null {
  const [seconds, nanos] = array({value}, 'value')
  const at =
    typeof seconds === 'number' && typeof nanos === 'number'
      ? seconds * 1000 + Math.floor(nanos / 1e6)
      : typeof value === 'number'
        ? value
        : Number.NaN
  return plausible(at) ? at : typeof value === 'string' ? parseTime(value) : null
}

/** Cached tokens are inside the input. */
function tokensOf(attributes: Json): Omit<UsageFact['usage'], 'requests'> {
  const input = count(attributes, 'gen_ai.usage.input_tokens')
  const read = count(attributes, 'gen_ai.usage.cache_read.input_tokens')
  const written = count(
    attributes,
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_write.input_tokens',
  )
  const cached = (read ?? 0) + (written ?? 0)
  return {
    inputTokens: input === null || cached > input ? input : input - cached,
    outputTokens: count(attributes, 'gen_ai.usage.output_tokens'),
    cacheReadTokens: read,
    cacheWriteTokens: written,
  }
}

/** How many calls it was and how long each took, it does not say. */
function sumOfAgent({latencyMs: _, ...fact}: UsageFact): UsageFact {
  return {...fact, usage: {...fact.usage, requests: null}}
}

interface Held {
  readonly span: string | undefined
  readonly parent: string | undefined
  readonly fact: UsageFact
}

/** The records of each trace by level; records without a trace are one. */
class Traces {
  readonly #held = new Map<string, Held[][]>()

  add(level: number, value: Json, fact: UsageFact): void {
    if (fact.usage.inputTokens === null && fact.usage.outputTokens === null) return
    const trace = idOf(value, 'traceId') ?? fact.trace ?? ''
    const levels = this.#held.get(trace) ?? LEVELS.map(() => [])
    this.#held.set(trace, levels)
    levels[level]!.push({span: idOf(value, 'spanId'), parent: text(value, 'parentSpanId'), fact})
  }

  *best(): Generator<Fact> {
    for (const levels of this.#held.values()) {
      const level = levels.findLastIndex(held => held.length > 0)
      const found = levels[level]!
      const spans = new Set(found.map(({span}) => span))
      for (const {parent, fact} of found)
        if (level > 0) yield fact
        // An agent's sum holds those of the agents that it called.
        else if (parent === undefined || !spans.has(parent)) yield sumOfAgent(fact)
    }
  }
}
