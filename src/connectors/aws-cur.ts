/**
 * AWS Cost and Usage Reports: CUR 2.0 (`line_item_unblended_cost`) and the legacy report (`lineItem/UnblendedCost`), CSV. Every
 * charge of every service and line-item type is read, so that the file's sum is the bill's: unblended costs of all types add up
 * to it, discounts, savings plan negations, credits, refunds and tax being rows of their own. Net, blended and amortised columns
 * are other views of the same money.
 *
 * A partition is one billing period of one payer in one export: `bill_payer_account_id`, `bill_billing_period_start_date` and the
 * export's name, which only the path holds (`EXPORT/data/BILLING_PERIOD=2026-09/EXPORT-00001.csv.gz`). Each refresh rewrites the
 * whole partition and may revise it down. `identity_line_item_id` differs between refreshes, so ids here are made of what
 * the row bills and of no amount: a refreshed row is the same row.
 */
import * as alias from '../model/alias.ts'
import {partitionOf} from '../model/edition.ts'
import {type Alias, type Fact, type Issue, issue, type Signature, type UsageFact} from '../model/fact.ts'
import {Carry} from '../model/money.ts'
import {parseTime} from '../model/time.ts'
import {bedrockModel} from './bedrock.ts'
import {
  bareNames,
  billedMonth,
  type Cells,
  type Charge,
  ChargeIds,
  charges,
  dollarsOr,
  Export,
  firstSaid,
  HolderTags,
  lineText,
  mapIn,
  principalFields,
  Remembered,
} from './charge.ts'
import {connector, type Head} from './connector.ts'
import {type Json, signature, tagFields} from './fields.ts'
import {type Meter, NO_METER, NO_TOKENS, tokenCount, tokensOf, tokensPerUnit} from './meter.ts'
import {awsMeter} from './meter-aws.ts'
import {entity} from './statements.ts'
import {quoted} from './table.ts'

const COST = ['lineitemunblendedcost', 'lineitemnetunblendedcost'] as const

export const awsCur = connector({
  id: 'aws-cur',
  label: 'AWS Cost and Usage Report (CUR 2.0 and legacy, CSV)',
  needs: {columns: ['line_item_usage_start_date', 'line_item_unblended_cost', 'line_item_usage_type']},
  recognises: ({columns, sample}) => {
    const names = bareNames(columns, sample)
    return COST.some(name => names.has(name)) && names.has('lineitemusagestartdate')
  },
  *parse(source) {
    const report: Report = {
      carry: new Carry(),
      ids: new ChargeIds('aws-cur'),
      said: new Remembered(),
      owners: new HolderTags(),
      unmapped: new Set(),
      accounts: new Set(),
      legacyTags: legacyTags(source.head),
      currency: bareNames(source.head.columns, source.head.sample).has('lineitemcurrencycode'),
    }
    const made = new Export()
    for (const charge of charges(source)) {
      if ('fact' in charge) {
        yield charge
        continue
      }
      made.note(undefined, charge.cells('billinvoiceid'))
      yield* lineItem(charge, report)
    }
    yield* report.owners.links()
    yield* made.facts()
  },
})

interface Report {
  readonly carry: Carry
  readonly ids: ChargeIds
  readonly said: Remembered<Said>
  readonly owners: HolderTags
  /** Meters that have been reported as unknown. */
  readonly unmapped: Set<string>
  /** Accounts whose names have been said. */
  readonly accounts: Set<Alias>
  readonly legacyTags: readonly LegacyTag[]
  /** The report has a currency column; AWS bills in dollars where nothing else is said. */
  readonly currency: boolean
}

/** Consumption; every other type is money without use: a discount, fee, credit, refund or tax. */
const USE = /^(?:Usage|DiscountedUsage|SavingsPlanCoveredUsage)$/i

function* lineItem({line, cells}: Charge, report: Report): Generator<Fact | Issue> {
  const start = cells('lineitemusagestartdate')
  const end = cells('lineitemusageenddate')
  const at = parseTime(start ?? '')
  const until = end === undefined ? null : parseTime(end)
  if (at === null || (end !== undefined && until === null)) {
    const [column, written] = at === null ? ['UsageStartDate', start] : ['UsageEndDate', end]
    yield issue(
      line,
      'bad-time',
      `the line item's ${column} is ${quoted(written)}, not a time`,
      'export it as 2026-10-01T00:00:00Z',
    )
    return
  }
  const cost = dollarsOr(
    line,
    report.carry,
    {column: 'UnblendedCost', value: cells(...COST)},
    {column: 'CurrencyCode', value: report.currency ? cells('lineitemcurrencycode') : 'USD'},
  )
  if (typeof cost !== 'bigint') {
    yield cost
    return
  }
  const {meter, role, principal, evidence, unreadable} = report.said.of(
    [...EVIDENCE, ...report.legacyTags.map(({name}) => name)].map(name => cells(name)),
    () => readEvidence(cells, report.legacyTags),
  )
  for (const column of unreadable)
    yield issue(
      line,
      'bad-tags',
      `${column} is not a map; the charge is kept without it`,
      'export map columns as JSON',
    )
  const used = USE.test(cells('lineitemlineitemtype') ?? 'Usage')
  yield* unmapped(line, cells, meter, report)
  yield* named(line, cells, report)
  if (role !== undefined) report.owners.note(line, role, principal, at)
  yield {
    fact: 'usage',
    line,
    id: report.ids.of([
      ...DISTINGUISHING.map(name => plainly(cells(name))),
      ...[...TAG_COLUMNS, ...report.legacyTags.map(({name}) => name)].map(name => cells(name)),
    ]),
    granularity: 'line_item',
    at,
    ...(until === null || until <= at ? {} : {until}),
    signature: evidence,
    requestedModel: null,
    servedModel: meter.model,
    tier: used ? meter.tier : null,
    usage: used
      ? tokensOf(meter.kind, countOf(cells))
      : meter.model === null
        ? tokensOf(null, null)
        : NO_TOKENS,
    cost,
    costSource: 'provider',
    status: null,
    partition: partitionOf(
      `aws-cur ${cells('billpayeraccountid') ?? ''} ${billedMonth(cells('billbillingperiodstartdate'), at)}`,
      {of: accountOf(cells)},
    ),
  } satisfies UsageFact
}

/** What a line item says but when and how much; thousands of rows say the same. */
interface Said {
  readonly meter: Meter
  readonly evidence: Signature
  readonly role: Alias | undefined
  /** Tags of the role. */
  readonly principal: Json
  /** Map columns that are none. */
  readonly unreadable: readonly string[]
}

const TAG_COLUMNS = ['tags', 'resourcetags', 'costcategory'] as const

/** All that `readEvidence` looks at, but for the legacy report's tags. */
const EVIDENCE = [
  'lineitemlineitemtype',
  'lineitemusageaccountid',
  'billpayeraccountid',
  'lineitemproductcode',
  'lineitemusagetype',
  'lineitemoperation',
  'lineitemresourceid',
  'lineitemlineitemdescription',
  'lineitemiamprincipal',
  'lineitemuseridentifier',
  'product',
  'productproductname',
  'productservicecode',
  'productregioncode',
  'productregion',
  ...TAG_COLUMNS,
] as const

function readEvidence(cells: Cells, legacy: readonly LegacyTag[]): Said {
  const maps = MAPS.map(([name, place, column]) => ({place, column, map: mapIn(cells(name))}))
  const tags = tagsOf(cells, maps, legacy)
  const billed = principalFields(cells('lineitemiamprincipal'))
  const meter = meterOf(cells)
  // Whose tags a principal's are is known where the principal is; else they are the row's.
  const ofRow = billed.role === undefined ? firstSaid(tags.resource, tags.principal) : tags.resource
  return {
    meter,
    evidence: signatureOf(cells, meter, billed, ofRow),
    role: billed.role,
    principal: tags.principal,
    unreadable: maps.filter(({map}) => map === null).map(({column}) => column),
  }
}

/** Instants are the same however a tool writes them. */
function plainly(written: string | undefined): string | undefined {
  const at = written !== undefined && /^\d{4}-\d\d-\d\d[T ]/.test(written) ? parseTime(written) : null
  return at === null ? written : String(at)
}

/** What tells two line items of one billing period apart, in no amount: those are revised. */
const DISTINGUISHING = [
  'billpayeraccountid',
  'billbillingperiodstartdate',
  'billbilltype',
  'billbillingentity',
  'lineitemlegalentity',
  'lineitemusageaccountid',
  'lineitemlineitemtype',
  'lineitemusagestartdate',
  'lineitemusageenddate',
  'lineitemproductcode',
  'lineitemusagetype',
  'lineitemoperation',
  'lineitemavailabilityzone',
  'lineitemresourceid',
  'lineitemlineitemdescription',
  'lineitemiamprincipal',
  'lineitemuseridentifier',
  'pricingratecode',
  'pricingrateid',
  'pricingterm',
  'pricingunit',
  'reservationreservationarn',
  'savingsplansavingsplanarn',
] as const

const MAPS = [
  ['tags', 'all', 'tags'],
  ['resourcetags', 'resource', 'resource_tags'],
  ['costcategory', 'category', 'cost_category'],
] as const

interface LegacyTag {
  /** Name as `Cells` wants it. */
  readonly name: string
  readonly key: string
  readonly category: boolean
}

/** The legacy report has a column a tag: `resourceTags/user:team`, `costCategory/Team`. */
const legacyTags = ({columns}: Head): LegacyTag[] =>
  columns.flatMap(column => {
    const [, kind, key] = /^(resource_tags_user|cost_category)_(.+)$/.exec(column) ?? []
    return kind === undefined || key === undefined
      ? []
      : [{name: column.replaceAll('_', ''), key, category: kind === 'cost_category'}]
  })

interface Tags {
  /** Of what was used, of the account and by the company's own cost categories, best first. */
  readonly resource: Json
  /** Of who used it: set on the role or user by whoever owns it. */
  readonly principal: Json
}

type Read = readonly {readonly place: string; readonly map: Json | null}[]

/** `tags` holds all kinds, told apart by what stands before the slash: `resourceTags/team`, `iamPrincipal/department`. */
function tagsOf(cells: Cells, maps: Read, legacy: readonly LegacyTag[]): Tags {
  const principal: {[key: string]: unknown} = {}
  const found: {[place: string]: {[key: string]: unknown}} = {resource: {}, category: {}, account: {}}
  const put = (place: string, key: string, value: unknown) => {
    // AWS's own tags say who made the thing and in which stack: nothing about whose it is.
    if (!/^aws[:_]/i.test(key)) found[place]![key.replace(/^user[:_]/i, '')] = value
  }
  for (const {place, map} of maps)
    for (const [key, value] of Object.entries(map ?? {})) {
      const [, kind = '', name = key] = /^(\w+)\/(.+)$/.exec(key) ?? []
      if (/^iamprincipal/i.test(kind)) principal[name] = value
      else if (place !== 'all') put(place, key, value)
      else
        put(
          /^cost/i.test(kind) ? 'category' : /^(?:account|user)/i.test(kind) ? 'account' : 'resource',
          name,
          value,
        )
    }
  for (const {name, key, category} of legacy) {
    const value = cells(name)
    if (value !== undefined) put(category ? 'category' : 'resource', key, value)
  }
  return {resource: firstSaid(found.resource!, found.category!, found.account!), principal}
}

/** The product's own name: models sold through the Marketplace are known by nothing else. */
const productName = (cells: Cells): string | undefined => {
  const named = cells('productproductname') ?? mapIn(cells('product'))?.product_name
  return typeof named === 'string' ? named : undefined
}

const SELLS_MODELS = /bedrock|sagemaker/i

function meterOf(cells: Cells): Meter {
  const usageType = cells('lineitemusagetype') ?? ''
  const product = productName(cells)
  const service = `${cells('lineitemproductcode') ?? ''} ${cells('productservicecode') ?? ''} ${product ?? ''}`
  if (/^tax$/i.test(cells('lineitemlineitemtype') ?? '')) return NO_METER
  const description = cells('lineitemlineitemdescription')
  if (!SELLS_MODELS.test(service)) {
    const meter = awsMeter(usageType)
    return meter.tokens && meter.model !== null ? meter : NO_METER
  }
  const meter = awsMeter(usageType, product, description)
  const resource = cells('lineitemresourceid') ?? ''
  const named = resource.startsWith('arn:') ? bedrockModel(resource) : null
  return meter.model === null && named ? {...meter, model: named} : meter
}

function countOf(cells: Cells): number | null {
  const unit = tokensPerUnit(cells('pricingunit'), cells('lineitemlineitemdescription'))
  return tokenCount(cells('lineitemusageamount'), unit)
}

/** One issue a meter: the money is counted, only its model is not known. */
function* unmapped(line: number, cells: Cells, meter: Meter, report: Report): Generator<Issue> {
  const usageType = cells('lineitemusagetype') ?? ''
  if (!meter.tokens || meter.model !== null || report.unmapped.has(usageType)) return
  report.unmapped.add(usageType)
  yield issue(
    line,
    'unmapped-meter',
    `the usage type ${quoted(usageType)} names no known model; its charges are counted without one`,
    'nothing to mend in the file; report the usage type so that its model can be added',
  )
}

/** What an account is called, once. */
function* named(line: number, cells: Cells, {accounts}: Report): Generator<Fact> {
  const account = accountOf(cells)
  if (account === undefined || accounts.has(account)) return
  accounts.add(account)
  const name = cells('lineitemusageaccountname')
  if (name !== undefined) yield entity(line, 'project', account, {name, type: 'account'})
}

function accountOf(cells: Cells): Alias | undefined {
  const account = cells('lineitemusageaccountid') ?? cells('billpayeraccountid')
  // A spreadsheet takes the zeros off a number.
  return account && alias.awsAccount(account.padStart(12, '0'))
}

function signatureOf(cells: Cells, meter: Meter, billed: Signature, tags: Json): Signature {
  const user = cells('lineitemuseridentifier')
  return signature({
    channel: 'aws-cur',
    provider: 'aws',
    account: accountOf(cells),
    project: alias.awsInferenceProfile(cells('lineitemresourceid') ?? '') ?? undefined,
    user: user && alias.awsIdentity(user),
    ...billed,
    region: cells('productregioncode', 'productregion') ?? regionIn(cells('lineitemresourceid')),
    line: meter.model === null ? wordsFor(cells) : undefined,
    ...tagFields(tags),
  })
}

const regionIn = (arn: string | undefined): string | undefined =>
  /^arn:aws[\w-]*:[\w-]+:([a-z0-9-]+):/.exec(arn ?? '')?.[1]

/** What is not use says so first: `Tax: AmazonBedrock`. */
function wordsFor(cells: Cells): string | undefined {
  const type = cells('lineitemlineitemtype') ?? 'Usage'
  const product = productName(cells) ?? cells('lineitemproductcode')
  if (USE.test(type)) return lineText(product, cells('lineitemusagetype', 'lineitemoperation'))
  // Savings plans spell out their arithmetic, a new text each time.
  return lineText(
    type,
    product,
    /^(?:tax|savingsplan)/i.test(type) ? undefined : cells('lineitemlineitemdescription'),
  )
}
