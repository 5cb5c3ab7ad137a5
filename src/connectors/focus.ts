/**
 * FOCUS cost and usage (1.0 to 1.4) as CSV: what AWS, Azure, Google and others export, any service, every charge
 * category, so that the file's sum is the bill's. BilledCost is read; EffectiveCost is another view of the same money.
 */
import {createHash} from 'node:crypto'
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue, type Signature, type UsageFact} from '../model/fact.ts'
import {awsMeterModel} from '../model/model-name.ts'
import {Carry} from '../model/money.ts'
import {providerName} from '../model/provider.ts'
import {parseTime} from '../model/time.ts'
import {connector, type Row} from './connector.ts'
import {count, type Json, object, signature, tagFields} from './fields.ts'

export const focus = connector({
  id: 'focus',
  label: 'FOCUS cost and usage (CSV)',
  recognises: ({columns}) =>
    columns.includes('billed_cost') &&
    ['charge_category', 'charge_period_start', 'effective_cost'].some(name => columns.includes(name)),
  *parse(source) {
    const bill = {
      carry: new Carry(),
      seen: new Map<string, number>(),
      principals: principalColumns(source.head.columns),
    }
    for (const row of source.rows()) {
      if ('fact' in row) yield row
      else yield* charge(row, bill)
    }
  },
})

interface Bill {
  readonly carry: Carry
  /** How often each charge stood in this file: rows that are alike in every column are charges of their own. */
  readonly seen: Map<string, number>
  /** Columns that can hold the caller. */
  readonly principals: readonly string[]
}

/** A cell, or undefined where it is empty or holds the word that some exports write for it. */
function cell(row: Row['row'], ...columns: readonly string[]): string | undefined {
  for (const column of columns) {
    const value = row[column]
    if (value !== undefined && value !== '' && value.toUpperCase() !== 'NULL') return value
  }
  return undefined
}

const short = (written: string | undefined): string =>
  written === undefined ? 'empty' : JSON.stringify(written.slice(0, 40))

function* charge({line, row}: Row, bill: Bill): Generator<Fact | Issue> {
  const start = cell(row, 'charge_period_start')
  const end = cell(row, 'charge_period_end')
  const at = parseTime(start ?? '')
  const until = parseTime(end ?? '')
  if (at === null || until === null) {
    const [column, written] = at === null ? ['ChargePeriodStart', start] : ['ChargePeriodEnd', end]
    yield issue(
      line,
      'bad-time',
      `${column} is ${short(written)}, not a time`,
      `export ${column} as 2026-10-01T00:00:00Z`,
    )
    return
  }
  const currency = cell(row, 'billing_currency')
  if (currency?.toUpperCase() !== 'USD') {
    yield issue(
      line,
      'unknown-currency',
      `BillingCurrency is ${short(currency)}: BilledCost ${short(cell(row, 'billed_cost'))} cannot be added to dollars`,
      'export the bill in USD',
    )
    return
  }
  const written = cell(row, 'billed_cost')
  const cost = written === undefined ? null : bill.carry.usd(written)
  if (cost === null) {
    yield issue(
      line,
      'bad-amount',
      `BilledCost is ${short(written)}, not a decimal number`,
      'write it with a point and nothing else, as 12.50',
    )
    return
  }
  const {tags, readable} = tagsOf(row)
  if (!readable)
    yield issue(
      line,
      'bad-tags',
      'Tags is not a JSON object; the charge is kept without them',
      'export Tags as JSON',
    )
  yield {
    fact: 'usage',
    line,
    id: chargeId(row, bill),
    granularity: 'line_item',
    at,
    until,
    signature: chargeSignature(row, tags, bill.principals),
    requestedModel: null,
    servedModel: modelOf(row),
    tier: null,
    usage: tokensOf(row),
    cost,
    costSource: 'provider',
    status: null,
  } satisfies UsageFact
}

/**
 * Everything that tells two charges apart. InvoiceId is not among them: it is null until an invoice exists, and the same
 * charge exported a week later would be a second one.
 */
const DISTINGUISHING = [
  'provider_name',
  'service_provider_name',
  'billing_account_id',
  'sub_account_id',
  'charge_period_start',
  'charge_period_end',
  'charge_category',
  'charge_class',
  'charge_description',
  'service_name',
  'sku_id',
  'sku_price_id',
  'sku_meter',
  'resource_id',
  'region_id',
  'availability_zone',
  'pricing_category',
  'commitment_discount_id',
  'commitment_discount_status',
  'tags',
  'allocated_method_id',
  'allocated_resource_id',
  'allocated_tags',
  'consumed_quantity',
  'pricing_quantity',
  'billed_cost',
  'effective_cost',
] as const

function chargeId(row: Row['row'], {seen, principals}: Bill): string {
  const cells = [...DISTINGUISHING, ...principals].map(column => cell(row, column) ?? null)
  const id = createHash('sha256').update(JSON.stringify(cells)).digest('hex').slice(0, 32)
  const occurrence = (seen.get(id) ?? 0) + 1
  seen.set(id, occurrence)
  return occurrence === 1 ? `focus:${id}` : `focus:${id}#${occurrence}`
}

function chargeSignature(row: Row['row'], tags: Json, principals: readonly string[]): Signature {
  const provider = providerName(cell(row, 'service_provider_name', 'provider_name') ?? 'unknown')
  const account = (column: string) => {
    const id = cell(row, column)
    return id === undefined ? undefined : alias.providerAccount(provider, id)
  }
  // Model makers' projects and workspaces are sub-accounts in a bill, and projects in their usage reports.
  const subAccount = account('sub_account_id')
  const project = /^(openai:project|anthropic:workspace)\//.test(subAccount ?? '') ? subAccount : undefined
  const principal = principals
    .map(column => alias.awsPrincipal(cell(row, column) ?? ''))
    .find(found => found !== null)
  return signature({
    channel: 'focus',
    provider,
    account: (project ? undefined : subAccount) ?? account('billing_account_id'),
    project,
    role: principal?.alias,
    session: principal?.session ?? undefined,
    region: cell(row, 'region_id'),
    line: lineOf(row),
    ...tagFields(tags),
  })
}

/** Custom columns that can hold the caller: `x_IamPrincipal`, `x_CallerIdentity`. */
const principalColumns = (columns: readonly string[]): string[] =>
  columns.filter(column => /^x_.*(principal|caller|identity)/.test(column)).toSorted()

const LONGEST_LINE = 80

function lineOf(row: Row['row']): string | undefined {
  const said = [cell(row, 'service_name'), cell(row, 'charge_description', 'sku_meter')]
    .filter(Boolean)
    .join(': ')
  return said.length > LONGEST_LINE ? `${said.slice(0, LONGEST_LINE - 1)}…` : said || undefined
}

/** The resource's tags, and over them those of whom a share was allocated to. AWS marks user tags with `user:`. */
function tagsOf(row: Row['row']): {tags: Json; readable: boolean} {
  const tags: {[key: string]: unknown} = {}
  let readable = true
  for (const column of ['tags', 'allocated_tags']) {
    const written = cell(row, column)
    if (written === undefined) continue
    const map = object({map: written.startsWith('{') ? written : `{${written}}`}, 'map')
    if (Object.keys(map).length === 0 && !/^\{\s*\}$/.test(written)) readable = false
    for (const [key, value] of Object.entries(map)) tags[key.replace(/^user:/, '')] = value
  }
  return {tags, readable}
}

/** Ids that can only be a model's, as written in a SKU or a description: prose (`Claude4.6Sonnet`) is not enough. */
const MODEL =
  /(?:^|[\s/:("'])((?:(?:us|eu|apac|global)\.)?(?:(?:anthropic|amazon|meta|mistral|cohere|deepseek|openai)\.)?(?:gpt|claude|gemini|o[134]|text-embedding|mistral|llama|nova|titan|command|deepseek|grok)-[\w.:-]*\w)/
const TOKEN_KIND = /[-_.](?:input|output|cached?|prompt|completion|thinking|batch|tokens?)(?:[-_.]\w+)*$/

function modelOf(row: Row['row']): string | null {
  const category = cell(row, 'service_category')
  if (category && category !== 'AI and Machine Learning') return null
  for (const column of ['sku_meter', 'sku_id', 'charge_description']) {
    const found = MODEL.exec(cell(row, column) ?? '')?.[1]
    if (found) return found.replace(TOKEN_KIND, '')
  }
  for (const column of ['sku_id', 'x_usage_type', 'charge_description']) {
    const found = awsMeterModel(cell(row, column) ?? '')
    if (found) return found
  }
  return null
}

/** Tokens, where the charge is measured in them: each kind has a meter of its own. */
function tokensOf(row: Row['row']): UsageFact['usage'] {
  const unit = /^(?:(1000|1000000) )?tokens$/i.exec(cell(row, 'consumed_unit') ?? '')
  const quantity = unit ? count({tokens: cell(row, 'consumed_quantity')}, 'tokens') : null
  const tokens = quantity === null ? null : quantity * Number(unit![1] ?? 1)
  const meter = `${cell(row, 'sku_meter') ?? ''} ${cell(row, 'sku_id') ?? ''}`
  const kind = /cache.?read|cached/i.test(meter)
    ? 'cacheReadTokens'
    : /cache.?writ|cache.?creat/i.test(meter)
      ? 'cacheWriteTokens'
      : /output|completion/i.test(meter)
        ? 'outputTokens'
        : 'inputTokens'
  const none = tokens === null ? null : 0
  return {
    ...{requests: null, inputTokens: none, outputTokens: none, cacheReadTokens: none, cacheWriteTokens: none},
    [kind]: tokens,
  }
}
