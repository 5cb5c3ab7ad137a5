/**
 * Langfuse observations: the public API (v2, and v1 while it lasts), exports of the user interface and of the blob storage
 * integration, as JSON, JSON Lines or CSV, in camel or in snake case. Only generations and embeddings are calls; what stands above
 * them in a trace repeats their sums.
 * Never read: input, output, modelParameters, statusMessage, tool calls, and any metadata not named here. User ids are the
 * product's own users.
 */
import * as alias from '../model/alias.ts'
import {signatureText} from '../model/chunk.ts'
import {type Fact, type Issue, issue, type Signature, type SpanFact} from '../model/fact.ts'
import type {Nanos} from '../model/money.ts'
import {providerOrMaker} from '../model/provider.ts'
import {badTime, callFact, dollars, instant, isIssue} from './call.ts'
import {connector, type Source} from './connector.ts'
import {contextOf, latencyAt, latencyBetween, stepNamed} from './context.ts'
import {
  array,
  isIdentifier,
  isObject,
  type Json,
  object,
  SignatureCache,
  signature,
  tagEvidence,
  tagFields,
  tagList,
  text,
} from './fields.ts'
import {langfuseTokens} from './langfuse-tokens.ts'
import {resourceSignature} from './otlp-attributes.ts'

/** What an observation holds beside what other systems' spans hold too. */
const TOLD = [
  'usageDetails',
  'providedModelName',
  'projectId',
  'parentObservationId',
  'calculatedTotalCost',
] as const
const TOLD_SNAKE = ['usage_details', 'provided_model_name', 'project_id', 'parent_observation_id'] as const

export const langfuse = connector({
  id: 'langfuse',
  label: 'Langfuse observations',
  needs: {
    columns: ['id', 'type', 'trace_id', 'start_time', [...TOLD_SNAKE]],
    fields: ['id', 'type', ['traceId', 'trace_id'], ['startTime', 'start_time'], [...TOLD, ...TOLD_SNAKE]],
  },
  *parse(source) {
    const signatures = new SignatureCache()
    let told = false
    for (const record of observations(source)) {
      if ('fact' in record) yield record
      else if (isCall(record.value)) {
        if (!told && isBare(record.value)) {
          told = true
          yield withoutUsage(record.line)
        }
        yield observation(record.value, record.line, signatures)
      } else yield* caller(record.value, record.line)
    }
  },
})

function* observations(source: Source): Generator<{line: number; value: unknown} | Issue> {
  if (source.head.shape !== 'csv') yield* source.records()
  else for (const row of source.rows()) yield 'fact' in row ? row : {line: row.line, value: row.row}
}

const isCall = (value: unknown): boolean => /^(GENERATION|EMBEDDING)$/i.test(text(value, 'type') ?? '')

/** What calls were made in; events have no extent. */
function* caller(value: unknown, line: number): Generator<SpanFact> {
  const [trace, id] = [text(value, 'traceId', 'trace_id'), text(value, 'id')]
  const type = text(value, 'type')?.toUpperCase()
  if (!trace || !id || type === undefined || type === 'EVENT') return
  const kind = type === 'AGENT' ? 'agent' : type === 'TOOL' ? 'tool' : 'other'
  const name = text(value, 'name')
  yield {
    ...{fact: 'span', line, trace, id, parent: parentOf(value) ?? null, kind},
    name: kind !== 'other' && name !== undefined && isIdentifier(name) ? name : null,
  }
}

const parentOf = (value: unknown): string | undefined =>
  text(value, 'parentObservationId', 'parent_observation_id')

const isBare = (value: unknown): boolean =>
  isObject(value) &&
  !['usageDetails', 'usage_details', 'usage', 'providedModelName', 'provided_model_name', 'model'].some(
    name => name in value,
  )

const withoutUsage = (line: number): Issue =>
  issue(
    line,
    'no-usage',
    'generations without model and usage: the export asked for the default fields alone',
    'ask for fields=core,basic,model,usage,trace_context',
  )

function observation(value: unknown, line: number, signatures: SignatureCache): Fact | Issue {
  const own = text(value, 'id')
  if (own === undefined) return issue(line, 'no-id', 'an observation without id', 'export whole observations')
  const at = instant(value, 'startTime', 'start_time')
  if (at === null)
    return badTime(line, isObject(value) && 'startTime' in value ? 'startTime' : 'start_time', own, value)
  const cost = costOf(value, own, line)
  if (isIssue(cost)) return cost
  const trace = text(value, 'traceId', 'trace_id')
  const metadata = object(value, 'metadata')
  const span = object(metadata, 'attributes')
  const model = modelOf(value)
  return callFact({
    line,
    at,
    cost,
    trace,
    parent: parentOf(value),
    latencyMs:
      latencyBetween(at, instant(value, 'endTime', 'end_time')) ?? latencyAt(value, ['latency'], 1000),
    context: contextOf({...tagList(array(value, 'tags')), ...metadata}, stepNamed(text(value, 'name'))),
    id: text(span, 'gen_ai.response.id') ?? callId(own, trace),
    signature: callerOf(value, metadata, span, signatures),
    requested: text(span, 'gen_ai.request.model') ?? model,
    served: model,
    tokens: langfuseTokens(value),
    failed: text(value, 'level')?.toUpperCase() === 'ERROR',
  })
}

const modelOf = (value: unknown): string | undefined =>
  text(value, 'providedModelName', 'provided_model_name', 'model')

/** LiteLLM writes the response's id behind the time of day; an observation that was a span goes by the span's ids. */
function callId(own: string, trace: string | undefined): string {
  const logged = /^time-\d\d-\d\d-\d\d-\d+_(.+)$/.exec(own)?.[1]
  if (logged !== undefined) return logged
  return /^[0-9a-f]{16}$/i.test(own) && /^[0-9a-f]{32}$/i.test(trace ?? '')
    ? `${trace!.toLowerCase()}/${own.toLowerCase()}`
    : own
}

/** The total where there is one; else the parts, of which `total` would be the sum. */
function costOf(value: unknown, id: string, line: number): Nanos | null | Issue {
  const total = dollars(line, id, value, 'totalCost', 'total_cost', 'calculatedTotalCost')
  if (total !== null) return total
  const details = {...object(value, 'cost_details'), ...object(value, 'costDetails')}
  const summed = dollars(line, id, details, 'total')
  if (summed !== null) return summed
  let sum: Nanos | null = null
  for (const key of Object.keys(details)) {
    const part = dollars(line, id, details, key)
    if (isIssue(part)) return part
    if (part !== null) sum = (sum ?? 0n) + part
  }
  return sum
}

/** An observation that was a span keeps the span's attributes in its metadata, beside the words somebody chose. */
function callerOf(value: unknown, metadata: Json, span: Json, signatures: SignatureCache): Signature {
  const project = text(value, 'projectId', 'project_id')
  const environment = text(value, 'environment')?.toLowerCase()
  const feature = featureOf(text(value, 'traceName', 'trace_name'))
  const provider = providerOrMaker(text(span, 'gen_ai.provider.name', 'gen_ai.system'), modelOf(value))
  const tags = tagList(array(value, 'tags'))
  const workload = workloadOf(object(metadata, 'resourceAttributes'), span)
  const said = [workload && signatureText(workload), tagEvidence(metadata), tagEvidence(tags)]
  return signatures.of([project, environment, feature, provider, ...said], () =>
    signature({
      ...workload,
      channel: 'langfuse',
      provider,
      project: project && alias.langfuseProject(project),
      tag_environment: environment === 'default' ? undefined : environment,
      tag_feature: feature,
      ...tagFields(metadata),
      ...tagFields(tags),
    }),
  )
}

/** What a span's own attributes and its resource's say, read by name as in a trace; whose user it was is not said for billing. */
function workloadOf(resource: Json, span: Json): Signature | undefined {
  if (Object.keys(resource).length === 0) return undefined
  const {user: _, ...workload} = resourceSignature(resource, span)
  return workload
}

/** A trace's name says what is done, unless it is another every time. */
const featureOf = (name: string | undefined): string | undefined =>
  name !== undefined && isIdentifier(name) && !/\d{3}|[0-9a-f]{8}/i.test(name) ? name : undefined
