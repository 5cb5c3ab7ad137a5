/**
 * Portkey's log exports (JSON Lines, and CSV of the same columns). Money is in US cents: that is what Portkey documents for this
 * export, and an issue says so once a file, with a row to check it by, because the file itself does not.
 * Never read: request, response, their bodies and headers, request_url beyond its host, `_user` and other people in metadata.
 */
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue, type Signature} from '../model/fact.ts'
import {formatUsd, type Nanos, parseCents} from '../model/money.ts'
import {providerOrMaker} from '../model/provider.ts'
import {quoted} from './aggregate.ts'
import {badTime, callFact, failedStatus, instant, isIssue, plainTokens} from './call.ts'
import {connector, type Source} from './connector.ts'
import {contextOf, latencyAt} from './context.ts'
import {
  decimal,
  isIdentifier,
  isObject,
  type Json,
  object,
  SignatureCache,
  signature,
  tagEvidence,
  tagFields,
  text,
} from './fields.ts'

export const portkey = connector({
  id: 'portkey',
  label: 'Portkey log export',
  needs: {
    columns: ['ai_org', ['ai_model', 'req_units', 'total_units']],
    fields: ['ai_org', ['ai_model', 'req_units', 'total_units']],
  },
  *parse(source) {
    const signatures = new SignatureCache()
    let told = false
    for (const record of logs(source)) {
      if ('fact' in record) {
        yield record
        continue
      }
      const found = log(record.value, record.line, signatures)
      if (!told && !isIssue(found) && found.fact === 'usage' && found.cost !== null && found.cost > 0n) {
        told = true
        yield readAsCents(record, found.cost)
      }
      yield found
    }
  },
})

function* logs(source: Source): Generator<{line: number; value: unknown} | Issue> {
  if (source.head.shape !== 'csv') yield* source.records()
  else for (const row of source.rows()) yield 'fact' in row ? row : {line: row.line, value: row.row}
}

const readAsCents = ({line, value}: {line: number; value: unknown}, cost: Nanos): Issue =>
  issue(
    line,
    'cost-unit',
    `cost is read as US cents: ${quoted(decimal(value, 'cost'))} for ${text(value, 'total_units') ?? 'unknown'} tokens is $${formatUsd(cost)}`,
    'compare it with the list price; if your export is in dollars, leave cost out of requested_data and the catalogue prices it',
  )

function log(value: unknown, line: number, signatures: SignatureCache): Fact | Issue {
  const id = text(value, 'id')
  if (id === undefined) return issue(line, 'no-id', 'a log without id', 'add id to requested_data')
  const at = instant(value, 'created_at')
  if (at === null) return badTime(line, 'created_at', id, value)
  const cost = cents(value, id, line)
  if (isIssue(cost)) return cost
  const failed = failedStatus(value, 'response_status_code')
  const success = isObject(value) ? value.is_success : undefined
  return callFact({
    line,
    id,
    at,
    cost,
    trace: text(value, 'trace_id'),
    signature: callerOf(value, signatures),
    requested: text(value, 'ai_model'),
    served: text(value, 'ai_model'),
    tokens: plainTokens(value, ['req_units'], ['res_units']),
    latencyMs: latencyAt(value, ['response_time']),
    context: contextOf(object(value, 'metadata')),
    cached: /hit/i.test(text(value, 'cache_status') ?? ''),
    failed: success === undefined || success === null ? failed : !/^(1|true)$/i.test(String(success)),
  })
}

function cents(value: unknown, id: string, line: number): Nanos | null | Issue {
  const written = decimal(value, 'cost')
  if (written === undefined) return null
  const currency = text(value, 'cost_currency')
  if (currency !== undefined && !/^(usd|us cents?|usd cents?|cents?)$/i.test(currency))
    return issue(
      line,
      'unknown-currency',
      `cost_currency of ${id} is ${quoted(currency)}, not USD`,
      'export in US dollars, or leave cost out of requested_data',
    )
  return (
    parseCents(written) ??
    issue(
      line,
      'bad-amount',
      `cost ${quoted(written)} of ${id} is not a decimal number`,
      'write it with a point, as 0.123',
    )
  )
}

function callerOf(value: unknown, signatures: SignatureCache): Signature {
  const metadata: Json = object(value, 'metadata')
  const workspace = text(value, 'workspace_slug', 'workspace_id')
  const prompt = text(value, 'prompt_slug')
  const provider = providerOrMaker(text(value, 'ai_org'), text(value, 'ai_model'))
  return signatures.of([provider, workspace, prompt, tagEvidence(metadata)], () =>
    signature({
      channel: 'portkey',
      provider,
      project: workspace && alias.portkeyWorkspace(workspace),
      tag_feature: prompt !== undefined && isIdentifier(prompt) ? prompt : undefined,
      ...tagFields(metadata),
    }),
  )
}
