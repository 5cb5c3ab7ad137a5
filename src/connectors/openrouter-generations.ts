/**
 * OpenRouter's single calls (`GET /api/v1/generation?id=`), one saved answer a file or a line, and its keys (`GET /api/v1/keys`).
 * Calls are billed on the provider's own token counts (`native_…`); the others are estimates by one tokenizer for all. A call on a key
 * of one's own is billed by the provider behind, and OpenRouter's fee for it is a row beside.
 * Never read: external_user, http_referer beyond its host, a key's `label` (a fragment of it), what keys have used so far.
 */
import * as alias from '../model/alias.ts'
import {type CallContext, type Fact, type Issue, issue, type Signature} from '../model/fact.ts'
import {providerOrMaker} from '../model/provider.ts'
import {NO_USAGE} from './aggregate.ts'
import {badTime, callFact, dollars, instant, isIssue, type Tokens, uncachedInput} from './call.ts'
import {connector} from './connector.ts'
import {contextOf, latencyAt} from './context.ts'
import {
  array,
  count,
  isIdentifier,
  isObject,
  isTrue,
  type Json,
  SignatureCache,
  signature,
  text,
} from './fields.ts'
import {entity, link} from './statements.ts'

export const openrouterGenerations = connector({
  id: 'openrouter-generations',
  label: 'OpenRouter generations',
  needs: {fields: ['data.id', 'data.total_cost', ['data.native_tokens_prompt', 'data.upstream_id']]},
  recognises: ({shape, sample}) =>
    (shape === 'json' || shape === 'jsonl') && sample.some(record => isGeneration(unwrapped(record))),
  *parse(source) {
    const signatures = new SignatureCache()
    for (const record of source.records()) {
      if ('fact' in record) yield record
      else yield* generation(unwrapped(record.value), record.line, signatures)
    }
  },
})

/** The API answers with the generation under `data`. */
const unwrapped = (value: unknown): Json =>
  isObject(value) && isObject(value.data) ? value.data : isObject(value) ? value : {}

const isGeneration = (value: Json): boolean =>
  'id' in value && 'total_cost' in value && ('native_tokens_prompt' in value || 'upstream_id' in value)

function* generation(value: Json, line: number, signatures: SignatureCache): Generator<Fact | Issue> {
  const id = text(value, 'id')
  if (id === undefined || !isGeneration(value)) {
    yield issue(line, 'no-id', 'an entry that is no generation with an id', 'save whole answers of the call')
    return
  }
  const at = instant(value, 'created_at')
  if (at === null) {
    yield badTime(line, 'created_at', id, value)
    return
  }
  // `usage` is what was charged; with a key of one's own the total holds the other provider's part too.
  const billed = dollars(line, id, value, 'usage', 'total_cost')
  const upstream = dollars(line, id, value, 'upstream_inference_cost')
  if (isIssue(billed) || isIssue(upstream)) {
    yield* [billed, upstream].filter(isIssue)
    return
  }
  const model = text(value, 'model')
  const byok = isTrue(value, 'is_byok')
  const common = {
    ...{line, at, requested: model, served: model, trace: text(value, 'session_id')},
    failed: isTrue(value, 'cancelled') ? true : undefined,
    latencyMs: latencyAt(value, ['latency']),
    context: routeOf(value),
  }
  // What OpenRouter bills is billed: 0 is free, not unknown.
  const fee = callFact({
    ...common,
    ...{id: byok ? `${id}/fee` : id, cost: billed, tokens: tokensOf(value)},
    signature: callerOf(value, 'openrouter', signatures),
  })
  yield {...fee, usage: byok ? NO_USAGE : fee.usage, cost: billed, costSource: 'provider'}
  if (byok)
    yield callFact({
      ...common,
      ...{id, cost: upstream, tokens: tokensOf(value)},
      signature: callerOf(value, providerOrMaker(text(value, 'provider_name'), model), signatures),
    })
}

/** The router that chose the model, and the providers asked before the one that answered. */
function routeOf(value: Json): CallContext | undefined {
  const providers = array(value, 'provider_responses').map(said => text(said, 'provider_name'))
  const last = providers.at(-1)
  return contextOf({
    route_reason: text(value, 'router'),
    retries: Math.max(0, providers.length - 1),
    fallback: last !== undefined && last !== providers[0] ? 'yes' : undefined,
  })
}

function tokensOf(value: Json): Tokens {
  const read = count(value, 'native_tokens_cached')
  return {
    inputTokens: uncachedInput(count(value, 'native_tokens_prompt'), {read, written: null}),
    outputTokens: count(value, 'native_tokens_completion'),
    cacheReadTokens: read,
    cacheWriteTokens: null,
  }
}

const HOST = /^https?:\/\/(?:[^/?#@\s]*@)?([^/?#:@\s]+)/i

/** The application is what the caller says in its referer: a claim, and no more of it than the host. */
function callerOf(value: Json, provider: string, signatures: SignatureCache): Signature {
  const workspace = text(value, 'workspace_id')
  const key = text(value, 'api_key_hash')
  const host = HOST.exec(text(value, 'http_referer', 'origin') ?? '')?.[1]
  return signatures.of([provider, workspace, key, host], () =>
    signature({
      channel: 'openrouter',
      provider,
      key: key && alias.openrouter('key', key),
      project: workspace && alias.openrouter('workspace', workspace),
      tag_service: host !== undefined && isIdentifier(host) ? host.toLowerCase() : undefined,
    }),
  )
}

export const openrouterKeys = connector({
  id: 'openrouter-keys',
  label: 'OpenRouter keys',
  needs: {
    fields: [
      'hash',
      'name',
      ['usage_monthly', 'limit_remaining', 'byok_usage', 'creator_user_id', 'disabled'],
    ],
  },
  *parse(source) {
    for (const record of source.records()) {
      if ('fact' in record) yield record
      else yield* key(record.value, record.line)
    }
  },
})

function* key(value: unknown, line: number): Generator<Fact | Issue> {
  const hash = text(value, 'hash')
  if (hash === undefined) {
    yield issue(line, 'no-id', 'a key without its hash', 'save whole answers of /api/v1/keys')
    return
  }
  const self = alias.openrouter('key', hash)
  yield entity(line, 'identity', self, {
    name: text(value, 'name'),
    type: 'api_key',
    status: isTrue(value, 'disabled') ? 'disabled' : undefined,
  })
  const workspace = text(value, 'workspace_id')
  if (workspace) yield link(line, 'runs_in', self, alias.openrouter('workspace', workspace), 'key_record')
  const creator = text(value, 'creator_user_id')
  if (creator) yield link(line, 'created_by', self, alias.openrouter('user', creator), 'key_record')
}
