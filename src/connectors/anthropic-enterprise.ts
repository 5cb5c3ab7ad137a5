/**
 * Enterprise analytics of claude.ai: what the organization's people spent, by product, as saved API pages. Amounts are cents after
 * discount. Rows by group overlap, because a person in two groups counts in both: they are never summed. Of usage reports only the
 * people are read: their tokens are those of the cost report's rows.
 */
import * as alias from '../model/alias.ts'
import {partitionOf} from '../model/edition.ts'
import {type Alias, type Fact, type Issue, issue} from '../model/fact.ts'
import {Carry} from '../model/money.ts'
import {DAY_MS, parseTime} from '../model/time.ts'
import {bucketId, NO_USAGE, quoted} from './aggregate.ts'
import {connector, type Head, type Source} from './connector.ts'
import {array, decimal, isObject, type Json, object, signature, text} from './fields.ts'
import {entity, link, sameEmails} from './statements.ts'

/** Fields that no other report of Anthropic's has, though its buckets look alike. */
const ANALYTICS = ['product', 'list_amount', 'total_tokens', 'rbac_group_id', 'actor']

/** Rows of a bucket; a row by itself is known by its actor alone. */
const rowsIn = (value: unknown): readonly unknown[] =>
  isObject(value) && Array.isArray(value.results) && 'starting_at' in value
    ? array(value, 'results')
    : text(object(value, 'actor'), 'user_id') === undefined
      ? []
      : [value]

const isRow = (row: unknown): row is Json =>
  isObject(row) &&
  ANALYTICS.some(field => field in row) &&
  ['amount', 'uncached_input_tokens', 'total_tokens'].some(field => field in row)

/** Which report the pages hold, by their first row. */
function reportOf({shape, sample}: Head): 'users' | 'costs' | null {
  if (shape !== 'json' && shape !== 'jsonl') return null
  const row = sample.flatMap(rowsIn).find(isRow)
  return row === undefined ? null : 'actor' in row ? 'users' : 'costs'
}

const NEEDS = {fields: ['starting_at', 'ending_at', 'results']} as const

export const anthropicEnterpriseUsers = connector({
  id: 'anthropic-enterprise-by-user',
  label: 'Claude Enterprise analytics by user (API pages)',
  needs: NEEDS,
  recognises: head => reportOf(head) === 'users',
  parse: source => report(source),
})

export const anthropicEnterpriseCosts = connector({
  id: 'anthropic-enterprise-costs',
  label: 'Claude Enterprise analytics (API pages)',
  needs: NEEDS,
  recognises: head => reportOf(head) === 'costs',
  parse: source => report(source),
})

function* report(source: Source): Generator<Fact | Issue> {
  const carry = new Carry()
  const told = new Set<string>()
  // The organization stands beside the list of rows, before or after it.
  const [, organization] = /"organization_id"\s*:\s*"([\w-]+)"/.exec(source.head.text) ?? []
  const account = organization && alias.anthropic('org', organization)
  const [, refreshed] = /"data_refreshed_at"\s*:\s*"([^"]+)"/.exec(source.head.text) ?? []
  const refreshedAt = parseTime(refreshed ?? '')
  if (refreshedAt !== null) yield {fact: 'export', line: 1, at: refreshedAt}
  for (const record of source.records()) {
    if ('fact' in record) {
      yield record
      continue
    }
    const {line, value} = record
    for (const row of rowsIn(value)) {
      if (!isObject(row)) continue
      const user = yield* person(row, line, told)
      const amount = decimal(row, 'amount')
      if (amount === undefined) continue
      if (text(row, 'rbac_group_id') !== undefined) {
        if (!told.has('groups')) yield overlapping(line)
        told.add('groups')
      } else yield cost(row, {line, value, user, account, amount}, carry)
    }
  }
}

const overlapping = (line: number): Issue =>
  issue(
    line,
    'overlapping-groups',
    'rows by rbac_group_id: somebody in several groups counts in each, so they add up to more than was spent',
    'export the report without rbac_group_id in group_by; members of groups come from rbac_groups/{id}/members',
  )

/** Says who it is, and in which group, once. */
function* person(row: Json, line: number, told: Set<string>): Generator<Fact, Alias | undefined> {
  const actor = object(row, 'actor')
  const id = text(actor, 'user_id')
  if (id === undefined) return undefined
  const user = alias.anthropic('user', id)
  if (!told.has(user)) {
    told.add(user)
    const deleted = actor.deleted === true ? 'deleted' : undefined
    yield entity(line, 'identity', user, {name: text(actor, 'name'), type: 'person', status: deleted})
    yield* sameEmails(line, user, text(actor, 'email', 'email_address'))
  }
  const group = text(row, 'rbac_group_id')
  if (group !== undefined && !told.has(`${user} ${group}`)) {
    told.add(`${user} ${group}`)
    yield link(line, 'member_of', user, alias.anthropic('group', group), 'directory')
  }
  return user
}

const DIMENSIONS = [
  'context_window',
  'cost_type',
  'inference_geo',
  'model',
  'product',
  'slack_channel_id',
  'speed',
  'token_type',
]

interface Charged {
  readonly line: number
  /** The bucket, or the row itself. */
  readonly value: unknown
  readonly user: Alias | undefined
  readonly account: Alias | undefined
  readonly amount: string
}

function cost(row: Json, {line, value, user, account, amount}: Charged, carry: Carry): Fact | Issue {
  const start = text(row, 'starting_at', 'date') ?? text(value, 'starting_at', 'date')
  const end = text(row, 'ending_at') ?? text(value, 'ending_at')
  const at = parseTime(start ?? '')
  const until = end === undefined && at !== null ? at + DAY_MS : parseTime(end ?? '')
  if (at === null || until === null || until <= at)
    return issue(
      line,
      'bad-time',
      `starting_at ${quoted(start)} to ending_at ${quoted(end)} is not a period`,
      'save the page as the API gave it: RFC 3339, the end after the start',
    )
  const currency = text(row, 'currency')
  if (currency !== undefined && currency.toLowerCase() !== 'usd')
    return issue(
      line,
      'unknown-currency',
      `the amount's currency is ${quoted(currency)}, not "USD"`,
      'export the report in US dollars',
    )
  const nanos = carry.cents(amount)
  if (nanos === null)
    return issue(
      line,
      'bad-amount',
      `amount ${quoted(amount)} is not a decimal number`,
      'write it in cents with a point, as 123.45',
    )
  const model = text(row, 'model') ?? null
  return {
    fact: 'usage',
    line,
    id: bucketId('anthropic/enterprise', at, until, {
      ...Object.fromEntries(DIMENSIONS.map(name => [name, text(row, name)])),
      organization: account,
      user,
    }),
    granularity: 'line_item',
    at,
    until,
    signature: signature({
      channel: 'claude-enterprise',
      provider: 'anthropic',
      account,
      user,
      line: model === null ? text(row, 'product', 'cost_type') : undefined,
    }),
    requestedModel: null,
    servedModel: model,
    tier: null,
    usage: NO_USAGE,
    cost: nanos,
    costSource: 'provider',
    status: null,
    // Not final for about thirty days.
    partition: partitionOf(`anthropic/enterprise ${(until - at) / 60_000}m`, {
      of: account,
      by: {item: model ?? text(row, 'product', 'cost_type'), user},
    }),
  }
}
