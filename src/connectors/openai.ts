/**
 * OpenAI's organization usage and costs: saved API pages and the dashboard's CSV exports of the same rows. Both spellings
 * of a row give the same id and signature, so a day read both ways is one row.
 * Never read: organization and project names, user_email.
 */
import * as alias from '../model/alias.ts'
import {partitionOf} from '../model/edition.ts'
import {type Fact, type Issue, issue, type Signature, type Usage, type UsageFact} from '../model/fact.ts'
import {Carry} from '../model/money.ts'
import {parseUnixSeconds} from '../model/time.ts'
import {bucketId, NO_USAGE, quoted} from './aggregate.ts'
import {connector, type Head, type Source} from './connector.ts'
import {array, count, decimal, isObject, object, signature, text} from './fields.ts'
import {modalityParts} from './openai-parts.ts'

/** One row of one bucket: `at` included, `until` excluded, epoch ms. */
interface BucketRow {
  readonly line: number
  readonly at: number
  readonly until: number
  readonly value: unknown
}

const TIME_COLUMNS = ['start_time', 'end_time', 'start_time_iso', 'end_time_iso']
const COUNT_COLUMNS = [
  'num_model_requests',
  'num_requests',
  'num_sessions',
  'input_tokens',
  'usage_bytes',
  'images',
  'characters',
  'seconds',
]

export const openaiUsage = connector({
  id: 'openai-usage',
  label: 'OpenAI usage (API pages)',
  needs: {fields: ['start_time', 'end_time', 'results']},
  recognises: head => pageOf(head) === 'usage',
  *parse(source) {
    for (const row of pageRows(source)) {
      if ('fact' in row) yield row
      else if (COSTS.test(text(row.value, 'object') ?? '')) yield notOfThisReport(row.line, 'cost', 'usage')
      else
        yield usage(
          row,
          USAGE.exec(text(row.value, 'object') ?? '')?.[1] ?? kindOf(keysOf(row.value), source.path),
        )
    }
  },
})

export const openaiUsageCsv = connector({
  id: 'openai-usage-csv',
  label: 'OpenAI usage (dashboard CSV)',
  needs: {columns: [...TIME_COLUMNS, COUNT_COLUMNS]},
  recognises: head => csvOf(head) === 'usage',
  *parse(source) {
    const kind = kindOf(source.head.columns, source.path)
    for (const row of csvRows(source)) yield 'fact' in row ? row : usage(row, kind)
  },
})

export const openaiCosts = connector({
  id: 'openai-costs',
  label: 'OpenAI costs (API pages)',
  needs: {fields: ['start_time', 'end_time', 'results']},
  recognises: head => pageOf(head) === 'costs',
  *parse(source) {
    const carry = new Carry()
    for (const row of pageRows(source)) {
      if ('fact' in row) yield row
      else if (USAGE.test(text(row.value, 'object') ?? '')) yield notOfThisReport(row.line, 'usage', 'cost')
      else {
        const amount = object(row.value, 'amount')
        yield* cost(row, decimal(amount, 'value'), text(amount, 'currency'), carry)
      }
    }
  },
})

export const openaiCostsCsv = connector({
  id: 'openai-costs-csv',
  label: 'OpenAI costs (dashboard CSV)',
  needs: {columns: [...TIME_COLUMNS, 'amount_value']},
  recognises: head => csvOf(head) === 'costs',
  *parse(source) {
    const carry = new Carry()
    for (const row of csvRows(source)) {
      if ('fact' in row) yield row
      else yield* cost(row, decimal(row.value, 'amount_value'), text(row.value, 'amount_currency'), carry)
    }
  },
})

const USAGE = /^organization\.usage\.(\w+)\.result$/
const COSTS = /^organization\.costs\.result$/

/** Which report the pages hold. Pages of empty buckets say only that they are OpenAI's; then the file's name tells. */
function pageOf({shape, sample, text: head, path}: Head): 'usage' | 'costs' | null {
  if (shape !== 'json' && shape !== 'jsonl') return null
  const buckets = sample.filter(value => isObject(value) && 'start_time' in value && 'results' in value)
  if (buckets.length === 0 && (sample.length > 0 || !/"object"\s*:\s*"page"/.test(head))) return null
  const found =
    buckets.flatMap(bucket => array(bucket, 'results')).map(row => text(row, 'object'))[0] ??
    /organization\.(?:costs|usage\.\w+)\.result/.exec(head)?.[0]
  if (found !== undefined) return USAGE.test(found) ? 'usage' : COSTS.test(found) ? 'costs' : null
  return namedCosts(path) ? 'costs' : 'usage'
}

/** An export of a period without usage has the four time columns alone; then the file's name tells. */
function csvOf({columns, path}: Head): 'usage' | 'costs' | null {
  if (!TIME_COLUMNS.every(name => columns.includes(name))) return null
  if (columns.includes('amount_value')) return 'costs'
  if (COUNT_COLUMNS.some(name => columns.includes(name))) return 'usage'
  return columns.length > TIME_COLUMNS.length ? null : namedCosts(path) ? 'costs' : 'usage'
}

const keysOf = (value: unknown): string[] => (isObject(value) ? Object.keys(value) : [])

const fileName = (path: string): string => path.split('/').at(-1)!.toLowerCase()
const namedCosts = (path: string): boolean => fileName(path).includes('cost')

const notOfThisReport = (line: number, found: string, expected: string): Issue =>
  issue(
    line,
    'mixed-report',
    `a ${found} row in a ${expected} report`,
    'save the pages of each endpoint in files of their own',
  )

function* pageRows(source: Source): Generator<BucketRow | Issue> {
  for (const record of source.records()) {
    if ('fact' in record) yield record
    else if (!isObject(record.value) || !Array.isArray(record.value.results))
      yield issue(
        record.line,
        'not-a-bucket',
        'an entry without start_time and results',
        'save whole response pages, and nothing else, in this file',
      )
    else {
      const rows = array(record.value, 'results')
      const period = periodOf(record.value, record.line)
      if (rows.length === 0) continue
      if ('fact' in period) yield period
      else for (const value of rows) yield {line: record.line, ...period, value}
    }
  }
}

/** Empty buckets stand in the CSV as rows of times and nothing else: they say nothing of anybody. */
function* csvRows(source: Source): Generator<BucketRow | Issue> {
  for (const row of source.rows()) {
    if ('fact' in row) yield row
    else if (Object.keys(row.row).some(name => !TIME_COLUMNS.includes(name) && row.row[name] !== '')) {
      const period = periodOf(row.row, row.line)
      yield 'fact' in period ? period : {line: row.line, ...period, value: row.row}
    }
  }
}

function periodOf(bucket: unknown, line: number): {at: number; until: number} | Issue {
  const at = parseUnixSeconds(text(bucket, 'start_time'))
  const until = parseUnixSeconds(text(bucket, 'end_time'))
  if (at !== null && until !== null && until > at) return {at, until}
  return issue(
    line,
    'bad-time',
    `start_time ${quoted(text(bucket, 'start_time'))} to end_time ${quoted(text(bucket, 'end_time'))} is not a period`,
    'keep both columns as exported: Unix seconds, the end after the start',
  )
}

/** The endpoint, by the name `results[].object` has for it, told by a field that only its rows carry. */
const KIND_BY_FIELD = [
  ['output_tokens', 'completions'],
  ['images', 'images'],
  ['characters', 'audio_speeches'],
  ['seconds', 'audio_transcriptions'],
  ['usage_bytes', 'vector_stores'],
  ['num_sessions', 'code_interpreter_sessions'],
  ['vector_store_id', 'file_searches'],
  ['context_level', 'web_searches'],
] as const

/** Files are called after the endpoint's path: `completions_usage_2026-09-28….csv`, `usage_file_search_calls.page-1.json`. */
const KIND_BY_NAME = [
  ['completion', 'completions'],
  ['embedding', 'embeddings'],
  ['moderation', 'moderations'],
  ['image', 'images'],
  ['speech', 'audio_speeches'],
  ['transcription', 'audio_transcriptions'],
  ['vector_store', 'vector_stores'],
  ['code_interpreter', 'code_interpreter_sessions'],
  ['file_search', 'file_searches'],
  ['web_search', 'web_searches'],
] as const

/** Embeddings and moderations have the same columns: only the file's name tells them apart. */
function kindOf(fields: readonly string[], path: string): string | null {
  return (
    KIND_BY_FIELD.find(([field]) => fields.includes(field))?.[1] ??
    KIND_BY_NAME.find(([word]) => fileName(path).includes(word))?.[1] ??
    (fields.includes('input_tokens') ? 'embeddings' : null)
  )
}

/** Every dimension some endpoint can be grouped by; what a report was not grouped by is null in all its rows. */
const USAGE_DIMENSIONS = [
  'project_id',
  'user_id',
  'api_key_id',
  'model',
  'service_tier',
  'size',
  'source',
  'vector_store_id',
  'context_level',
]

function usage({line, at, until, value}: BucketRow, kind: string | null): UsageFact | Issue {
  if (kind === null || !isObject(value))
    return issue(
      line,
      'unknown-result',
      `a result of no known usage endpoint (its object is ${quoted(text(value, 'object'))})`,
      'name the file after its endpoint, as usage_completions.page-1.json',
    )
  const tokens = tokenCounts(value)
  if (typeof tokens === 'string')
    return issue(line, 'bad-count', tokens, 'export again; if it stays, ask OpenAI about this bucket')
  const batch = flag(value, 'batch')
  const tier = text(value, 'service_tier')
  const dimensions = Object.fromEntries(USAGE_DIMENSIONS.map(name => [name, text(value, name)]))
  return {
    fact: 'usage',
    line,
    id: bucketId(`openai/usage/${kind}`, at, until, {...dimensions, batch: batch?.toString()}),
    granularity: 'bucket',
    at,
    until,
    signature: signatureOf(value),
    requestedModel: null,
    servedModel: text(value, 'model') ?? null,
    tier: batch ? 'batch' : tier === 'default' ? 'standard' : (tier ?? null),
    usage: {
      requests: count(value, 'num_model_requests', 'num_requests'),
      ...tokens,
      ...modalityParts(value, tokens.inputTokens, count(value, 'input_tokens')),
    },
    cost: null,
    costSource: null,
    status: null,
    partition: partition(value, `openai/usage/${kind} ${(until - at) / 60_000}m`, text(value, 'model')),
  }
}

/** A later export holds the same rows only where it was grouped alike, in buckets of the same width. */
const partition = (value: unknown, report: string, item: string | undefined): string =>
  partitionOf(report, {
    of: text(value, 'project_id'),
    by: {
      item,
      key: text(value, 'api_key_id'),
      project: text(value, 'project_id'),
      user: text(value, 'user_id'),
    },
  })

function flag(from: unknown, key: string): boolean | undefined {
  const value = isObject(from) ? from[key] : undefined
  if (typeof value === 'boolean') return value
  const written = text(from, key)?.toLowerCase()
  return written === 'true' ? true : written === 'false' ? false : undefined
}

/**
 * `input_tokens` holds cache reads and writes; the per-modality fields do not. A report older than
 * `input_cache_write_tokens` still tells the writes: input − cached − uncached.
 *
 * @returns the counts, or what is wrong with them
 */
function tokenCounts(value: unknown): Omit<Usage, 'requests'> | string {
  const names = [
    'input_tokens',
    'output_tokens',
    'input_cached_tokens',
    'input_cache_write_tokens',
    'input_uncached_tokens',
    'num_model_requests',
    'num_requests',
  ]
  const bad = names.find(name => text(value, name) !== undefined && count(value, name) === null)
  if (bad) return `${bad} ${quoted(text(value, bad))} is not a count`
  const input = count(value, 'input_tokens')
  const read = count(value, 'input_cached_tokens')
  const uncached = count(value, 'input_uncached_tokens')
  const derived = input !== null && uncached !== null ? input - (read ?? 0) - uncached : null
  const write =
    count(value, 'input_cache_write_tokens') ?? (derived !== null && derived >= 0 ? derived : null)
  if (input !== null && (read ?? 0) + (write ?? 0) > input)
    return `input_tokens ${input} is less than the ${(read ?? 0) + (write ?? 0)} cached tokens it should hold`
  return {
    inputTokens: input === null ? null : input - (read ?? 0) - (write ?? 0),
    outputTokens: count(value, 'output_tokens'),
    cacheReadTokens: read,
    cacheWriteTokens: write,
  }
}

/** A day without cost has rows without amount: nothing was said. The quantity belongs to the usage report. */
function* cost(
  {line, at, until, value}: BucketRow,
  amount: string | undefined,
  currency: string | undefined,
  carry: Carry,
): Generator<Fact | Issue> {
  if (amount === undefined) return
  if (currency?.toLowerCase() !== 'usd') {
    yield issue(
      line,
      'unknown-currency',
      `the amount's currency is ${quoted(currency)}, not "usd"`,
      'export the report in US dollars',
    )
    return
  }
  const nanos = carry.usd(amount)
  if (nanos === null) {
    yield issue(
      line,
      'bad-amount',
      `amount ${quoted(amount)} is not a decimal number`,
      'write it with a point, as 12.50',
    )
    return
  }
  const item = text(value, 'line_item')
  const model = modelOf(item)
  yield {
    fact: 'usage',
    line,
    id: bucketId('openai/costs', at, until, {
      project_id: text(value, 'project_id'),
      user_id: text(value, 'user_id'),
      api_key_id: text(value, 'api_key_id'),
      api_source: text(value, 'api_source'),
      line_item: item,
    }),
    granularity: 'line_item',
    at,
    until,
    signature: signatureOf(value, model === null ? item : undefined),
    requestedModel: null,
    servedModel: model,
    tier: null,
    usage: NO_USAGE,
    cost: nanos,
    costSource: 'provider',
    status: null,
    partition: partition(value, 'openai/costs', item),
  }
}

/** `gpt-5-mini, output_tokens` names a model before its comma; `Code Interpreter Sessions` names none. */
function modelOf(item: string | undefined): string | null {
  const [first = ''] = item?.split(',') ?? []
  return /^(?=.*[-\d])[\w.:/-]+$/.test(first.trim()) ? first.trim() : null
}

function signatureOf(value: unknown, line?: string): Signature {
  const project = text(value, 'project_id')
  const key = text(value, 'api_key_id')
  const user = text(value, 'user_id')
  const organization = text(value, 'organization_id')
  return signature({
    channel: 'openai',
    provider: 'openai',
    account: organization && alias.openai('org', organization),
    key: key && alias.openai('key', key),
    project: project && alias.openai('project', project),
    user: user && alias.openai('user', user),
    line,
  })
}
