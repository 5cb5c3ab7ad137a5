/**
 * Anthropic's Console exports: token usage and costs by day, as CSV. Before August 2026 they name keys and workspaces
 * by name only, so the names are what joins; models of the cost file are display names.
 */
import * as alias from '../model/alias.ts'
import {partitionOf} from '../model/edition.ts'
import {type Issue, issue, type Signature, type UsageFact} from '../model/fact.ts'
import {Carry} from '../model/money.ts'
import {DAY_MS, parseTime} from '../model/time.ts'
import {bucketId, NO_USAGE, quoted} from './aggregate.ts'
import {modelId} from './anthropic.ts'
import {connector, type Row, type Source} from './connector.ts'
import {count, decimal, signature, text, usageParts} from './fields.ts'

export const anthropicUsageCsv = connector({
  id: 'anthropic-usage-csv',
  label: 'Anthropic usage (Console CSV)',
  needs: {columns: ['usage_date_utc', 'usage_input_tokens_no_cache']},
  *parse(source) {
    for (const row of dayRows(source)) yield 'fact' in row ? row : usage(row)
  },
})

export const anthropicCostsCsv = connector({
  id: 'anthropic-costs-csv',
  label: 'Anthropic costs (Console CSV)',
  needs: {columns: ['usage_date_utc', 'cost_usd']},
  *parse(source) {
    const carry = new Carry()
    for (const row of dayRows(source)) {
      if ('fact' in row) yield row
      else if (decimal(row.row, 'cost_usd') !== undefined) yield cost(row, carry)
    }
  },
})

interface DayRow extends Row {
  readonly at: number
}

function* dayRows(source: Source): Generator<DayRow | Issue> {
  for (const row of source.rows()) {
    if ('fact' in row) {
      yield row
      continue
    }
    const written = text(row.row, 'usage_date_utc')
    const at = parseTime(written ?? '')
    if (at === null)
      yield issue(
        row.line,
        'bad-time',
        `usage_date_utc ${quoted(written)} is not a day`,
        'write it as 2026-09-04',
      )
    else yield {...row, at}
  }
}

const COUNTS = [
  'usage_input_tokens_no_cache',
  'usage_input_tokens_cache_write',
  'usage_input_tokens_cache_write_5m',
  'usage_input_tokens_cache_write_1h',
  'usage_input_tokens_cache_read',
  'usage_output_tokens',
]

function usage({line, row, at}: DayRow): UsageFact | Issue {
  const bad = COUNTS.find(name => text(row, name) !== undefined && count(row, name) === null)
  if (bad)
    return issue(
      line,
      'bad-count',
      `${bad} ${quoted(text(row, bad))} is not a count`,
      'export again, or correct the cell',
    )
  const writes = COUNTS.slice(1, 4).flatMap(name => count(row, name) ?? [])
  const model = text(row, 'model_version', 'model')
  return {
    fact: 'usage',
    line,
    id: bucketId('anthropic/usage', at, at + DAY_MS, dimensionsOf(row)),
    granularity: 'bucket',
    at,
    until: at + DAY_MS,
    signature: signatureOf(row),
    requestedModel: null,
    servedModel: modelId(model) ?? model ?? null,
    tier: text(row, 'speed')?.toLowerCase() === 'fast' ? 'fast' : tierOf(row),
    usage: {
      requests: null,
      inputTokens: count(row, 'usage_input_tokens_no_cache'),
      outputTokens: count(row, 'usage_output_tokens'),
      cacheReadTokens: count(row, 'usage_input_tokens_cache_read'),
      cacheWriteTokens: writes.length === 0 ? null : writes.reduce((sum, write) => sum + write),
      ...usageParts({
        cacheWrite1hTokens: writes.some(write => write > 0)
          ? count(row, 'usage_input_tokens_cache_write_1h')
          : null,
        webSearches: count(row, 'web_search_count'),
      }),
    },
    cost: null,
    costSource: null,
    status: null,
    partition: partition(row, `anthropic/usage ${DAY_MS / 60_000}m`),
  }
}

/** Dollars rounded to cents by the Console: small rows read 0.00, and the file's sum is only near the bill. */
function cost({line, row, at}: DayRow, carry: Carry): UsageFact | Issue {
  const written = decimal(row, 'cost_usd') ?? ''
  const nanos = carry.usd(/^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(written) ? written.replace(/,/g, '') : written)
  if (nanos === null)
    return issue(
      line,
      'bad-amount',
      `cost_usd ${quoted(written)} is not a decimal number`,
      'write it with a point, as 12.50',
    )
  const model = modelId(text(row, 'model'))
  return {
    fact: 'usage',
    line,
    id: bucketId('anthropic/costs', at, at + DAY_MS, dimensionsOf(row)),
    granularity: 'line_item',
    at,
    until: at + DAY_MS,
    signature: signatureOf(
      row,
      model === null ? text(row, 'model', 'token_type', 'cost_type', 'usage_type') : undefined,
    ),
    requestedModel: null,
    servedModel: model,
    tier: tierOf(row),
    usage: NO_USAGE,
    cost: nanos,
    costSource: 'provider',
    status: null,
    partition: partition(row, 'anthropic/costs'),
  }
}

const partition = (row: Row['row'], report: string): string =>
  partitionOf(report, {
    of: workspaceOf(row),
    by: {
      item: text(row, 'model_version', 'model', 'token_type'),
      key: text(row, 'api_key_id', 'api_key'),
      project: workspaceOf(row),
    },
  })

/** `usage_type` is the tier in the usage file and `message` in the cost file, which has no tier. */
function tierOf(row: Row['row']): string | null {
  const type = text(row, 'usage_type')?.toLowerCase()
  return type === undefined || type === 'message' ? null : type
}

/** The two spellings of a context window: `≤ 200k` is the API's `0-200k`. */
function contextWindow(written: string | undefined): string | undefined {
  if (written === undefined) return undefined
  const size = written.toLowerCase().replace(/\s/g, '')
  return /^(≤|<=)200k$/.test(size) ? '0-200k' : /^>200k$/.test(size) ? '200k-1M' : written
}

/** Keys by id as well as by name: an archived key and its successor may share the name. */
const dimensionsOf = (row: Row['row']): {[name: string]: string | undefined} => ({
  api_key: text(row, 'api_key'),
  api_key_id: text(row, 'api_key_id'),
  context_window: contextWindow(text(row, 'context_window')),
  cost_type: text(row, 'cost_type'),
  inference_geo: text(row, 'inference_geo'),
  model: text(row, 'model_version', 'model'),
  speed: text(row, 'speed'),
  token_type: text(row, 'token_type'),
  usage_type: text(row, 'usage_type'),
  workspace: workspaceOf(row),
})

/** The export is always by workspace; the default one has no name or reads `Default`. */
function workspaceOf(row: Row['row']): string | undefined {
  if (row.workspace === undefined && row.workspace_id === undefined) return undefined
  const name = text(row, 'workspace_id', 'workspace')
  return name === undefined || name.toLowerCase() === 'default' ? 'default' : name
}

function signatureOf(row: Row['row'], line?: string): Signature {
  const key = text(row, 'api_key_id')
  const workspace = workspaceOf(row)
  return signature({
    channel: 'anthropic',
    provider: 'anthropic',
    key: key && alias.anthropic('key', key),
    key_name: text(row, 'api_key'),
    project: workspace && alias.anthropic('workspace', workspace),
    line,
  })
}
