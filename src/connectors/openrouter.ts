/**
 * OpenRouter's daily activity: the API's answer and the dashboard's CSV. OpenRouter is the provider that bills here, in dollars of
 * credit; only what ran on a key of one's own (BYOK) is billed by the provider behind it, and is a fact of its own.
 */
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue, type Signature, type Usage} from '../model/fact.ts'
import {Carry, type Nanos} from '../model/money.ts'
import {providerOrMaker} from '../model/provider.ts'
import {DAY_MS, parseTime} from '../model/time.ts'
import {bucketId, NO_USAGE, quoted} from './aggregate.ts'
import {isIssue} from './call.ts'
import {connector} from './connector.ts'
import {count, decimal, SignatureCache, signature, text} from './fields.ts'

export const openrouterActivity = connector({
  id: 'openrouter-activity',
  label: 'OpenRouter activity (API)',
  needs: {
    fields: ['date', 'usage', 'requests', 'prompt_tokens', ['model_permaslug', 'byok_usage_inference']],
  },
  *parse(source) {
    const [carry, signatures] = [new Carry(), new SignatureCache()]
    for (const record of source.records()) {
      if ('fact' in record) yield record
      else yield* day(record.value, record.line, carry, signatures)
    }
  },
})

export const openrouterActivityCsv = connector({
  id: 'openrouter-activity-csv',
  label: 'OpenRouter activity (dashboard CSV)',
  needs: {columns: ['date', 'usage', 'requests', 'prompt_tokens', ['slug', 'model_permaslug']]},
  *parse(source) {
    const [carry, signatures] = [new Carry(), new SignatureCache()]
    for (const row of source.rows()) {
      if ('fact' in row) yield row
      else yield* day(row.row, row.line, carry, signatures)
    }
  },
})

/** What tells rows apart, whatever the report was grouped or filtered by. */
const DIMENSIONS = ['endpoint_id', 'provider_name', 'workspace_id', 'api_key_hash', 'user_id'] as const

function* day(
  value: unknown,
  line: number,
  carry: Carry,
  signatures: SignatureCache,
): Generator<Fact | Issue> {
  const at = parseTime(text(value, 'date') ?? '')
  if (at === null) {
    yield issue(
      line,
      'bad-time',
      `date ${quoted(text(value, 'date'))} is not a day`,
      'keep it as exported: 2026-09-14',
    )
    return
  }
  const requested = text(value, 'model', 'slug', 'model_permaslug')
  const served = text(value, 'model_permaslug', 'model', 'slug')
  const billed = amount(value, line, carry, 'usage')
  const own = amount(value, line, carry, 'byok_usage_inference', 'byok_usage')
  if (isIssue(billed) || isIssue(own)) {
    yield* [billed, own].filter(isIssue)
    return
  }
  const dimensions = Object.fromEntries(DIMENSIONS.map(name => [name, text(value, name)]))
  const row = {
    ...({fact: 'usage', line, granularity: 'bucket', at, until: at + DAY_MS} as const),
    ...({requestedModel: requested ?? null, servedModel: served ?? null, tier: null, status: null} as const),
  }
  const id = (family: string) => bucketId(family, at, at + DAY_MS, {...dimensions, model: served})
  // With keys of one's own the tokens are those of the provider behind; what OpenRouter bills is its fee.
  const byok = own !== null && own > 0n
  yield {
    ...row,
    id: id('openrouter/activity'),
    signature: payer(value, 'openrouter', 'openrouter', signatures),
    usage: byok ? NO_USAGE : usageOf(value),
    cost: billed,
    costSource: 'provider',
  }
  if (byok)
    yield {
      ...row,
      id: id('openrouter/byok'),
      signature: payer(
        value,
        'openrouter-byok',
        providerOrMaker(text(value, 'provider_name'), served),
        signatures,
      ),
      usage: usageOf(value),
      cost: own,
      costSource: 'gateway',
    }
}

function amount(
  value: unknown,
  line: number,
  carry: Carry,
  ...keys: readonly string[]
): Nanos | null | Issue {
  const key = keys.find(name => decimal(value, name) !== undefined)
  if (key === undefined) return null
  const written = decimal(value, key)!
  return (
    carry.usd(written) ??
    issue(
      line,
      'bad-amount',
      `${key} ${quoted(written)} is not a decimal number`,
      'write it with a point, as 0.441025',
    )
  )
}

/** Reasoning is inside the completion; how much of the prompt was cached, the report does not say. */
const usageOf = (value: unknown): Usage => ({
  requests: count(value, 'requests'),
  inputTokens: count(value, 'prompt_tokens'),
  outputTokens: count(value, 'completion_tokens'),
  cacheReadTokens: null,
  cacheWriteTokens: null,
})

function payer(value: unknown, channel: string, provider: string, signatures: SignatureCache): Signature {
  const key = text(value, 'api_key_hash')
  const user = text(value, 'user_id')
  const workspace = text(value, 'workspace_id')
  return signatures.of([channel, provider, key, user, workspace], () =>
    signature({
      channel,
      provider,
      key: key && alias.openrouter('key', key),
      project: workspace && alias.openrouter('workspace', workspace),
      user: user && alias.openrouter('user', user),
    }),
  )
}
