/**
 * LiteLLM's spend log (`LiteLLM_SpendLogs`: table dump or `/spend/logs`), as JSON, JSON Lines or CSV; and what its calls have
 * in common with the payload its loggers write (`litellm-payload.ts`).
 * Never read: messages, response, proxy_server_request, requester_ip_address, error_information, guardrail_information.
 */
import * as alias from '../model/alias.ts'
import {type CallContext, type Fact, type Issue, issue, type Signature} from '../model/fact.ts'
import {makerOf, providerName} from '../model/provider.ts'
import {badTime, callFact, dollars, instant, isIssue, type Tokens, uncachedInput} from './call.ts'
import {connector, type Source} from './connector.ts'
import {contextOf, latencyBetween} from './context.ts'
import {
  array,
  count,
  encoded,
  isTrue,
  type Json,
  object,
  SignatureCache,
  signature,
  tagFields,
  tagList,
  text,
} from './fields.ts'
import {SpendScanner} from './litellm-scan.ts'
import {tenantDigest} from './product-event.ts'

export const litellmSpend = connector({
  id: 'litellm-spend',
  label: 'LiteLLM spend log',
  needs: {
    columns: ['request_id', 'spend', 'call_type'],
    fields: ['request_id', 'spend', ['startTime', 'call_type']],
  },
  *parse(source) {
    const signatures = new SignatureCache()
    for (const record of spendRecords(source)) {
      if ('fact' in record) yield record
      else yield litellmCall(record.value, record.line, signatures)
    }
  },
  scanner(writer) {
    const signatures = new SignatureCache()
    const scanner = new SpendScanner(writer)
    return {
      scan: line => scanner.scan(line),
      record: (value, line) => litellmCall(value, line, signatures),
      learn: () => scanner.learn(),
    }
  },
})

/** CSV headers keep LiteLLM's camel case apart from the normal form: `startTime` is `start_time` in a row. */
function* spendRecords(source: Source): Generator<{line: number; value: unknown} | Issue> {
  if (source.head.shape !== 'csv') yield* source.records()
  else for (const row of source.rows()) yield 'fact' in row ? row : {line: row.line, value: row.row}
}

/** On a cache hit the id is that of the call that filled the cache, with the moment of the hit. */
const CACHE_HIT = /_cache_hit[\d.]*$/

/** A row of the table, or a payload that has been given its names. */
export function litellmCall(value: unknown, line: number, signatures: SignatureCache): Fact | Issue {
  const id = text(value, 'request_id')
  if (id === undefined)
    return issue(line, 'no-id', 'a spend row without request_id', 'export the request_id column')
  const at = instant(value, 'startTime', 'start_time')
  if (at === null) return badTime(line, 'startTime', id, value)
  const cost = dollars(line, id, value, 'spend')
  if (isIssue(cost)) return cost
  const metadata = object(value, 'metadata')
  const model = text(value, 'model')
  return callFact({
    line,
    id,
    at,
    cost,
    signature: callSignature(value, metadata, signatures),
    requested: text(value, 'model_group'),
    served: model,
    tokens: tokenCounts(value, metadata),
    cached: isTrue(value, 'cache_hit') || CACHE_HIT.test(id),
    failed: text(value, 'status') === 'failure',
    trace: text(value, 'session_id'),
    latencyMs: latencyBetween(at, instant(value, 'endTime', 'end_time')),
    context: contextOf({...attempts(metadata), ...callerTags(value, metadata)}, customer(value)),
  })
}

/** What the request's body calls its user: the customer for whom a product calls, where a key of many customers is used. */
function customer(value: unknown): CallContext {
  const named = text(value, 'end_user')
  return named === undefined ? {} : {tenant: tenantDigest(named)}
}

const attempts = ({attempted_retries, attempted_fallbacks}: Json): Json => ({
  attempted_retries,
  attempted_fallbacks,
})

const callerTags = (value: unknown, metadata: Json): Json => ({
  ...tagList(array(value, 'request_tags')),
  ...object(metadata, 'spend_logs_metadata'),
})

/** LiteLLM counts as OpenAI does: cached tokens are inside prompt_tokens, unless they exceed it. */
function tokenCounts(value: unknown, metadata: Json): Tokens {
  const extra = object(metadata, 'additional_usage_values')
  const usage = object(metadata, 'usage_object')
  const read =
    count(extra, 'cache_read_input_tokens') ??
    count(usage, 'cache_read_input_tokens') ??
    count(object(usage, 'prompt_tokens_details'), 'cached_tokens') ??
    0
  const written =
    count(extra, 'cache_creation_input_tokens') ??
    count(usage, 'cache_creation_input_tokens') ??
    count(object(usage, 'prompt_tokens_details'), 'cache_creation_tokens') ??
    0
  return {
    inputTokens: uncachedInput(count(value, 'prompt_tokens'), {read, written}),
    outputTokens: count(value, 'completion_tokens'),
    cacheReadTokens: read,
    cacheWriteTokens: written,
  }
}

function callSignature(value: unknown, metadata: Json, signatures: SignatureCache): Signature {
  const key = text(value, 'api_key')
  const name = text(metadata, 'user_api_key_alias')
  const user = text(value, 'user')
  const team = text(value, 'team_id') ?? text(metadata, 'user_api_key_team_id')
  const teamName = text(metadata, 'user_api_key_team_alias')
  const organization = text(value, 'organization_id') ?? text(metadata, 'user_api_key_org_id')
  const model = text(value, 'model')
  const written = text(value, 'custom_llm_provider')
  const tags = encoded(value, 'request_tags')
  const extra = encoded(metadata, 'spend_logs_metadata')
  return signatures.of(
    [key, name, user, team, teamName, organization, written, written === undefined ? model : '', tags, extra],
    () =>
      signature({
        channel: 'litellm',
        provider: litellmProvider(written, model),
        key: key && alias.litellm('key', key),
        key_name: name,
        user: user && alias.litellm('user', user),
        team: team && alias.litellm('team', team),
        team_name: teamName,
        organization: organization && alias.litellm('organization', organization),
        ...tagFields(callerTags(value, metadata)),
      }),
  )
}

const GATEWAY_PREFIX = /^([a-z_]+)\//

/** Whom LiteLLM called: by its own word, else by the prefix of the model, else by the model's name. */
export function litellmProvider(written: string | undefined, model: string | undefined): string {
  const named = written ?? GATEWAY_PREFIX.exec(model ?? '')?.[1]
  return named === undefined ? makerOf(model) : providerName(named)
}
