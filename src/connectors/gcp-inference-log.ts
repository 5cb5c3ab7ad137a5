/**
 * Google Cloud's log of inference requests in Vertex AI: one Cloud Logging entry a request, metadata only. Names inside its
 * payload vary by model family, so each count goes by several. Never read: anything of the log of requests and responses,
 * which holds prompts; entries with a body are refused.
 */
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue, type Signature, type UsageFact} from '../model/fact.ts'
import {parseTime} from '../model/time.ts'
import {firstSaid, pairs} from './charge.ts'
import {connector} from './connector.ts'
import {contextOf, latencyAt} from './context.ts'
import {array, count, isObject, type Json, object, signature, tagFields, text} from './fields.ts'
import {quoted} from './table.ts'

const INPUT = ['inputtokencount', 'inputtokens', 'prompttokencount', 'prompttokens']
const OUTPUT = ['outputtokencount', 'outputtokens', 'candidatestokencount', 'completiontokens']
const THOUGHT = ['thoughtstokencount', 'thoughttokencount', 'thoughttokens', 'thoughtstokens']
const READ = [
  'cachedcontenttokencount',
  'cachedtokencount',
  'cachedtokens',
  'cachedinputtokens',
  'cachereadinputtokens',
  'cachereadinputtokencount',
]
const WRITE = ['cachecreationinputtokens', 'cachewriteinputtokens', 'cachecreationinputtokencount']
const MODEL = ['model', 'modelid', 'modelname', 'publishermodel', 'servedmodel']
const LABELS = ['requestlabels', 'headerlabels', 'labels']
/** Where an entry may keep its counts and labels. */
const INSIDE = ['usagemetadata', 'usage', 'tokencounts', 'tokens', 'request', 'response', 'metrics']
const BODIES = /^(?:full_?request|full_?response|requestPayload|responsePayload|contents|messages|prompt)$/i

const bare = (key: string): string => key.replace(/[^a-z0-9]/gi, '').toLowerCase()

/** A payload's fields by plain name, those of its named parts among them. */
type Payload = ReadonlyMap<string, unknown>

function payloadOf(entry: unknown): Payload {
  const fields = new Map<string, unknown>()
  const payload = object(entry, 'jsonPayload')
  for (const [key, value] of Object.entries(payload)) {
    fields.set(bare(key), value)
    if (INSIDE.includes(bare(key)) && isObject(value))
      for (const [inner, held] of Object.entries(value))
        if (!fields.has(bare(inner))) fields.set(bare(inner), held)
  }
  return fields
}

const counted = (payload: Payload, names: readonly string[]): number | null => {
  const name = names.find(known => payload.has(known))
  return name === undefined ? null : count({value: payload.get(name)}, 'value')
}

const saysModel = (payload: Payload): string | undefined =>
  MODEL.map(name => text({value: payload.get(name)}, 'value')).find(found => found !== undefined)

const hasBody = (entry: unknown): boolean =>
  Object.keys(object(entry, 'jsonPayload')).some(key => BODIES.test(key))

export const gcpInferenceLog = connector({
  id: 'gcp-inference-log',
  label: 'Google Cloud inference request metadata log (Cloud Logging entries)',
  recognises: ({sample}) =>
    sample.some(entry => {
      if (!isObject(entry) || !('logName' in entry || 'insertId' in entry) || hasBody(entry)) return false
      const payload = payloadOf(entry)
      return saysModel(payload) !== undefined && [...INPUT, ...OUTPUT].some(name => payload.has(name))
    }),
  *parse(source) {
    for (const record of source.records())
      yield* 'fact' in record ? [record] : inference(record.value, record.line)
  },
})

function* inference(entry: unknown, line: number): Generator<Fact | Issue> {
  const id = text(entry, 'insertId')
  if (hasBody(entry)) {
    yield issue(
      line,
      'holds-content',
      'an entry with a request or response in it is not read',
      'export the inference request metadata log, not the log of requests and responses',
    )
    return
  }
  if (id === undefined) {
    yield issue(line, 'no-id', 'a log entry without insertId', 'export whole entries')
    return
  }
  const written = text(entry, 'timestamp', 'receiveTimestamp')
  const at = parseTime(written ?? '')
  if (at === null) {
    yield issue(
      line,
      'bad-time',
      `timestamp of ${quoted(id)} is ${quoted(written)}, not a time`,
      'export whole entries',
    )
    return
  }
  const payload = payloadOf(entry)
  const model = saysModel(payload)?.replace(/^.*\/models\//, '')
  const latencyMs = latencyAt({value: payload.get('latencyms')}, ['value'])
  const context = contextOf(firstSaid(...LABELS.map(name => mapOf(payload.get(name)))))
  yield {
    fact: 'usage',
    line,
    id,
    granularity: 'request',
    at,
    signature: callerOf(entry, payload),
    requestedModel: model ?? null,
    servedModel: model ?? null,
    tier: null,
    usage: {requests: 1, ...tokensIn(payload, model)},
    cost: null,
    costSource: null,
    status: statusOf(payload),
    ...(latencyMs === undefined ? {} : {latencyMs}),
    ...(context === undefined ? {} : {context}),
  } satisfies UsageFact
}

/** Gemini's input holds what was cached and its output no thoughts; Claude's input holds neither cache, its output all. */
function tokensIn(payload: Payload, model: string | undefined): Omit<UsageFact['usage'], 'requests'> {
  const [input, output, thought, read, write] = [INPUT, OUTPUT, THOUGHT, READ, WRITE].map(names =>
    counted(payload, names),
  ) as [number | null, number | null, number | null, number | null, number | null]
  const claude = /claude/i.test(model ?? '')
  return {
    inputTokens: claude || input === null || read === null ? input : Math.max(0, input - read),
    outputTokens: claude || thought === null ? output : (output ?? 0) + thought,
    cacheReadTokens: read,
    cacheWriteTokens: write ?? (claude || input === null ? null : 0),
  }
}

/** Labels are the caller's: in the request's body they reach the bill too, as a header this log alone. */
function callerOf(entry: unknown, payload: Payload): Signature {
  const project =
    text(object(object(entry, 'resource'), 'labels'), 'project_id') ??
    /^projects\/([^/]+)\//.exec(text(entry, 'logName') ?? '')?.[1]
  const region =
    text({value: payload.get('region') ?? payload.get('location')}, 'value') ??
    text(object(object(entry, 'resource'), 'labels'), 'location')
  const labels = LABELS.map(name => mapOf(payload.get(name)))
  return signature({
    channel: 'vertex',
    provider: 'google',
    account: project && alias.providerAccount('google', project),
    project: project && alias.google('project', project),
    region,
    ...tagFields(firstSaid(...labels)),
  })
}

const mapOf = (value: unknown): Json =>
  Array.isArray(value) ? pairs(array({value}, 'value')) : isObject(value) ? value : {}

/** A code of an error: of gRPC above 0, of HTTP from 400 on. */
function statusOf(payload: Payload): UsageFact['status'] {
  const code = ['errorcode', 'statuscode', 'responsecode', 'httpstatus']
    .map(name => text({value: payload.get(name)}, 'value'))
    .find(found => found !== undefined)
  if (code === undefined) return null
  if (/^\d+$/.test(code))
    return Number(code) === 0 || (Number(code) >= 200 && Number(code) < 400) ? 'success' : 'failure'
  return /^ok$/i.test(code) ? 'success' : 'failure'
}
