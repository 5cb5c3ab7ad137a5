/**
 * FOCUS columns as this project writes them (Cost and Usage, 1.2 and 1.3): FOCUS's own in alphabetical order, then ours, which
 * carry the custom prefix. One table for files, for Parquet's types and for the metadata beside a file.
 */

export const FOCUS_VERSIONS = ['1.2', '1.3'] as const
export type FocusVersion = (typeof FOCUS_VERSIONS)[number]
export const NEWEST_FOCUS: FocusVersion = '1.3'

/**
 * What a cell holds. `usd`: nano-dollars; `quantity`: millionths of its unit; `count`: whole; `instant`: epoch milliseconds at a
 * whole second; `ratio`: a float in [0, 1]; `json`: JSON text.
 */
export type FocusType = 'text' | 'json' | 'instant' | 'usd' | 'quantity' | 'count' | 'ratio' | 'truth'
export type FocusValue = string | number | bigint | boolean | null

export interface FocusColumn {
  readonly name: string
  readonly type: FocusType
  /** May be empty. */
  readonly nullable: boolean
}

/** Columns that a split needs: FOCUS's own from 1.3 on, before that ours. */
const SPLIT = {
  AllocatedMethodDetails: 'json?',
  AllocatedMethodId: 'text?',
  AllocatedResourceId: 'text?',
  AllocatedResourceName: 'text?',
  AllocatedTags: 'json?',
} as const
const SINCE_1_3 = {...SPLIT, HostProviderName: 'text', ServiceProviderName: 'text'} as const

const FOCUS = {
  BilledCost: 'usd',
  BillingAccountId: 'text',
  BillingAccountName: 'text?',
  BillingAccountType: 'text',
  BillingCurrency: 'text',
  BillingPeriodEnd: 'instant',
  BillingPeriodStart: 'instant',
  ChargeCategory: 'text',
  ChargeClass: 'text?',
  ChargeDescription: 'text?',
  ChargeFrequency: 'text',
  ChargePeriodEnd: 'instant',
  ChargePeriodStart: 'instant',
  ConsumedQuantity: 'count?',
  ConsumedUnit: 'text?',
  ContractedCost: 'usd',
  EffectiveCost: 'usd',
  InvoiceId: 'text?',
  InvoiceIssuerName: 'text',
  ListCost: 'usd',
  PricingQuantity: 'quantity?',
  PricingUnit: 'text?',
  ProviderName: 'text',
  PublisherName: 'text',
  RegionId: 'text?',
  RegionName: 'text?',
  ServiceCategory: 'text',
  ServiceName: 'text',
  ServiceSubcategory: 'text',
  SkuId: 'text?',
  SkuMeter: 'text?',
  SkuPriceId: 'text?',
  SubAccountId: 'text?',
  SubAccountName: 'text?',
  SubAccountType: 'text?',
  Tags: 'json?',
} as const

const OURS = {
  x_AttributionId: 'text',
  x_Granularity: 'text',
  x_OrganizationId: 'text?',
  x_OrganizationName: 'text?',
  x_BudgetId: 'text?',
  x_BudgetName: 'text?',
  x_ServiceId: 'text?',
  x_ServiceName: 'text?',
  x_ProjectId: 'text?',
  x_ProjectName: 'text?',
  x_IdentityId: 'text?',
  x_IdentityName: 'text?',
  x_Environment: 'text?',
  x_SpendClass: 'text',
  x_OutputState: 'text',
  x_Coper: 'ratio',
  x_ConfidenceBand: 'text',
  x_StageOrigin: 'text',
  x_EvidenceBasis: 'text?',
  x_ChargebackEligible: 'truth',
  x_ActionClass: 'text',
  x_DegradationState: 'text',
  x_CostSource: 'text',
  x_CostMethod: 'text',
  x_RequestedModel: 'text?',
  x_ServedModel: 'text?',
  x_ServiceTier: 'text?',
  x_Requests: 'count?',
  x_InputTokens: 'count?',
  x_OutputTokens: 'count?',
  x_CacheReadTokens: 'count?',
  x_CacheWriteTokens: 'count?',
} as const

type Prefixed = `x_${keyof typeof SPLIT}`
/** One row's cells by column, of every version. */
export type FocusRow = {
  readonly [column in keyof typeof FOCUS | keyof typeof SINCE_1_3 | keyof typeof OURS]: FocusValue
}

export interface FocusTable {
  readonly version: FocusVersion
  readonly columns: readonly FocusColumn[]
  /** A row's cells in the order of the columns. */
  readonly cells: (row: FocusRow) => FocusValue[]
}

const columnsOf = (written: {readonly [name: string]: string}): FocusColumn[] =>
  Object.entries(written).map(([name, type]) => ({
    name,
    type: type.replace('?', '') as FocusType,
    nullable: type.endsWith('?'),
  }))

const byName = (a: FocusColumn, b: FocusColumn): number => (a.name < b.name ? -1 : 1)

/** The columns of a version. What a version has no name for takes the custom prefix. */
export function focusTable(version: FocusVersion): FocusTable {
  const prefixed = Object.fromEntries(
    Object.entries(SPLIT).map(([name, type]) => [`x_${name}` as Prefixed, type]),
  )
  const columns =
    version === '1.2'
      ? [...columnsOf(FOCUS).toSorted(byName), ...columnsOf({...OURS, ...prefixed})]
      : [...columnsOf({...FOCUS, ...SINCE_1_3}).toSorted(byName), ...columnsOf(OURS)]
  const sources = columns.map(
    ({name}) => (name in prefixed ? name.slice('x_'.length) : name) as keyof FocusRow,
  )
  return {version, columns, cells: row => sources.map(source => row[source])}
}

/** What a delivery says of itself beside its file (FOCUS, Metadata). */
export const focusMetadata = (
  {version, columns}: FocusTable,
  generator: {readonly version: string},
  createdAt: string,
) => ({
  DataGenerator: 'venturi',
  SchemaId: `venturi-${version}-1`,
  FocusVersion: version,
  DataGeneratorVersion: generator.version,
  CreationDate: createdAt,
  Columns: columns.map(({name, type}) => ({ColumnName: name, DataType: DATA_TYPES[type]})),
})

const DATA_TYPES: {readonly [type in FocusType]: string} = {
  text: 'String',
  json: 'JSON',
  instant: 'Date/Time',
  usd: 'Decimal',
  quantity: 'Decimal',
  count: 'Decimal',
  ratio: 'Decimal',
  truth: 'Boolean',
}
