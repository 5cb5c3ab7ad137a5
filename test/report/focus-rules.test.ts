/** The rules as run here are FOCUS's: files that conform pass, and every planted fault is found by the rule that forbids it. */
import {readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {ALL_CRITERIA, type Dataset, datasetOf, judge, listed, tally} from './focus-rules.ts'

const sample = (name: string): Dataset =>
  datasetOf(readFileSync(`fixtures/connectors/focus/${name}.csv`, 'utf8'))

test.each(['focus-1.2-azure-25', 'focus-1.3-aws-25'])('%s conforms', name => {
  const verdicts = judge(sample(name), ALL_CRITERIA)
  expect(listed(verdicts, 'failed', 'advised')).toEqual([])
  expect(tally(verdicts)).toEqual({
    ...{passed: 377, permitted: 7, alternative: 2, 'no rows': 16, prose: 215, misstated: 4},
  })
})

test('a file of 1.0 does not', () => {
  const failed = listed(judge(sample('focus-1.0-sample-200'), ALL_CRITERIA), 'failed')
  expect(failed.length).toBe(64)
  expect(failed.join('\n')).toContain('BillingAccountType MUST be present')
})

type Cells = {readonly [column: string]: string | null}

/** One fault each, in a row that is a usage charge: what is written, and the rule that has to find it. */
const FAULTS: readonly (readonly [rule: string, cells: Cells])[] = [
  ['BilledCost-C-003-M', {BilledCost: null}],
  ['BilledCost-C-001-M', {BilledCost: '1,250.00'}],
  ['BilledCost-C-002-M', {BilledCost: '+1.00'}],
  ['BilledCost-C-004-M', {BilledCost: '$1'}],
  ['BilledCost-C-005-C', {InvoiceIssuerName: 'Somebody Else', BilledCost: '1.00'}],
  ['EffectiveCost-C-003-M', {EffectiveCost: null}],
  ['ListCost-C-003-M', {ListCost: null}],
  ['ListCost-C-009-C', {ListCost: '7.77'}],
  ['ListUnitPrice-C-008-M', {ListUnitPrice: '-1', ListCost: '-1', PricingQuantity: '1'}],
  ['ContractedUnitPrice-C-011-C', {ContractedCost: '7.77'}],
  ['BillingAccountId-C-001-M', {BillingAccountId: null}],
  ['BillingAccountId-C-003-M', {BillingAccountId: '  '}],
  ['BillingAccountType-C-005-C', {BillingAccountType: null}],
  ['BillingCurrency-C-006-M', {BillingCurrency: 'Tokens'}],
  ['BillingPeriodStart-C-002-M', {BillingPeriodStart: '2026-05-01'}],
  ['BillingPeriodEnd-C-003-M', {BillingPeriodEnd: null}],
  ['ChargePeriodStart-C-001-M', {ChargePeriodStart: '2026-13-01T00:00:00Z'}],
  ['ChargePeriodEnd-C-002-M', {ChargePeriodEnd: '2026-05-01T00:00:00.000Z'}],
  ['ChargeCategory-C-003-M', {ChargeCategory: 'Use'}],
  ['ChargeClass-C-005-C', {ChargeClass: 'Late'}],
  ['ChargeFrequency-C-003-M', {ChargeFrequency: 'Daily'}],
  ['ChargeFrequency-C-004-C', {ChargeCategory: 'Purchase', ChargeFrequency: 'Usage-Based'}],
  ['ConsumedQuantity-C-004-C', {ChargeCategory: 'Credit', ConsumedQuantity: '2'}],
  ['ConsumedUnit-C-005-C', {ConsumedQuantity: null, ConsumedUnit: 'Tokens'}],
  ['ConsumedUnit-C-006-C', {ConsumedQuantity: '2', ConsumedUnit: null}],
  ['EffectiveCost-C-005-C', {ChargeCategory: 'Purchase', EffectiveCost: '2.00'}],
  ['PricingQuantity-C-005-C', {PricingQuantity: null}],
  ['PricingUnit-C-006-C', {PricingUnit: null}],
  ['ProviderName-C-003-M', {ProviderName: null}],
  ['PublisherName-C-003-M', {PublisherName: null}],
  ['RegionName-C-005-C', {RegionName: null}],
  ['ServiceCategory-C-003-M', {ServiceCategory: 'Language Models'}],
  ['ServiceName-C-005-C', {ServiceCategory: 'Other', ServiceSubcategory: 'Other (Other)'}],
  ['ServiceSubcategory-C-004-M', {ServiceSubcategory: 'Generative AI'}],
  ['SkuId-C-005-C', {SkuId: null}],
  ['SkuPriceId-C-005-C', {SkuPriceId: null}],
  ['SubAccountName-C-005-C', {SubAccountName: null}],
  ['SubAccountName-C-004-C', {SubAccountId: null, SubAccountName: 'heron'}],
  ['Tags-C-001-M', {Tags: '{"team":{"name":"payments"}}'}],
]

const isUse = (row: Dataset['rows'][number]): boolean =>
  row.get('ChargeCategory') === 'Usage' && row.get('PricingCategory') === 'Standard'

describe('a planted fault is found', () => {
  const {columns, rows} = sample('focus-1.2-azure-25')
  const victim = rows.findIndex(isUse)

  test.each(FAULTS)('%s: %o', (rule, cells) => {
    const planted = rows.map((row, at) => (at === victim ? new Map([...row, ...Object.entries(cells)]) : row))
    const verdicts = judge({columns, rows: planted}, ALL_CRITERIA)
    expect(verdicts.get(rule)?.status).toBe('failed')
  })

  test('one price of two SKUs', () => {
    const price = rows[victim]!.get('SkuPriceId')!
    const other = rows.findIndex(row => row.get('SkuId') !== rows[victim]!.get('SkuId'))
    const planted = rows.map((row, at) => (at === other ? new Map([...row, ['SkuPriceId', price]]) : row))
    expect(judge({columns, rows: planted}, ALL_CRITERIA).get('SkuPriceId-C-008-M')?.status).toBe('failed')
  })

  test.each(['BilledCost', 'SkuId', 'ServiceName'])('%s is not there', column => {
    const without = columns.filter(name => name !== column)
    expect(listed(judge({columns: without, rows}, ALL_CRITERIA), 'failed').join('\n')).toContain(
      `${column} MUST be present in a FOCUS dataset`,
    )
  })

  test('what should be is advice', () => {
    const planted = rows.map((row, at) =>
      at === victim ? new Map([...row, ['PricingUnit', 'per hour']]) : row,
    )
    expect(judge({columns, rows: planted}, ALL_CRITERIA).get('PricingUnit-C-003-O')?.status).toBe('advised')
  })
})
