/**
 * Token and cost metrics of GenAI clients and of Claude Code, as sums by series and period. They say again what spans, logs or a
 * gateway list call by call. A delta point is a sum of its own. A cumulative series counts on from its start, so only its last
 * reading is one: a sum that spans the life of the process, replaced when a later reading comes.
 * A histogram's sum is its tokens, and its count the calls.
 */
import {createHash} from 'node:crypto'
import {type Fact, type Issue, issue, type Signature, type UsageFact} from '../model/fact.ts'
import {type Nanos, parseUsd} from '../model/money.ts'
import {formatTime} from '../model/time.ts'
import {uncachedInput} from './call.ts'
import {array, decimal, isObject, type Json, object, text} from './fields.ts'
import {attributesOf, type Callers} from './otlp-attributes.ts'
import {countsCalls, modelOf, nanoTime} from './otlp-genai.ts'

type Part = 'input' | 'output' | 'read' | 'written' | 'cost'

interface Metric {
  /** Metrics of one family restate each other's parts, never another family's. */
  readonly family: 'gen_ai' | 'claude_code'
  /** What a point's figure is, by the kind it names where the metric has kinds. */
  part(kind: string | undefined): Part | undefined
}

const KINDS: {readonly [kind: string]: Part} = {
  input: 'input',
  prompt: 'input',
  output: 'output',
  completion: 'output',
  cacheRead: 'read',
  cache_read: 'read',
  input_cached: 'read',
  cacheCreation: 'written',
  cache_creation: 'written',
  cache_write: 'written',
}
const ofKind = (kind: string | undefined): Part | undefined =>
  kind !== undefined && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined

const METRICS: {readonly [name: string]: Metric} = {
  'gen_ai.client.token.usage': {family: 'gen_ai', part: ofKind},
  'gen_ai.client.inference.usage.input_tokens': {family: 'gen_ai', part: () => 'input'},
  'gen_ai.client.inference.usage.output_tokens': {family: 'gen_ai', part: () => 'output'},
  'gen_ai.client.inference.usage.cache_read.input_tokens': {family: 'gen_ai', part: () => 'read'},
  'gen_ai.client.inference.usage.cache_write.input_tokens': {family: 'gen_ai', part: () => 'written'},
  'gen_ai.client.inference.usage.cache_creation.input_tokens': {family: 'gen_ai', part: () => 'written'},
  'claude_code.token.usage': {family: 'claude_code', part: ofKind},
  'claude_code.cost.usage': {family: 'claude_code', part: () => 'cost'},
}

/** What a point says of its kind; everything else it says makes it a series. */
const KIND = /^(gen_ai\.token\.type|type)$/
const POINT = /^(gen_ai\.token\.type|type|model)$/

interface Sum {
  readonly line: number
  readonly id: string
  readonly family: Metric['family']
  readonly at: number
  readonly signature: Signature
  readonly attributes: Json
  until: number
  requests: number | null
  cost: Nanos | null
  readonly tokens: {input: number | null; output: number | null; read: number | null; written: number | null}
}

/** Points kept until a file's end, because the parts of one sum come under several metrics; beyond it they are let go. */
const HELD = 200_000

/** Gathers the points of a file. The same point read twice is one. */
export class MetricSums {
  readonly #callers: Callers
  readonly #sums = new Map<string, Sum>()
  #told = false

  constructor(callers: Callers) {
    this.#callers = callers
  }

  /** Takes in one export request; hands over what no longer fits. */
  *add(request: unknown, line: number): Generator<Fact | Issue> {
    for (const group of array(request, 'resourceMetrics')) {
      const resource = attributesOf(object(group, 'resource'))
      let identity: string | undefined
      for (const scope of [...array(group, 'scopeMetrics'), ...array(group, 'instrumentationLibraryMetrics')])
        for (const metric of array(scope, 'metrics')) {
          const name = text(metric, 'name') ?? ''
          if (!Object.hasOwn(METRICS, name)) continue
          identity ??= identityOf(array(object(group, 'resource'), 'attributes'))
          const origin = `${identity}\n${text(object(scope, 'scope'), 'name') ?? ''}`
          for (const {point, cumulative} of pointsOf(metric))
            yield* this.#point({metric: METRICS[name]!, point, cumulative, origin, resource, line})
        }
    }
    if (this.#sums.size > HELD) yield* this.facts()
  }

  *#point({metric, point, cumulative, origin, resource, line}: Point): Generator<Issue> {
    const attributes = attributesOf(point, POINT)
    if (!countsCalls(attributes)) return
    const part = metric.part(text(attributes, 'gen_ai.token.type', 'type'))
    const figure = figureOf(point)
    if (part === undefined || figure === undefined) return
    const until = nanoTime(point.timeUnixNano)
    const start = nanoTime(point.startTimeUnixNano) ?? (cumulative ? null : until)
    if (until === null || start === null) {
      if (!this.#told) yield withoutPeriod(line, cumulative && until !== null)
      this.#told = true
      return
    }
    const series = digest(metric.family, origin, identityOf(array(point, 'attributes'), KIND))
    const period = cumulative
      ? text(point, 'startTimeUnixNano')!
      : `${text(point, 'startTimeUnixNano') ?? ''}-${text(point, 'timeUnixNano')}`
    const key = `${series}/${period}`
    let sum = this.#sums.get(key)
    if (!sum) {
      sum = {
        line,
        id: `otel/metrics/${formatTime(start)}/${digest(key)}`,
        family: metric.family,
        at: start,
        until,
        signature: this.#callers.of('otel-metrics', resource, attributes),
        attributes,
        requests: null,
        cost: null,
        tokens: {input: null, output: null, read: null, written: null},
      }
      this.#sums.set(key, sum)
    }
    sum.until = Math.max(sum.until, until)
    take(sum, part, figure, point)
  }

  *facts(): Generator<Fact> {
    for (const sum of this.#sums.values()) yield factOf(sum)
    this.#sums.clear()
  }
}

interface Point {
  readonly metric: Metric
  readonly point: Json
  readonly cumulative: boolean
  readonly origin: string
  readonly resource: Json
  readonly line: number
}

function* pointsOf(metric: unknown): Generator<{point: Json; cumulative: boolean}> {
  for (const kind of ['sum', 'histogram', 'exponentialHistogram']) {
    const held = object(metric, kind)
    const cumulative = /^(2|AGGREGATION_TEMPORALITY_CUMULATIVE)$/.test(
      text(held, 'aggregationTemporality') ?? '',
    )
    for (const point of array(held, 'dataPoints')) if (isObject(point)) yield {point, cumulative}
  }
}

const figureOf = (point: Json): string | undefined =>
  decimal(point, 'asInt') ?? decimal(point, 'asDouble') ?? decimal(point, 'sum')

/** Readings only grow: of two of one sum the larger is the later. */
function take(sum: Sum, part: Part, figure: string, point: Json): void {
  if (part === 'cost') {
    const cost = parseUsd(figure)
    if (cost !== null && (sum.cost === null || cost > sum.cost)) sum.cost = cost
    return
  }
  const tokens = Math.round(Number(figure))
  if (!Number.isSafeInteger(tokens) || tokens < 0) return
  sum.tokens[part] = Math.max(sum.tokens[part] ?? 0, tokens)
  const calls = part === 'input' ? Number(decimal(point, 'count') ?? Number.NaN) : Number.NaN
  if (Number.isSafeInteger(calls)) sum.requests = Math.max(sum.requests ?? 0, calls)
}

function factOf({
  line,
  id,
  family,
  at,
  until,
  signature,
  attributes,
  requests,
  cost,
  tokens,
}: Sum): UsageFact {
  const {requested, served} = modelOf(attributes)
  const model = served ?? requested ?? text(attributes, 'model')
  const {input, output, read, written} = tokens
  const unsaid = input === null ? null : 0
  const consumed = (input ?? 0) + (output ?? 0) + (read ?? 0) > 0
  return {
    fact: 'usage',
    line,
    id,
    granularity: 'bucket',
    at,
    until: Math.max(until, at + 1),
    signature,
    requestedModel: requested ?? model ?? null,
    servedModel: model ?? null,
    tier: null,
    usage: {
      requests,
      // Claude Code counts the cache beside the input, the conventions inside it.
      inputTokens: family === 'gen_ai' ? uncachedInput(input, {read, written}) : input,
      outputTokens: output,
      cacheReadTokens: read ?? unsaid,
      cacheWriteTokens: written ?? unsaid,
    },
    cost: cost === 0n && consumed ? null : cost,
    costSource: cost === null ? null : 'gateway',
    status: null,
  }
}

const withoutPeriod = (line: number, cumulative: boolean): Issue =>
  cumulative
    ? issue(
        line,
        'no-start',
        'a cumulative point without startTimeUnixNano: what it counts from is not known',
        'export start times, or delta temporality',
      )
    : issue(
        line,
        'bad-time',
        'a metric point whose timeUnixNano is not a time in nanoseconds',
        'export OTLP/JSON; check the clock of the host',
      )

/** All attributes as one text, in an order of their own: what tells one series from another, whatever it is called. */
const identityOf = (attributes: readonly unknown[], without?: RegExp): string =>
  attributes
    .filter(attribute => !without?.test(text(attribute, 'key') ?? ''))
    .map(attribute => JSON.stringify([text(attribute, 'key'), object(attribute, 'value')]))
    .sort()
    .join('\n')

/** Only a digest of it is kept: a series may be told apart by things that are nobody's business. */
const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 24)
