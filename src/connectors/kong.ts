/**
 * Kong's AI plugins in its log plugins' output: a JSON object a line (file-log) or arrays of them (http-log batches), with the
 * keys of today (`ai.proxy.usage`) or of older versions (`ai.<plugin>.usage`, singular token fields). Traffic without AI in the
 * same log is passed over. One line is one request, whatever `tries` it took: only the try that answered has usage.
 * Never read: payloads, headers, request.url, request.uri, client_ip.
 */
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue, type Signature} from '../model/fact.ts'
import {providerOrMaker} from '../model/provider.ts'
import {badTime, callFact, dollars, failedStatus, instant, isIssue, plainTokens} from './call.ts'
import {connector} from './connector.ts'
import {contextOf, latencyAt} from './context.ts'
import {array, isObject, type Json, object, SignatureCache, signature, text} from './fields.ts'
import {entity, sameEmails} from './statements.ts'

export const kong = connector({
  id: 'kong',
  label: 'Kong AI plugin logs',
  needs: {fields: ['ai', ['started_at', 'latencies', 'upstream_status', 'workspace']]},
  recognises: ({shape, sample}) => (shape === 'json' || shape === 'jsonl') && sample.some(isAiLog),
  *parse(source) {
    const signatures = new SignatureCache()
    const known = new Set<string>()
    for (const record of source.records()) {
      if ('fact' in record) yield record
      else if (isAiLog(record.value)) {
        yield* calls(record.value, record.line, signatures)
        yield* parties(record.value, record.line, known)
      }
    }
  },
})

const isAiLog = (value: unknown): boolean =>
  isObject(value) &&
  isObject(value.ai) &&
  ['started_at', 'latencies', 'upstream_status', 'workspace'].some(name => name in value)

/** Plugins that pass the caller's request on. Where versions overlap one request is under two names. */
const PROXIES = ['proxy', 'ai-proxy-advanced', 'ai-proxy']

/** The proxied call, and those that other plugins make of their own (a transformer asks a model too), each billed. */
function* calls(value: unknown, line: number, signatures: SignatureCache): Generator<Fact | Issue> {
  const ai = object(value, 'ai')
  const proxy = PROXIES.find(name => isObject(ai[name]))
  for (const name of Object.keys(ai)) {
    if (PROXIES.includes(name) ? name !== proxy : !isObject(object(ai, name).usage)) continue
    const plugin = object(ai, name)
    if (isObject(plugin.usage) || isObject(plugin.meta))
      yield call({value, plugin, line, suffix: name === proxy ? '' : `/${name}`}, signatures)
  }
}

interface Plugin {
  readonly value: unknown
  readonly plugin: Json
  readonly line: number
  /** Calls that Kong makes of its own share the request's id. */
  readonly suffix: string
}

function call({value, plugin, line, suffix}: Plugin, signatures: SignatureCache): Fact | Issue {
  const request = text(object(value, 'request'), 'id')
  if (request === undefined)
    return issue(
      line,
      'no-id',
      'an AI request without request.id',
      'log with Kong 3.5 or newer, whole objects',
    )
  const id = request + suffix
  const at = instant(value, 'started_at')
  if (at === null) return badTime(line, 'started_at', id, value)
  const usage = object(plugin, 'usage')
  const meta = object(plugin, 'meta')
  const cost = dollars(line, id, usage, 'cost')
  if (isIssue(cost)) return cost
  const requested = text(meta, 'request_model')
  const served = text(meta, 'response_model') ?? requested
  return callFact({
    line,
    id,
    at,
    cost,
    requested,
    served,
    signature: callerOf(value, providerOrMaker(text(meta, 'provider_name'), served), signatures),
    tokens: plainTokens(usage, ['prompt_tokens', 'prompt_token'], ['completion_tokens', 'completion_token']),
    cached: /^hit$/i.test(text(object(plugin, 'cache'), 'cache_status') ?? ''),
    failed: failedStatus(value, 'upstream_status') ?? failedStatus(object(value, 'response'), 'status'),
    latencyMs: latencyAt(meta, ['llm_latency']),
    context: contextOf({retries: suffix === '' ? retriesOf(value) : undefined}),
  })
}

/** Tries are those of the request itself, the last of them the one that answered. */
const retriesOf = (value: unknown): number => Math.max(0, array(value, 'tries').length - 1)

const partyId = (of: Json): string | undefined => text(of, 'id', 'username', 'name')

/** Who Kong authenticated is the billed identity; the route it came in by stands for what it was for. */
function callerOf(value: unknown, provider: string, signatures: SignatureCache): Signature {
  const consumer = object(value, 'consumer')
  const key = partyId(consumer) ?? text(object(value, 'authenticated_entity'), 'id')
  const name = text(consumer, 'username')
  const route = partyId(object(value, 'route'))
  return signatures.of([provider, key, name, route], () =>
    signature({
      channel: 'kong',
      provider,
      key: key && alias.kong('consumer', key),
      key_name: name,
      project: route && alias.kong('route', route),
    }),
  )
}

/** What consumers and routes are called, once a file. */
function* parties(value: unknown, line: number, known: Set<string>): Generator<Fact> {
  const consumer = object(value, 'consumer')
  const key = partyId(consumer)
  if (key !== undefined && !known.has(`consumer ${key}`)) {
    known.add(`consumer ${key}`)
    const self = alias.kong('consumer', key)
    yield entity(line, 'identity', self, {name: text(consumer, 'username'), type: 'consumer'})
    yield* sameEmails(line, self, text(consumer, 'username'), text(consumer, 'custom_id'))
  }
  const route = object(value, 'route')
  const way = partyId(route)
  if (way !== undefined && !known.has(`route ${way}`)) {
    known.add(`route ${way}`)
    yield entity(line, 'project', alias.kong('route', way), {name: text(route, 'name'), type: 'route'})
  }
}
