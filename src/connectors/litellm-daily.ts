/**
 * LiteLLM's daily sums (`LiteLLM_DailyUserSpend`, `…TeamSpend`, `…OrganizationSpend`, `…EndUserSpend`, `…AgentSpend`, and the
 * answer of `/user/daily/activity` and its kin), as JSON, JSON Lines or CSV. They restate the spend log, and each table the
 * others; the table by tag counts a call once per tag, so nothing of it is usage.
 */
import {createHash} from 'node:crypto'
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue, type UsageFact} from '../model/fact.ts'
import {DAY_MS, parseTime} from '../model/time.ts'
import {bucketId, quoted} from './aggregate.ts'
import {dollars, isIssue, uncachedInput} from './call.ts'
import {connector, type Source} from './connector.ts'
import {count, isObject, type Json, object, SignatureCache, signature, text} from './fields.ts'
import {litellmProvider} from './litellm.ts'
import {hasNeeds} from './needs.ts'

const SUM = ['date', 'api_key', 'spend', 'api_requests'] as const

export const litellmDaily = connector({
  id: 'litellm-daily',
  label: 'LiteLLM daily sums (tables and /user/daily/activity)',
  needs: {columns: SUM, fields: SUM},
  recognises: head =>
    hasNeeds({columns: SUM, fields: SUM}, head) ||
    head.sample.some(record => isObject(record) && isActivity(record)),
  *parse(source) {
    const signatures = new SignatureCache()
    let told = false
    for (const row of sumsOf(source)) {
      if ('fact' in row) yield row
      else if (isObject(row.value) && 'tag' in row.value) {
        if (!told) yield byTag(row.line)
        told = true
      } else yield sum(row, signatures)
    }
  },
})

const isActivity = (value: Json): boolean =>
  isObject(value.breakdown) && isObject(value.metrics) && text(value, 'date') !== undefined

const byTag = (line: number): Issue =>
  issue(
    line,
    'counted-per-tag',
    'a table of sums by tag counts a call once per tag: none of it is added up',
    'ingest LiteLLM_DailyUserSpend or the spend log; tags are read there',
  )

interface Sum {
  readonly line: number
  readonly value: unknown
  /** An answer of the activity endpoints, which sum by key; else the columns say what the table sums by. */
  readonly activity?: true
}

function* sumsOf(source: Source): Generator<Sum | Issue> {
  if (source.head.shape === 'csv') {
    for (const row of source.rows()) yield 'fact' in row ? row : {line: row.line, value: row.row}
    return
  }
  for (const record of source.records()) {
    if ('fact' in record) yield record
    else if (isObject(record.value) && isActivity(record.value)) yield* activity(record.value, record.line)
    else yield record
  }
}

/**
 * A day of `/user/daily/activity`: models by key where the answer says so, else models. Its other breakdowns (providers, keys,
 * entities, model groups) are the same sums again.
 */
function* activity(day: Json, line: number): Generator<Sum> {
  const date = text(day, 'date')
  for (const [model, found] of Object.entries(object(object(day, 'breakdown'), 'models'))) {
    const keys = Object.entries(object(found, 'api_key_breakdown'))
    for (const [api_key, of] of keys) {
      const {key_alias, team_id} = object(of, 'metadata')
      yield {
        line,
        activity: true,
        value: {...object(of, 'metrics'), date, model, api_key, key_alias, team_id},
      }
    }
    if (keys.length === 0) yield {line, activity: true, value: {...object(found, 'metrics'), date, model}}
  }
}

/** The column of whom a table sums by. An end user is the caller's word and a customer's name: it only keeps rows apart. */
const TABLES = [
  ['user_id', 'user'],
  ['team_id', 'team'],
  ['organization_id', 'organization'],
  ['end_user_id', 'end-user'],
  ['agent_id', 'agent'],
] as const
const DIMENSIONS = [
  'api_key',
  'model',
  'model_group',
  'custom_llm_provider',
  'mcp_namespaced_tool_name',
  'endpoint',
] as const

function sum({value, line, activity}: Sum, signatures: SignatureCache): Fact | Issue {
  const at = parseTime(text(value, 'date') ?? '')
  if (at === null)
    return issue(
      line,
      'bad-time',
      `date ${quoted(text(value, 'date'))} is not a day`,
      'export date as 2026-09-14',
    )
  const [column, by] = activity
    ? [undefined, 'activity']
    : (TABLES.find(([name]) => isObject(value) && name in value) ?? [undefined, 'all'])
  const dimensions = Object.fromEntries(DIMENSIONS.map(name => [name, text(value, name)]))
  const id = bucketId(`litellm/daily/${by}`, at, at + DAY_MS, {
    ...dimensions,
    by: by === 'end-user' ? anonymous(text(value, 'end_user_id')) : column && text(value, column),
  })
  const cost = dollars(line, text(value, 'date')!, value, 'spend')
  if (isIssue(cost)) return cost
  const read = count(value, 'cache_read_input_tokens') ?? 0
  const written = count(value, 'cache_creation_input_tokens') ?? 0
  const inputTokens = uncachedInput(count(value, 'prompt_tokens'), {read, written})
  const outputTokens = count(value, 'completion_tokens')
  const {model} = dimensions
  return {
    fact: 'usage',
    line,
    id,
    granularity: 'bucket',
    at,
    until: at + DAY_MS,
    signature: sumSignature(value, `litellm-daily-${by}`, signatures),
    requestedModel: dimensions.model_group ?? model ?? null,
    servedModel: model ?? null,
    tier: null,
    usage: {
      requests: count(value, 'api_requests'),
      inputTokens,
      outputTokens,
      cacheReadTokens: read,
      cacheWriteTokens: written,
    },
    cost: cost === 0n && (inputTokens ?? 0) + (outputTokens ?? 0) > 0 ? null : cost,
    costSource: 'gateway',
    status: null,
  } satisfies UsageFact
}

/** A customer's name tells rows apart as well as any digest of it, which is all that is kept. */
const anonymous = (name: string | undefined): string | undefined =>
  name && createHash('sha256').update(name).digest('hex').slice(0, 16)

/** Each table is a channel of its own, because they restate each other. */
function sumSignature(value: unknown, channel: string, signatures: SignatureCache) {
  const key = text(value, 'api_key')
  const name = text(value, 'key_alias')
  const user = text(value, 'user_id')
  const team = text(value, 'team_id')
  const organization = text(value, 'organization_id')
  const provider = litellmProvider(text(value, 'custom_llm_provider'), text(value, 'model'))
  return signatures.of([channel, key, name, user, team, organization, provider], () =>
    signature({
      channel,
      provider,
      key: key && alias.litellm('key', key),
      key_name: name,
      user: user && alias.litellm('user', user),
      team: team && alias.litellm('team', team),
      organization: organization && alias.litellm('organization', organization),
    }),
  )
}
