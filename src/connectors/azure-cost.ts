/**
 * Azure actual cost and usage details (CSV): Enterprise Agreement, Microsoft Customer Agreement and older headers. Every charge of
 * every service. Amortized cost is another data set under the same header; its rows that actual cost does not have (use of a
 * reservation at a price, unused reservations) are left out, the others are the same rows.
 *
 * A partition is one month of one billing account, or of the scope the export was made for, in one export. Each run writes
 * the month so far again, in a folder of its own; the newest counts. Ids here are made of what a row bills and of no amount.
 */
import * as alias from '../model/alias.ts'
import {partitionOf} from '../model/edition.ts'
import {type Fact, type Issue, issue, type Signature, type UsageFact} from '../model/fact.ts'
import {Carry} from '../model/money.ts'
import {DAY_MS, parseTime} from '../model/time.ts'
import {azureResource, SeenAccounts} from './azure-resource.ts'
import {
  bareNames,
  billedMonth,
  type Cells,
  type Charge,
  ChargeIds,
  charges,
  dollarsOr,
  Export,
  lineText,
  mapIn,
} from './charge.ts'
import {connector} from './connector.ts'
import {type Json, signature, tagFields} from './fields.ts'
import {type Meter, NO_METER, NO_TOKENS, tokenCount, tokensOf, tokensPerUnit} from './meter.ts'
import {azureMeter} from './meter-azure.ts'
import {quoted} from './table.ts'

/** Names by meaning, newest first. */
const NAMES = {
  cost: ['costinbillingcurrency', 'cost', 'pretaxcost', 'extendedcost'],
  dollars: ['costinusd'],
  currency: ['billingcurrency', 'billingcurrencycode', 'currency'],
  date: ['date', 'usagedatetime', 'usagedate'],
  subscription: ['subscriptionid', 'subscriptionguid'],
  subscriptionName: ['subscriptionname'],
  resource: ['resourceid', 'instanceid', 'instancename'],
  quantity: ['quantity', 'usagequantity', 'consumedquantity'],
  category: ['metercategory'],
  subCategory: ['metersubcategory'],
  meter: ['metername'],
  product: ['productname', 'product'],
  unit: ['unitofmeasure'],
  chargeType: ['chargetype'],
  pricing: ['pricingmodel'],
  region: ['resourcelocation', 'location', 'meterregion'],
  tags: ['tags'],
  costCenter: ['costcenter'],
} as const

export const azureCost = connector({
  id: 'azure-cost',
  label: 'Azure actual cost and usage details (CSV)',
  needs: {columns: [['cost_in_billing_currency', 'cost'], 'date', 'meter_category', ['meter_name', 'meter']]},
  recognises: ({columns, sample}) => {
    const names = bareNames(columns, sample)
    const has = (known: readonly string[]) => known.some(name => names.has(name))
    return (
      has(NAMES.cost) &&
      has(NAMES.date) &&
      has(NAMES.category) &&
      has(NAMES.meter) &&
      !names.has('chargecategory')
    )
  },
  *parse(source) {
    const bill: Bill = {
      carry: new Carry(),
      ids: new ChargeIds('azure-cost'),
      accounts: new SeenAccounts(),
      said: new Set(),
    }
    const made = new Export()
    for (const charge of charges(source)) {
      if ('fact' in charge) {
        yield charge
        continue
      }
      made.note(undefined, charge.cells('invoiceid'))
      yield* usageDetail(charge, bill)
    }
    yield* made.facts()
  },
})

interface Bill {
  readonly carry: Carry
  readonly ids: ChargeIds
  readonly accounts: SeenAccounts
  /** What has been said once and need not be again. */
  readonly said: Set<string>
}

function* usageDetail({line, cells}: Charge, bill: Bill): Generator<Fact | Issue> {
  const at = dateIn(cells(...NAMES.date))
  if (at === null) {
    yield issue(
      line,
      'bad-time',
      `Date is ${quoted(cells(...NAMES.date))}, not a date`,
      'export it as Azure writes it, MM/DD/YYYY or YYYY-MM-DD',
    )
    return
  }
  if (isAmortized(cells)) {
    if (!bill.said.has('amortized'))
      yield issue(
        line,
        'amortized-cost',
        'a charge of an amortized-cost export; it and others like it are left out, they are not on the bill',
        'export actual cost instead',
      )
    bill.said.add('amortized')
    return
  }
  const cost = amountOr(line, cells, bill.carry)
  if (typeof cost !== 'bigint') {
    yield cost
    return
  }
  const tags = mapIn(cells(...NAMES.tags))
  if (tags === null)
    yield issue(
      line,
      'bad-tags',
      'Tags is not JSON; the charge is kept without them',
      'export Tags as Azure writes it',
    )
  const resource = azureResource(cells(...NAMES.resource))
  if (resource) yield* bill.accounts.note(line, resource, cells(...NAMES.subscriptionName))
  const meter = meterOf(cells)
  if (meter.tokens && meter.model === null) yield* unmapped(line, cells, bill)
  const used = /^usage$/i.test(cells(...NAMES.chargeType) ?? 'usage')
  const quantity = cells(...NAMES.quantity)
  const refunded = quantity?.startsWith('-') === true
  yield {
    fact: 'usage',
    line,
    id: bill.ids.of(identity(cells, refunded)),
    granularity: 'line_item',
    at,
    until: at + DAY_MS,
    signature: signatureOf(cells, meter, used, tags ?? {}),
    requestedModel: null,
    servedModel: meter.model,
    tier: meter.tier,
    usage:
      used && !refunded
        ? tokensOf(meter.kind, tokenCount(quantity, perUnit(cells)))
        : meter.model === null
          ? tokensOf(null, null)
          : NO_TOKENS,
    cost,
    costSource: 'provider',
    status: null,
    partition: partitionOf(
      `azure-cost ${cells('billingaccountid') ?? ''} ${billedMonth(undefined, dateIn(cells('billingperiodstartdate')) ?? at)}`,
      {of: cells(...NAMES.subscription) ?? resource?.subscription},
    ),
  } satisfies UsageFact
}

/** A whole day: `09/14/2026` (American, as in enterprise agreements), `2026-09-14`, `2026-09-14T00:00:00Z`. */
function dateIn(written: string | undefined): number | null {
  const [, month, day, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})\b/.exec(written ?? '') ?? []
  const at = parseTime(
    year === undefined ? (written ?? '') : `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`,
  )
  return at === null ? null : Math.floor(at / DAY_MS) * DAY_MS
}

/** Actual cost bills a reservation when it is bought, and its use at nothing. */
function isAmortized(cells: Cells): boolean {
  const type = cells(...NAMES.chargeType) ?? ''
  if (/^unused/i.test(type)) return true
  const covered =
    /^(?:reservation|savings ?plan)$/i.test(cells(...NAMES.pricing) ?? '') && /^usage$/i.test(type)
  return covered && !/^[-0.]*(?:e[-+]?\d+)?$/i.test(cells(...NAMES.cost) ?? '')
}

/** In US dollars: the amount billed, or where another currency is billed Azure's own conversion of it. */
function amountOr(line: number, cells: Cells, carry: Carry) {
  const currency = cells(...NAMES.currency)
  const dollars = cells(...NAMES.dollars)
  if (currency?.toUpperCase() !== 'USD' && dollars !== undefined)
    return dollarsOr(line, carry, {column: 'costInUsd', value: dollars}, {column: 'costInUsd', value: 'USD'})
  return dollarsOr(
    line,
    carry,
    {column: 'Cost', value: cells(...NAMES.cost)},
    {column: 'BillingCurrency', value: currency},
    'export the bill in USD, or with its column costInUsd',
  )
}

const DISTINGUISHING = [
  ['billingaccountid'],
  ['billingprofileid'],
  ['invoicesectionid', 'invoicesection', 'invoicesectionname'],
  NAMES.subscription,
  NAMES.chargeType,
  ['frequency'],
  NAMES.pricing,
  ['publishertype'],
  ['publishername', 'publisherid'],
  ['planname'],
  ['meterid'],
  NAMES.category,
  NAMES.subCategory,
  NAMES.meter,
  NAMES.region,
  ['partnumber'],
  ['productid', 'product', 'productname'],
  ['productorderid'],
  ['reservationid'],
  ['benefitid'],
  ['offerid'],
  ['term'],
  ['costcenter'],
  ['costallocationrulename'],
  ['serviceinfo1'],
  ['serviceinfo2'],
  ['additionalinfo'],
  NAMES.tags,
  NAMES.unit,
  ['unitprice'],
  ['effectiveprice'],
] as const

/** A refund stands beside the charge it corrects and differs from it in its sign alone. */
const identity = (cells: Cells, refunded: boolean): (string | undefined)[] => [
  String(dateIn(cells(...NAMES.date))),
  cells(...NAMES.resource)?.toLowerCase(),
  refunded ? 'refund' : undefined,
  ...DISTINGUISHING.map(names => cells(...names)),
]

/** Only what runs models has meters that read like one. */
const SELLS_MODELS = /cognitive services|foundry|openai|azure ai|machine learning|marketplace|saas/i

function meterOf(cells: Cells): Meter {
  const [category, subCategory, product] = [
    cells(...NAMES.category),
    cells(...NAMES.subCategory),
    cells(...NAMES.product),
  ]
  if (!SELLS_MODELS.test(`${category} ${subCategory} ${cells('publishertype')}`)) return NO_METER
  return azureMeter(cells(...NAMES.meter) ?? '', subCategory, product)
}

/** A meter's name says 1M where its unit does not; otherwise the unit does. */
const perUnit = (cells: Cells): bigint | null =>
  /\b1M\b/i.test(cells(...NAMES.meter) ?? '') ? 1_000_000n : tokensPerUnit(cells(...NAMES.unit))

/** One issue a meter: the money is counted, only its model is not known. */
function* unmapped(line: number, cells: Cells, {said}: Bill): Generator<Issue> {
  const name = cells(...NAMES.meter) ?? ''
  if (said.has(name)) return
  said.add(name)
  yield issue(
    line,
    'unmapped-meter',
    `the meter ${quoted(name)} names no known model; its charges are counted without one`,
    'nothing to mend in the file; report the meter so that its model can be added',
  )
}

function signatureOf(cells: Cells, meter: Meter, used: boolean, tags: Json): Signature {
  const resource = azureResource(cells(...NAMES.resource))
  const subscription = cells(...NAMES.subscription) ?? resource?.subscription ?? cells('billingaccountid')
  const tagged = tagFields(tags)
  // The cost center of the enrolment is finance's own; a resource's tag is nearer to the charge.
  const costCenter =
    tagged.tag_cost_center ?? tagFields({cost_center: cells(...NAMES.costCenter)}).tag_cost_center
  return signature({
    channel: 'azure-cost',
    provider: 'azure',
    account: subscription && alias.providerAccount('azure', subscription),
    project: resource?.modelAccount && alias.azureModelAccount(resource.modelAccount),
    region: cells(...NAMES.region)
      ?.toLowerCase()
      .replaceAll(' ', ''),
    line: meter.model === null ? wordsFor(cells, used) : undefined,
    ...tagged,
    tag_cost_center: costCenter,
  })
}

/** What is not use says so first: `Purchase: Virtual Machines: …`. */
function wordsFor(cells: Cells, used: boolean): string | undefined {
  const meter = [cells(...NAMES.subCategory), cells(...NAMES.meter)].filter(Boolean).join(' ')
  return lineText(
    used ? undefined : cells(...NAMES.chargeType),
    cells(...NAMES.category),
    meter || cells(...NAMES.product),
  )
}
