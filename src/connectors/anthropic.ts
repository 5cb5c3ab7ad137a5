/**
 * Anthropic's organization reports as saved API pages: Messages usage (tokens, no request counts) and costs (cents).
 * The Enterprise analytics reports look alike and are not claimed: `anthropic-enterprise.ts`.
 */
import * as alias from '../model/alias.ts'
import {partitionOf} from '../model/edition.ts'
import {type Issue, issue, type UsageFact} from '../model/fact.ts'
import {Carry} from '../model/money.ts'
import {parseTime} from '../model/time.ts'
import {bucketId, NO_USAGE, quoted} from './aggregate.ts'
import {connector, type Head, type Source} from './connector.ts'
import {array, count, decimal, isObject, type Json, object, signature, text, usageParts} from './fields.ts'

/** One row of one bucket: `at` included, `until` excluded, epoch ms; `workspace` once it is told from "not grouped". */
interface BucketRow {
  readonly line: number
  readonly at: number
  readonly until: number
  readonly value: Json
  readonly workspace: string | undefined
}

export const anthropicUsage = connector({
  id: 'anthropic-usage',
  label: 'Anthropic Messages usage report (API pages)',
  needs: {fields: ['starting_at', 'ending_at', 'results']},
  recognises: head => reportOf(head) === 'usage',
  *parse(source) {
    for (const row of toldWorkspaces(pageRows(source), byWorkspace(source)))
      yield 'fact' in row ? row : usage(row)
  },
})

export const anthropicCosts = connector({
  id: 'anthropic-costs',
  label: 'Anthropic cost report (API pages)',
  needs: {fields: ['starting_at', 'ending_at', 'results']},
  recognises: head => reportOf(head) === 'costs',
  *parse(source) {
    const carry = new Carry()
    for (const row of toldWorkspaces(pageRows(source), byWorkspace(source))) {
      if ('fact' in row) yield row
      else if (decimal(row.value, 'amount') !== undefined) yield cost(row, carry)
    }
  },
})

const ANALYTICS = ['product', 'list_amount', 'total_tokens', 'requests', 'actor', 'rbac_group_id']

/** Which report the pages hold. Empty buckets and empty lists do not say; then the path does. */
function reportOf({shape, sample, text: head, path}: Head): 'usage' | 'costs' | null {
  if (shape !== 'json' && shape !== 'jsonl') return null
  const file = path.toLowerCase().split('/').at(-1)!
  if (sample.length === 0)
    return !/(^|\/)anthropic\//i.test(path)
      ? null
      : /^cost/.test(file)
        ? 'costs'
        : /^(usage|messages)/.test(file) && !/claude_code/.test(file)
          ? 'usage'
          : null
  const buckets = sample.filter(value => isObject(value) && 'starting_at' in value && 'results' in value)
  if (buckets.length === 0) return null
  const [row] = buckets.flatMap(bucket => array(bucket, 'results'))
  if (isObject(row))
    return ANALYTICS.some(field => field in row)
      ? null
      : 'uncached_input_tokens' in row
        ? 'usage'
        : 'amount' in row
          ? 'costs'
          : null
  if (/"(product|list_amount|rbac_group_id)"|\/analytics\//.test(head + path)) return null
  return /"amount"/.test(head) || (/cost/.test(file) && !/"uncached_input_tokens"/.test(head))
    ? 'costs'
    : 'usage'
}

function* pageRows(source: Source): Generator<BucketRow | Issue> {
  for (const record of source.records()) {
    if ('fact' in record) yield record
    else if (!isObject(record.value) || !Array.isArray(record.value.results))
      yield issue(
        record.line,
        'not-a-bucket',
        'an entry without starting_at and results',
        'save whole response pages, and nothing else, in this file',
      )
    else yield* bucketRows(record.value, record.line)
  }
}

function* bucketRows(bucket: Json, line: number): Generator<BucketRow | Issue> {
  const rows = array(bucket, 'results').filter(isObject)
  if (rows.length === 0) return
  const [start, end] = [text(bucket, 'starting_at'), text(bucket, 'ending_at')]
  const at = parseTime(start ?? '')
  const until = parseTime(end ?? '')
  if (at === null || until === null || until <= at)
    yield issue(
      line,
      'bad-time',
      `starting_at ${quoted(start)} to ending_at ${quoted(end)} is not a period`,
      'save the page as the API gave it: RFC 3339, the end after the start',
    )
  else for (const value of rows) yield {line, at, until, value, workspace: text(value, 'workspace_id')}
}

/** A file's name may say how its report was grouped: `cost_report.by-workspace_id.json`. */
const byWorkspace = ({path}: Source): boolean => /\.by-[\w,]*\bworkspace_id\b/.test(path.split('/').at(-1)!)

/**
 * A null workspace_id is the default workspace in a report grouped by workspace, and nothing in any other. The report does
 * not say how it was `grouped`, but another row of the file that names a workspace does: until one comes, rows wait.
 */
function* toldWorkspaces(rows: Iterable<BucketRow | Issue>, grouped: boolean): Generator<BucketRow | Issue> {
  let waiting: BucketRow[] = []
  for (const row of rows) {
    if ('fact' in row) {
      yield row
      continue
    }
    if (row.workspace !== undefined && !grouped) {
      grouped = true
      for (const earlier of waiting) yield {...earlier, workspace: 'default'}
      waiting = []
    }
    if (grouped) yield {...row, workspace: row.workspace ?? 'default'}
    else waiting.push(row)
  }
  yield* waiting
}

const dimensionsOf = (value: Json, names: readonly string[]): {[name: string]: string | undefined} =>
  Object.fromEntries(names.map(name => [name, text(value, name)]))

const USAGE_DIMENSIONS = [
  'account_id',
  'api_key_id',
  'context_window',
  'inference_geo',
  'model',
  'service_account_id',
  'service_tier',
  'speed',
  'workspace_id',
]

function usage({line, at, until, value, workspace}: BucketRow): UsageFact | Issue {
  const creation = object(value, 'cache_creation')
  const counts = [
    ['uncached_input_tokens', value],
    ['cache_read_input_tokens', value],
    ['output_tokens', value],
    ['ephemeral_5m_input_tokens', creation],
    ['ephemeral_1h_input_tokens', creation],
  ] as const
  const bad = counts.find(([name, from]) => text(from, name) !== undefined && count(from, name) === null)
  if (bad)
    return issue(
      line,
      'bad-count',
      `${bad[0]} ${quoted(text(bad[1], bad[0]))} is not a count`,
      'export again; if it stays, ask Anthropic about this bucket',
    )
  const [uncached = null, read = null, output = null, write5m = null, write1h = null] = counts.map(
    ([name, from]) => count(from, name),
  )
  const key = text(value, 'api_key_id')
  const account = text(value, 'account_id')
  const serviceAccount = text(value, 'service_account_id')
  return {
    fact: 'usage',
    line,
    id: bucketId('anthropic/usage', at, until, dimensionsOf(value, USAGE_DIMENSIONS)),
    granularity: 'bucket',
    at,
    until,
    signature: signature({
      channel: 'anthropic',
      provider: 'anthropic',
      key: key && alias.anthropic('key', key),
      project: workspace && alias.anthropic('workspace', workspace),
      user: account
        ? alias.anthropic('user', account)
        : serviceAccount && alias.anthropic('service_account', serviceAccount),
    }),
    requestedModel: null,
    servedModel: text(value, 'model') ?? null,
    // Fast mode costs several times the standard price: a tier of its own.
    tier: text(value, 'speed') === 'fast' ? 'fast' : (text(value, 'service_tier') ?? null),
    usage: {
      // The report counts tokens and searches, never requests.
      requests: null,
      inputTokens: uncached,
      outputTokens: output,
      cacheReadTokens: read,
      cacheWriteTokens: write5m === null && write1h === null ? null : (write5m ?? 0) + (write1h ?? 0),
      ...usageParts({
        cacheWrite1hTokens: write5m || write1h ? write1h : null,
        webSearches: count(object(value, 'server_tool_use'), 'web_search_requests'),
      }),
    },
    cost: null,
    costSource: null,
    status: null,
    partition: partitionOf(`anthropic/usage ${(until - at) / 60_000}m`, {
      of: workspace,
      by: {item: text(value, 'model'), key, project: workspace, user: account ?? serviceAccount},
    }),
  }
}

const COST_DIMENSIONS = [
  'context_window',
  'cost_type',
  'description',
  'inference_geo',
  'model',
  'service_tier',
  'speed',
  'token_type',
  'workspace_id',
]

/** `amount` is in cents, whatever it looks like: "123.45" is $1.2345. */
function cost({line, at, until, value, workspace}: BucketRow, carry: Carry): UsageFact | Issue {
  const currency = text(value, 'currency')
  if (currency?.toLowerCase() !== 'usd')
    return issue(
      line,
      'unknown-currency',
      `the amount's currency is ${quoted(currency)}, not "USD"`,
      'export the report in US dollars',
    )
  const amount = decimal(value, 'amount')
  const nanos = carry.cents(amount ?? '')
  if (nanos === null)
    return issue(
      line,
      'bad-amount',
      `amount ${quoted(amount)} is not a decimal number`,
      'write it in cents with a point, as 123.45',
    )
  const description = text(value, 'description')
  const model = text(value, 'model') ?? modelId(/^(Claude .+?) Usage\b/i.exec(description ?? '')?.[1])
  return {
    fact: 'usage',
    line,
    id: bucketId('anthropic/costs', at, until, dimensionsOf(value, COST_DIMENSIONS)),
    granularity: 'line_item',
    at,
    until,
    signature: signature({
      channel: 'anthropic',
      provider: 'anthropic',
      project: workspace && alias.anthropic('workspace', workspace),
      line: model === null ? (description ?? text(value, 'cost_type')) : undefined,
    }),
    requestedModel: null,
    servedModel: model,
    tier: text(value, 'service_tier') ?? null,
    usage: NO_USAGE,
    cost: nanos,
    costSource: 'provider',
    status: null,
    partition: partitionOf('anthropic/costs', {of: workspace, by: {item: description, project: workspace}}),
  }
}

/**
 * The model id behind a display name, without its date; an id stays as it is; null when it is neither.
 * Up to version 3 the id put the version before the family.
 *
 * @example modelId('Claude Haiku 4.5') // claude-haiku-4-5
 * @example modelId('Claude Sonnet 3.7') // claude-3-7-sonnet
 */
export function modelId(name: string | undefined): string | null {
  const plain = name?.trim().replace(/\s*\(.*\)$/, '') ?? ''
  if (/^claude-\S+$/.test(plain)) return plain
  if (!/^claude [\w .-]+$/i.test(plain)) return null
  return plain
    .toLowerCase()
    .replace(/[\s.]+/g, '-')
    .replace(/^claude-(opus|sonnet|haiku)-(3(?:-\d)?)$/, 'claude-$2-$1')
}
