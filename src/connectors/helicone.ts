/**
 * Helicone's requests: the answer of `POST /v1/request/query` (and `…/query-clickhouse`) and the export tool's JSON, JSON Lines
 * and CSV. Custom properties are what the caller says of itself. `cost` counts in a unit of Helicone's own: only `costUSD` is read.
 * Never read: request_body, response_body, llmSchema, signed_body_url, assets, the path and query of target_url, user ids.
 */
import {type Fact, type Issue, issue, type Signature} from '../model/fact.ts'
import {providerOrMaker} from '../model/provider.ts'
import {badTime, callFact, dollars, failedStatus, instant, isIssue, uncachedInput} from './call.ts'
import {connector, type Source} from './connector.ts'
import {contextOf, latencyAt, stepNamed} from './context.ts'
import {count, type Json, object, SignatureCache, signature, tagEvidence, tagFields, text} from './fields.ts'

export const helicone = connector({
  id: 'helicone',
  label: 'Helicone requests',
  needs: {columns: ['request_id', 'request_created_at'], fields: ['request_id', 'request_created_at']},
  *parse(source) {
    const signatures = new SignatureCache()
    for (const record of requests(source))
      yield 'fact' in record ? record : request(record.value, record.line, signatures)
  },
})

function* requests(source: Source): Generator<{line: number; value: unknown} | Issue> {
  if (source.head.shape !== 'csv') yield* source.records()
  else for (const row of source.rows()) yield 'fact' in row ? row : {line: row.line, value: row.row}
}

function request(value: unknown, line: number, signatures: SignatureCache): Fact | Issue {
  const id = text(value, 'request_id')
  if (id === undefined)
    return issue(line, 'no-id', 'a request without request_id', 'export whole rows, with request_id')
  const at = instant(value, 'request_created_at')
  if (at === null) return badTime(line, 'request_created_at', id, value)
  // A CSV header in normal form: `costUSD` is `cost_usd`.
  const cost = dollars(line, id, value, 'costUSD', 'cost_usd')
  if (isIssue(cost)) return cost
  const read = count(value, 'prompt_cache_read_tokens')
  const written = count(value, 'prompt_cache_write_tokens')
  const output = count(value, 'completion_tokens')
  const total = count(value, 'total_tokens')
  const properties = {...object(value, 'properties'), ...object(value, 'request_properties')}
  return callFact({
    line,
    id,
    at,
    cost,
    signature: callerOf(providerOf(value), properties, signatures),
    requested: text(value, 'request_model'),
    served: text(value, 'response_model', 'model'),
    tokens: {
      inputTokens: uncachedInput(count(value, 'prompt_tokens'), {read, written, output, total}),
      outputTokens: output,
      cacheReadTokens: read,
      cacheWriteTokens: written,
    },
    cached: isCached(text(value, 'cache_reference_id')),
    failed: failedStatus(value, 'response_status'),
    trace: text(properties, 'Helicone-Session-Id'),
    latencyMs: latencyAt(value, ['delay_ms']),
    context: contextOf(properties, stepNamed(lastOf(text(properties, 'Helicone-Session-Path')))),
  })
}

/** Sessions are a tree of paths: `/triage/summarise`. */
const lastOf = (path: string | undefined): string | undefined => path?.split('/').findLast(Boolean)

/** The id of the request that filled the cache; of none, an id of zeros. */
const isCached = (reference: string | undefined): boolean =>
  reference !== undefined && /[1-9a-f]/i.test(reference) && !/^(default|null|none)$/i.test(reference)

const callerOf = (provider: string, properties: Json, signatures: SignatureCache): Signature =>
  signatures.of([provider, tagEvidence(properties)], () =>
    signature({channel: 'helicone', provider, ...tagFields(properties)}),
  )

/** An OpenAI client pointed at Azure is still OPENAI to Helicone: the host says who bills. */
function providerOf(value: unknown): string {
  const host = /^https?:\/\/([^/?#]+)/i.exec(text(value, 'target_url') ?? '')?.[1] ?? ''
  if (/\.azure\.com(:\d+)?$/i.test(host)) return 'azure'
  return providerOrMaker(text(value, 'provider'), text(value, 'response_model', 'model', 'request_model'))
}
