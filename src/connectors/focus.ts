/**
 * FOCUS cost and usage (1.0 to 1.4) as CSV: what AWS, Azure, Google and others export, any service, every charge
 * category, so that the file's sum is the bill's. BilledCost is read; EffectiveCost is another view of the same money.
 */
import * as alias from '../model/alias.ts'
import {partitionOf} from '../model/edition.ts'
import {type Alias, type Fact, type Issue, issue, type Signature, type UsageFact} from '../model/fact.ts'
import {Carry} from '../model/money.ts'
import {providerName} from '../model/provider.ts'
import {parseTime} from '../model/time.ts'
import {azureResource, SeenAccounts} from './azure-resource.ts'
import {
  billedMonth,
  ChargeIds,
  dollarsOr,
  Export,
  firstSaid,
  HolderTags,
  lineText,
  mapIn,
  principalFields,
} from './charge.ts'
import {connector, type Row} from './connector.ts'
import {count, type Json, signature, tagFields} from './fields.ts'
import {type Meter, NO_METER, NO_TOKENS, tokenCount, tokensOf, tokensPerUnit} from './meter.ts'
import {awsMeter} from './meter-aws.ts'
import {azureMeter} from './meter-azure.ts'
import {gcpMeter} from './meter-gcp.ts'
import {quoted} from './table.ts'

export const focus = connector({
  id: 'focus',
  label: 'FOCUS cost and usage (CSV)',
  needs: {columns: ['billed_cost', ['charge_period_start', 'charge_category', 'effective_cost']]},
  *parse(source) {
    const bill: Bill = {
      carry: new Carry(),
      ids: new ChargeIds('focus'),
      owners: new HolderTags(),
      accounts: new SeenAccounts(),
      principals: principalColumns(source.head.columns),
    }
    const made = new Export()
    for (const row of source.rows()) {
      if ('fact' in row) {
        yield row
        continue
      }
      made.note(cell(row.row, 'x_export_time'), cell(row.row, 'invoice_id'))
      yield* charge(row, bill)
    }
    yield* bill.owners.links()
    yield* made.facts()
  },
})

interface Bill {
  readonly carry: Carry
  readonly ids: ChargeIds
  readonly owners: HolderTags
  readonly accounts: SeenAccounts
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
      `${column} is ${quoted(written)}, not a time`,
      `export ${column} as 2026-10-01T00:00:00Z`,
    )
    return
  }
  const cost = billedOr(line, row, bill.carry)
  if (typeof cost !== 'bigint') {
    yield cost
    return
  }
  const {resource, principal, readable} = tagsOf(row)
  if (!readable)
    yield issue(
      line,
      'bad-tags',
      'Tags is not a JSON object; the charge is kept without them',
      'export Tags as JSON',
    )
  const provider = providerName(cell(row, 'service_provider_name', 'provider_name', 'provider') ?? 'unknown')
  const azure = provider === 'azure' ? azureResource(cell(row, 'resource_id')) : null
  if (azure) yield* bill.accounts.note(line, azure, cell(row, 'sub_account_name'))
  const billed = callerOf(row, bill.principals)
  if (billed.role !== undefined) bill.owners.note(line, billed.role, principal, at)
  // Whose tags a principal's are is known where the principal is; else they are the row's.
  const tags = billed.role === undefined ? firstSaid(resource, principal) : resource
  const category = cell(row, 'charge_category', 'charge_type') ?? 'Usage'
  const meter = /^tax$/i.test(category) ? NO_METER : meterOf(row, provider)
  yield {
    fact: 'usage',
    line,
    id: bill.ids.of([...DISTINGUISHING, ...bill.principals].map(column => cell(row, column))),
    granularity: 'line_item',
    at,
    until,
    signature: chargeSignature(row, provider, category, billed, tags),
    requestedModel: null,
    servedModel: meter.model,
    tier: meter.tier,
    usage: /^usage$/i.test(category) || meter.model === null ? consumedOf(row, meter) : NO_TOKENS,
    cost,
    costSource: 'provider',
    status: null,
    partition: partitionOf(
      `focus ${provider} ${cell(row, 'billing_account_id') ?? ''} ${billedMonth(cell(row, 'billing_period_start'), at)}`,
      {of: cell(row, 'sub_account_id')},
    ),
  } satisfies UsageFact
}

/** In US dollars: what is billed, or where another currency is billed Azure's own conversion of it. */
function billedOr(line: number, row: Row['row'], carry: Carry) {
  const currency = cell(row, 'billing_currency')
  const dollars = cell(row, 'x_billed_cost_in_usd')
  if (currency?.toUpperCase() !== 'USD' && dollars !== undefined) {
    const column = 'x_BilledCostInUsd'
    return dollarsOr(line, carry, {column, value: dollars}, {column, value: 'USD'})
  }
  const amount = {column: 'BilledCost', value: cell(row, 'billed_cost')}
  return dollarsOr(line, carry, amount, {column: 'BillingCurrency', value: currency})
}

/**
 * Everything that tells two charges apart and stays as it is: InvoiceId is null until an invoice exists, and amounts are revised.
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
] as const

function chargeSignature(
  row: Row['row'],
  provider: string,
  category: string,
  billed: Signature,
  tags: Json,
): Signature {
  const account = (column: string) => {
    const id = cell(row, column)
    return id === undefined ? undefined : alias.providerAccount(provider, id)
  }
  const subAccount = account('sub_account_id')
  // Model makers' projects and workspaces are sub-accounts in a bill, and projects in their usage reports.
  const maker = /^(openai:project|anthropic:workspace)\//.test(subAccount ?? '') ? subAccount : undefined
  const tagged = tagFields(tags)
  return signature({
    channel: 'focus',
    provider,
    account: (maker ? undefined : subAccount) ?? account('billing_account_id'),
    project: maker ?? projectOf(row, provider),
    ...billed,
    region: cell(row, 'region_id', 'region'),
    line: lineOf(row, category),
    ...tagged,
    tag_cost_center:
      tagged.tag_cost_center ?? tagFields({cost_center: cell(row, 'x_cost_center')}).tag_cost_center,
  })
}

/** What the cloud lets one tag and limit, below the account: the resource models run under, or the project. */
function projectOf(row: Row['row'], provider: string): Alias | undefined {
  const resource = cell(row, 'resource_id') ?? ''
  if (provider === 'aws') return alias.awsInferenceProfile(resource) ?? undefined
  if (provider === 'azure') {
    const name = azureResource(resource)?.modelAccount
    return name && alias.azureModelAccount(name)
  }
  const project = provider === 'google' ? cell(row, 'sub_account_id') : undefined
  return project && alias.google('project', project.replace(/^\/?projects\//, ''))
}

/** Custom columns that can hold the caller: `x_IamPrincipal`, `x_CallerIdentity`. */
const principalColumns = (columns: readonly string[]): string[] =>
  columns.filter(column => /^x_.*(principal|caller|identity)/.test(column)).toSorted()

const callerOf = (row: Row['row'], principals: readonly string[]): Signature =>
  principals.map(column => principalFields(cell(row, column))).find(({role}) => role !== undefined) ?? {}

/** What is not use says so first: `Tax: Amazon Bedrock: …`. */
const lineOf = (row: Row['row'], category: string): string | undefined =>
  lineText(
    /^usage$/i.test(category) ? undefined : category,
    cell(row, 'service_name'),
    cell(row, 'charge_description', 'sku_meter'),
  )

interface Tags {
  /** The resource's, and over them those of whom a share was allocated to. AWS marks user tags with `user:`. */
  readonly resource: Json
  /** AWS: of the principal that called. */
  readonly principal: Json
  readonly readable: boolean
}

function tagsOf(row: Row['row']): Tags {
  const resource: {[key: string]: unknown} = {}
  const principal: {[key: string]: unknown} = {}
  let readable = true
  for (const column of ['tags', 'allocated_tags']) {
    const map = mapIn(cell(row, column))
    if (map === null) readable = false
    for (const [key, value] of Object.entries(map ?? {})) {
      const [, name] = /^iamPrincipal\/(.+)$/i.exec(key) ?? []
      if (name === undefined) resource[key.replace(/^user:/, '')] = value
      else principal[name] = value
    }
  }
  return {resource, principal, readable}
}

/** Ids that can only be a model's, as written in a SKU or a description: prose (`Claude4.6Sonnet`) is not enough. */
const MODEL =
  /(?:^|[\s/:("'])((?:(?:us|eu|apac|global)\.)?(?:(?:anthropic|amazon|meta|mistral|cohere|deepseek|openai)\.)?(?:gpt|claude|gemini|o[134]|text-embedding|mistral|llama|nova|titan|command|deepseek|grok)-[\w.:-]*\w)/
const VENDOR = /^(?:\w+\.)?(?:anthropic|amazon|meta|mistral|cohere|deepseek|openai)\./
const TOKEN_KIND = /[-_.](?:input|output|cached?|prompt|completion|thinking|batch|tokens?)(?:[-_.]\w+)*$/

/** A cloud's meters have words of their own; what a model maker bills, and what no table knows, is known by the model's id. */
function meterOf(row: Row['row'], provider: string): Meter {
  const category = cell(row, 'service_category')
  const service = cell(row, 'service_name')
  if (category && category !== 'AI and Machine Learning' && !/bedrock/i.test(service ?? '')) return NO_METER
  const description = cell(row, 'charge_description', 'x_sku_description')
  const sku = cell(row, 'sku_meter', 'x_sku_meter_name')
  const meter =
    provider === 'aws'
      ? awsMeter(cell(row, 'x_usage_type') ?? cell(row, 'sku_id') ?? '', sku, service, description)
      : provider === 'azure'
        ? azureMeter(sku ?? description ?? '', cell(row, 'x_sku_meter_subcategory'), description, service)
        : provider === 'google'
          ? gcpMeter(description ?? sku ?? '')
          : NO_METER
  const written = ['sku_meter', 'sku_id', 'charge_description']
    .map(column => MODEL.exec(cell(row, column) ?? '')?.[1]?.replace(TOKEN_KIND, ''))
    .find(found => found !== undefined)
  // A vendor's prefix makes an id of it, with more in it than a nickname.
  const model = written !== undefined && VENDOR.test(written) ? written : (meter.model ?? written ?? null)
  return {...meter, model}
}

/** What our own export counts apart, one charge for all kinds. */
const OWN_COUNTS = {
  requests: 'x_requests',
  inputTokens: 'x_input_tokens',
  outputTokens: 'x_output_tokens',
  cacheReadTokens: 'x_cache_read_tokens',
  cacheWriteTokens: 'x_cache_write_tokens',
} as const

/** Tokens, where the charge is measured in them: each kind has a meter of its own. */
function consumedOf(row: Row['row'], meter: Meter): UsageFact['usage'] {
  const own = Object.fromEntries(
    Object.entries(OWN_COUNTS).map(([kind, column]) => [kind, count({count: cell(row, column)}, 'count')]),
  ) as Omit<UsageFact['usage'], 'parts'>
  if (Object.values(own).some(counted => counted !== null)) return own
  const unit = /^(?:(1000|1000000) )?tokens$/i.exec(cell(row, 'consumed_unit') ?? '')
  const quantity = unit ? count({tokens: cell(row, 'consumed_quantity')}, 'tokens') : null
  if (quantity !== null) return tokensOf(meter.kind ?? kindOf(row), quantity * Number(unit![1] ?? 1))
  if (!meter.tokens) return tokensOf(null, null)
  const block = cell(row, 'x_pricing_block_size')
  const perUnit =
    block !== undefined && /^\d+(\.0*)?$/.test(block)
      ? BigInt(Math.round(Number(block)))
      : tokensPerUnit(
          cell(row, 'x_pricing_unit_description'),
          cell(row, 'pricing_unit'),
          cell(row, 'sku_meter'),
        )
  return tokensOf(meter.kind, tokenCount(cell(row, 'pricing_quantity'), perUnit))
}

function kindOf(row: Row['row']): NonNullable<Meter['kind']> {
  const meter = `${cell(row, 'sku_meter') ?? ''} ${cell(row, 'sku_id') ?? ''}`
  if (/cache.?read|cached/i.test(meter)) return 'cacheReadTokens'
  if (/cache.?writ|cache.?creat/i.test(meter)) return 'cacheWriteTokens'
  return /output|completion/i.test(meter) ? 'outputTokens' : 'inputTokens'
}
