/**
 * LiteLLM's spend log (`LiteLLM_SpendLogs`: table dump or `/spend/logs`), as JSON, JSON Lines or CSV.
 * Never read: messages, response, proxy_server_request, requester_ip_address, error_information, guardrail_information.
 */
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue, type Signature, type UsageFact} from '../model/fact.ts'
import {parseUsd} from '../model/money.ts'
import {providerName} from '../model/provider.ts'
import {parseTime, parseUnixSeconds} from '../model/time.ts'
import {connector, type Source} from './connector.ts'
import {
  array,
  count,
  decimal,
  encoded,
  type Json,
  object,
  SignatureCache,
  signature,
  tagFields,
  tagList,
  text,
} from './fields.ts'
import {SpendScanner} from './litellm-scan.ts'

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
      else yield spend(record.value, record.line, signatures)
    }
  },
  scanner(writer) {
    const signatures = new SignatureCache()
    const scanner = new SpendScanner(writer)
    return {
      scan: line => scanner.scan(line),
      record: (value, line) => spend(value, line, signatures),
      learn: () => scanner.learn(),
    }
  },
})

/** CSV headers keep LiteLLM's camel case apart from the normal form: `startTime` is `start_time` in a row. */
function* spendRecords(source: Source): Generator<{line: number; value: unknown} | Issue> {
  if (source.head.shape !== 'csv') yield* source.records()
  else for (const row of source.rows()) yield 'fact' in row ? row : {line: row.line, value: row.row}
}

function spend(value: unknown, line: number, signatures: SignatureCache): Fact | Issue {
  const id = text(value, 'request_id')
  if (!id) return issue(line, 'no-id', 'a spend row without request_id', 'export the request_id column')
  const at = instant(value, 'startTime', 'start_time')
  if (at === null)
    return issue(line, 'bad-time', `startTime of ${id} is not a time`, 'export startTime as ISO-8601')
  const written = decimal(value, 'spend')
  const spent = written === undefined ? null : parseUsd(written)
  if (written !== undefined && spent === null)
    return issue(
      line,
      'bad-amount',
      `spend ${JSON.stringify(written)} of ${id} is not a decimal number`,
      'write it with a point, as 12.50',
    )
  const metadata = object(value, 'metadata')
  const tokens = tokenCounts(value, metadata)
  const cached = text(value, 'cache_hit')?.toLowerCase() === 'true'
  const consumed = (tokens.inputTokens ?? 0) + (tokens.outputTokens ?? 0) > 0
  const model = text(value, 'model')
  const trace = text(value, 'session_id')
  return {
    fact: 'usage',
    line,
    id,
    granularity: 'request',
    at,
    signature: spendSignature(value, metadata, signatures),
    requestedModel: text(value, 'model_group') ?? model ?? null,
    servedModel: model ?? null,
    tier: null,
    usage: {requests: 1, ...tokens},
    // Zero with tokens is "no price known", not "free", unless the gateway answered from its own cache.
    cost: spent === 0n && consumed && !cached ? null : spent,
    costSource: 'gateway',
    status: text(value, 'status') === 'failure' ? 'failure' : 'success',
    ...(trace === undefined ? {} : {trace}),
  } satisfies UsageFact
}

function instant(value: unknown, ...keys: readonly string[]): number | null {
  const written = text(value, ...keys)
  return written === undefined ? null : (parseTime(written) ?? parseUnixSeconds(written))
}

/** LiteLLM counts as OpenAI does: cached tokens are inside prompt_tokens, unless they exceed it. */
function tokenCounts(value: unknown, metadata: Json): Omit<UsageFact['usage'], 'requests'> {
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
  const prompt = count(value, 'prompt_tokens')
  return {
    inputTokens: prompt === null ? null : prompt >= read + written ? prompt - read - written : prompt,
    outputTokens: count(value, 'completion_tokens'),
    cacheReadTokens: read,
    cacheWriteTokens: written,
  }
}

const GATEWAY_PREFIX = /^([a-z_]+)\//

function spendSignature(value: unknown, metadata: Json, signatures: SignatureCache): Signature {
  const key = text(value, 'api_key')
  const name = text(metadata, 'user_api_key_alias')
  const user = text(value, 'user')
  const team = text(value, 'team_id') ?? text(metadata, 'user_api_key_team_id')
  const teamName = text(metadata, 'user_api_key_team_alias')
  const organization = text(value, 'organization_id') ?? text(metadata, 'user_api_key_org_id')
  const provider = text(value, 'custom_llm_provider') ?? GATEWAY_PREFIX.exec(text(value, 'model') ?? '')?.[1]
  const tags = encoded(value, 'request_tags')
  const extra = encoded(metadata, 'spend_logs_metadata')
  return signatures.of([key, name, user, team, teamName, organization, provider, tags, extra], () =>
    signature({
      channel: 'litellm',
      provider: provider === undefined ? 'unknown' : providerName(provider),
      key: key && alias.litellm('key', key),
      key_name: name,
      user: user && alias.litellm('user', user),
      team: team && alias.litellm('team', team),
      team_name: teamName,
      organization: organization && alias.litellm('organization', organization),
      ...tagFields({
        ...tagList(array(value, 'request_tags')),
        ...object(metadata, 'spend_logs_metadata'),
      }),
    }),
  )
}
