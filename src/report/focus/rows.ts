/**
 * Records as FOCUS rows: one a record, or where it is split one a share. Costs, tokens and requests of the shares add up to the
 * record's exactly, so that BilledCost sums to the ledger's total.
 */
import type {Share} from '../../engine/outcome.ts'
import type {Alias} from '../../model/fact.ts'
import type {FocusRow} from '../../model/focus.ts'
import type {AttributionRecord} from '../record.ts'
import {sharesOf, splitOver} from '../record.ts'
import type {Found} from '../records.ts'
import {accountsOf, invoiceOf, type Tied} from './accounts.ts'
import {machineOf, shownId, shownTags} from './machines.ts'
import {type ChargeCategory, chargeCategory, sellerName, serviceOf} from './seller.ts'

/** What rows need besides their record. */
export interface Books {
  /** By provider: whom its invoices are made out to. */
  readonly payers: ReadonlyMap<string, Alias>
  /** Names of projects, workspaces and accounts. */
  readonly names: ReadonlyMap<Alias, string>
  /** Invoices that the ledger equals. */
  readonly tied: readonly Tied[]
}

/** A record whose cost nobody knows is no charge: FOCUS wants an amount, and none is not nothing. */
export const isCharge = ({settled}: Found): boolean => settled.billed !== null

export function focusRows(found: Found, books: Books): FocusRow[] {
  const {record, settled} = found
  const {billed, outcome} = settled
  if (billed === null) return []
  const shares = sharesOf(outcome)
  const split = (amount: bigint | null) => (amount === null ? null : splitOver(shares, amount))
  const category =
    record.granularity === 'line_item' ? chargeCategory(settled.signature.line ?? null, billed) : 'Usage'
  const measure = measureOf(record, category)
  const costs = split(billed)!
  const quantity = split(measure.quantity)
  const counts = Object.entries(COUNTS).map(
    ([column, key]) => [column, split(whole(record.usage[key]))] as const,
  )
  const origin = originOf(found, books, category)
  const tags = shownTags(record.tags)
  return shares.map((share, at): FocusRow => {
    const cost = costs[at]!
    const amount = quantity?.[at] ?? null
    return {
      ...origin,
      ...(Object.fromEntries(counts.map(([column, parts]) => [column, parts?.[at] ?? null])) as CountCells),
      BilledCost: cost,
      ContractedCost: cost,
      EffectiveCost: category === 'Purchase' ? 0n : cost,
      ListCost: cost,
      ConsumedQuantity: category === 'Usage' ? amount : null,
      ConsumedUnit: category === 'Usage' ? measure.unit : null,
      PricingQuantity: amount === null ? null : measure.block === 1n ? amount * 1_000_000n : amount,
      PricingUnit:
        measure.unit === null || measure.block === 1n ? measure.unit : `${measure.block} ${measure.unit}`,
      ...splitCells(shares, share, tags),
      x_OrganizationId: share.organization?.id ?? null,
      x_OrganizationName: share.organization?.name ?? null,
      x_BudgetId: share.budget?.id ?? null,
      x_BudgetName: share.budget?.name ?? null,
    }
  })
}

const COUNTS = {
  x_Requests: 'requests',
  x_InputTokens: 'input_tokens',
  x_OutputTokens: 'output_tokens',
  x_CacheReadTokens: 'cache_read_tokens',
  x_CacheWriteTokens: 'cache_write_tokens',
} as const satisfies {readonly [column: string]: keyof AttributionRecord['usage']}
type CountCells = {readonly [column in keyof typeof COUNTS]: bigint | null}

const whole = (count: number | null): bigint | null => (count === null ? null : BigInt(count))

interface Measure {
  readonly quantity: bigint | null
  readonly unit: string | null
  /** How many units are priced together; a quantity of millions of tokens is counted in tokens. */
  readonly block: bigint
}

const NO_MEASURE: Measure = {quantity: null, unit: null, block: 1n}

/** All tokens of all kinds; where a source counts none its requests; a line of a bill that counts nothing is one unit. */
function measureOf(
  {usage, requested_model: requested, served_model: served}: AttributionRecord,
  category: ChargeCategory,
): Measure {
  if (category !== 'Usage' && category !== 'Purchase') return NO_MEASURE
  const kinds = [usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.cache_write_tokens]
  const known = kinds.filter(count => count !== null)
  if (known.length > 0 && (requested ?? served) !== null)
    return {
      quantity: known.reduce((sum, count) => sum + BigInt(count), 0n),
      unit: 'Tokens',
      block: 1_000_000n,
    }
  if (usage.requests !== null) return {quantity: BigInt(usage.requests), unit: 'Requests', block: 1n}
  return {quantity: 1n, unit: 'Units', block: 1n}
}

type OriginCells = Omit<
  FocusRow,
  | keyof CountCells
  | keyof SplitCells
  | `${'Billed' | 'Contracted' | 'Effective' | 'List'}Cost`
  | `${'Consumed' | 'Pricing'}${'Quantity' | 'Unit'}`
  | `x_${'Organization' | 'Budget'}${'Id' | 'Name'}`
>

/** What all shares of a record have in common. */
function originOf({record, settled}: Found, books: Books, category: ChargeCategory): OriginCells {
  const {
    event,
    signature,
    model: [, requested, served, tier],
  } = settled
  const provider = record.provider ?? 'unknown'
  const model = served ?? requested
  const line = signature.line ?? null
  const seller = sellerName(provider)
  const identity = machineOf(record)
  const {service, project} = record.owner
  const tags = shownTags(record.tags)
  const sku =
    category === 'Usage' || category === 'Purchase' ? `${provider}/${model ?? line ?? 'usage'}` : null
  return {
    ...accountsOf(provider, signature, books.payers.get(provider), books.names),
    ...serviceOf(provider, model, line),
    ...periodsOf(event),
    BillingAccountName: null,
    BillingCurrency: 'USD',
    ChargeCategory: category,
    ChargeClass: null,
    ChargeDescription:
      model === null ? line : `${model}, ${record.granularity === 'request' ? 'one call' : 'use'}`,
    ChargeFrequency: category === 'Usage' ? 'Usage-Based' : 'One-Time',
    HostProviderName: seller,
    InvoiceId: invoiceOf(books.tied, provider, event.at),
    InvoiceIssuerName: seller,
    ProviderName: seller,
    PublisherName: seller,
    RegionId: signature.region ?? null,
    RegionName: signature.region ?? null,
    ServiceProviderName: seller,
    SkuId: sku,
    SkuMeter: sku === null ? null : model === null ? (line ?? 'Usage') : 'Input, Output and Cache Tokens',
    SkuPriceId: sku === null ? null : tier === null ? sku : `${sku}#${tier}`,
    Tags: tags === null ? null : JSON.stringify(tags),
    x_AttributionId: shownId(record),
    x_Granularity: record.granularity,
    x_ServiceId: service?.id ?? null,
    x_ServiceName: service?.name ?? null,
    x_ProjectId: project?.id ?? null,
    x_ProjectName: project?.name ?? null,
    x_IdentityId: identity?.id ?? null,
    x_IdentityName: identity?.name ?? null,
    x_Environment: record.tags.environment ?? null,
    x_SpendClass: record.spend_class,
    x_OutputState: record.output_state,
    x_Coper: record.coper,
    x_ConfidenceBand: record.confidence_band,
    x_StageOrigin: record.interpretation.stage_origin,
    x_EvidenceBasis: record.interpretation.evidence_basis.join('; ') || null,
    x_ChargebackEligible: record.chargeback_eligible,
    x_ActionClass: record.action_class,
    x_DegradationState: record.interpretation.degradation_state,
    x_CostSource: record.cost.source,
    x_CostMethod: record.cost.method,
    x_RequestedModel: requested,
    x_ServedModel: served,
    x_ServiceTier: tier,
  }
}

const SECOND_MS = 1000

/** A call's period is the second it began in; a charge belongs to the month it begins in. */
function periodsOf({at, until}: Found['settled']['event']) {
  const start = Math.floor(at / SECOND_MS) * SECOND_MS
  const date = new Date(at)
  const month = (plus: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + plus, 1)
  return {
    BillingPeriodStart: month(0),
    BillingPeriodEnd: month(1),
    ChargePeriodStart: start,
    ChargePeriodEnd:
      until !== null && until >= start + SECOND_MS
        ? Math.floor(until / SECOND_MS) * SECOND_MS
        : start + SECOND_MS,
  }
}

interface SplitCells {
  readonly AllocatedMethodId: string | null
  readonly AllocatedMethodDetails: string | null
  readonly AllocatedResourceId: string | null
  readonly AllocatedResourceName: string | null
  readonly AllocatedTags: string | null
}

const NOT_SPLIT: SplitCells = {
  AllocatedMethodId: null,
  AllocatedMethodDetails: null,
  AllocatedResourceId: null,
  AllocatedResourceName: null,
  AllocatedTags: null,
}

/** The remainder nobody can be named for is a row of the split, and allocated to nobody. */
function splitCells(
  shares: readonly Share[],
  {organization, budget, share_ppm}: Share,
  tags: {readonly [tag: string]: string} | null,
): SplitCells {
  if (shares.length === 1) return NOT_SPLIT
  const {basis} = shares.find(share => share.organization !== null) ?? shares[0]!
  const own = Object.entries({team: organization?.name, cost_center: budget?.name}).filter(
    ([key, value]) => value !== undefined && !(key in (tags ?? {})),
  )
  return {
    AllocatedMethodId: basis.replaceAll(' ', '-'),
    AllocatedMethodDetails: JSON.stringify({Elements: [{AllocatedRatio: share_ppm / 1_000_000}]}),
    AllocatedResourceId: organization?.id ?? null,
    AllocatedResourceName: organization?.name ?? null,
    AllocatedTags: organization === null || own.length === 0 ? null : JSON.stringify(Object.fromEntries(own)),
  }
}
