/** One record as FOCUS rows: what stands in each column, and what never does. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {Outcome} from '../../src/engine/outcome.ts'
import {type FocusRow, focusMetadata, focusTable} from '../../src/model/focus.ts'
import {FocusExport, focusToCsv} from '../../src/report/focus/export.ts'
import type {Books} from '../../src/report/focus/rows.ts'
import {chargeCategory, serviceOf} from '../../src/report/focus/seller.ts'
import {formatQuantity} from '../../src/report/formats/focus-csv.ts'
import {loadBooks} from '../../src/report/load-books.ts'
import {explainedRecordsOf} from '../../src/report/load-closed.ts'
import {acme, checkout, shared} from './acme.ts'
import {outcome, service, team, type World, world} from './world.ts'

const EVERYTHING = {from: null, to: null}
const at = (time: string) => `2026-10-14T${time}Z`

function exported({store}: World, books: Books = loadBooks(store)) {
  const written = new FocusExport()
  const rows = [...written.rowsOf(explainedRecordsOf(store, EVERYTHING, {unsettled: 0}), books)]
  return {rows, summary: written.summary()}
}

test.each(['1.2', '1.3'] as const)('%s', async version => {
  using store = acme().store
  const {rows} = exported({store} as World)
  await expect([...focusToCsv(focusTable(version), rows)].join('')).toMatchFileSnapshot(
    `golden/focus-${version}.csv`,
  )
})

test("a version's own columns come first, by name; every column of ours has the prefix", () => {
  for (const version of ['1.2', '1.3'] as const) {
    const names = focusTable(version).columns.map(({name}) => name)
    const own = names.filter(name => !name.startsWith('x_'))
    expect(names.slice(0, own.length)).toEqual(own.toSorted())
    expect(names.every(name => /^(x_)?[A-Z][A-Za-z]*$/.test(name) && name.length <= 50)).toBe(true)
    expect(names.includes('x_AllocatedMethodId')).toBe(version === '1.2')
    expect(names.includes('AllocatedMethodId')).toBe(version === '1.3')
  }
})

test('the metadata names every column with its type', () => {
  const table = focusTable('1.3')
  const told = focusMetadata(table, {version: '0.0.0'}, '2026-11-01T00:00:00Z')
  expect(told).toMatchObject({DataGenerator: 'venturi', FocusVersion: '1.3', DataGeneratorVersion: '0.0.0'})
  expect(told.Columns.length).toBe(table.columns.length)
  expect(told.Columns).toContainEqual({ColumnName: 'BilledCost', DataType: 'Decimal'})
})

describe('a row', () => {
  const [row] = exported(
    world().call({
      ...{id: 'a', at: at('10:00:00.250'), usd: '1.000000001', outcome: checkout, tokens: [1000, 200, 34]},
      signature: {
        account: 'openai:org/org-fen',
        project: 'openai:project/proj_1',
        region: 'eu',
        tag_feature: 'search',
        tag_team: 'ada@fen.example',
      },
    }),
  ).rows as [FocusRow]

  test('costs, tokens, times, accounts', () => {
    expect(row).toMatchObject({
      ...{BilledCost: 1_000_000_001n, EffectiveCost: 1_000_000_001n, BillingCurrency: 'USD'},
      ...{
        ConsumedQuantity: 1234n,
        ConsumedUnit: 'Tokens',
        PricingQuantity: 1234n,
        PricingUnit: '1000000 Tokens',
      },
      ...{ChargePeriodStart: Date.parse(at('10:00:00')), ChargePeriodEnd: Date.parse(at('10:00:01'))},
      ...{BillingPeriodStart: Date.parse('2026-10-01'), BillingPeriodEnd: Date.parse('2026-11-01')},
      ...{BillingAccountId: 'org-fen', SubAccountId: 'proj_1', SubAccountType: 'Project', InvoiceId: null},
      ...{
        ProviderName: 'OpenAI',
        ServiceName: 'OpenAI API',
        SkuId: 'openai/gpt-5-2025-08-07',
        RegionId: 'eu',
      },
      ...{AllocatedMethodId: null, AllocatedResourceId: null, ChargeClass: null, BillingAccountName: null},
    })
  })

  test("tags without anybody's address", () =>
    expect(JSON.parse(String(row.Tags))).not.toHaveProperty('owner_team'))
})

test('a record nobody has priced is left out and counted', () => {
  const {rows, summary} = exported(
    world()
      .call({id: 'a', at: at('10:00:00'), usd: null, outcome: checkout})
      .call({id: 'b', at: at('11:00:00'), usd: '0.00', outcome: checkout}),
  )
  expect(rows.map(({BilledCost}) => BilledCost)).toEqual([0n])
  expect(summary).toMatchObject({rows: 1, records: 2, unpriced_records: 1})
})

test('a split: one row a share; the remainder is allocated to nobody', () => {
  const {rows, summary} = exported(world().call({id: 'a', at: at('10:00:00'), usd: '1.00', outcome: shared}))
  expect(summary).toMatchObject({rows: shared.shares.length, split_records: 1, totals: {billed_usd: '1.00'}})
  for (const [index, {organization, share_ppm}] of shared.shares.entries()) {
    expect(JSON.parse(String(rows[index]!.AllocatedMethodDetails))).toEqual({
      Elements: [{AllocatedRatio: share_ppm / 1_000_000}],
    })
    expect(rows[index]).toMatchObject({
      AllocatedResourceId: organization?.id ?? null,
      AllocatedResourceName: organization?.name ?? null,
    })
  }
})

describe('an identity', () => {
  const shown = (id: string, of: Partial<Outcome['owner']> = {}) =>
    exported(
      world().call({
        ...{id: 'a', at: at('10:00:00'), usd: '1.00'},
        outcome: outcome({owner: {...checkout.owner, service: null, identity: {id, name: 'heron'}, ...of}}),
      }),
    ).rows[0]!.x_IdentityId

  test.each([
    'github:user/ada',
    'okta:user/00u1',
    'email:ada@fen.example',
    'hr:worker/12',
    'aws:user/0044/ada',
    'litellm:key/77',
    'openai:key/key_1',
  ])('%s is not shown', id => expect(shown(id)).toBe(null))
  test.each(['openai:service_account/user-1', 'aws:role/0044/heron', 'k8s:service_account/fen/heron'])(
    '%s is',
    id => expect(shown(id)).toBe(id),
  )
  test("a service's key is", () =>
    expect(shown('litellm:key/77', {service: service('heron')})).toBe('litellm:key/77'))
})

test("an id of a report's row that tells of a user becomes a digest", () => {
  const ids = [
    'openai/usage?user_id=user-1',
    'openai/usage?api_key_id=key_1',
    'openai/costs?line_item=tokens',
  ]
  const {rows} = exported(
    ids.reduce(
      (made, id) =>
        made.call({id, at: at('00:00:00'), usd: '1.00', outcome: outcome(), granularity: 'bucket'}),
      world(),
    ),
  )
  const told = rows.map(({x_AttributionId}) => String(x_AttributionId)).toSorted()
  expect(told.filter(id => /^attr_\w+\.sha256:[0-9a-f]{32}$/.test(id)).length).toBe(2)
  expect(told.filter(id => id.includes('line_item=tokens')).length).toBe(1)
})

test.each([
  ['Tax: AmazonBedrock', 5n, 'Tax'],
  ['Credit: promotion', -5n, 'Credit'],
  ['Refund: AmazonBedrock', -5n, 'Credit'],
  ['Purchase: Copilot Business', 5n, 'Purchase'],
  ['Code Execution Usage', 5n, 'Usage'],
  ['invoice 7: not itemised', -5n, 'Adjustment'],
  [null, 5n, 'Usage'],
])('%s of %d is %s', (line, nanos, category) => expect(chargeCategory(line, nanos)).toBe(category))

test('a service has one category', () => {
  expect(serviceOf('aws', 'anthropic.claude', null)).toEqual(serviceOf('aws', null, 'Amazon Bedrock: tokens'))
  expect(serviceOf('aws', null, 'AmazonEC2: hours')).toMatchObject({
    ServiceName: 'AWS, other services',
    ServiceCategory: 'Other',
  })
})

test.each([
  [0n, '0'],
  [1n, '0.000001'],
  [1_500_000n, '1.5'],
  [-2_000_000n, '-2'],
])('%d millionths are %s', (millionths, text) => expect(formatQuantity(millionths)).toBe(text))

test('shares add up, whatever they are', () => {
  const parts = fc.array(fc.integer({min: 0, max: 3}), {minLength: 1, maxLength: 6})
  fc.assert(
    fc.property(
      parts,
      fc.bigInt({min: -9n, max: 10n ** 13n}),
      fc.nat(3_000_000),
      (weights, nanos, tokens) => {
        const whole = weights.reduce((sum, weight) => sum + weight, 0)
        const ppm = weights.map(weight => (whole === 0 ? 0 : Math.floor((weight * 1_000_000) / whole)))
        const rest = 1_000_000 - ppm.reduce((sum, part) => sum + part, 0)
        const shares = [...ppm, rest].map((share_ppm, index) => ({
          ...{share_ppm, budget: null, basis: 'made up'},
          organization: index === ppm.length ? null : team(`T${index}`),
        }))
        const usd = `${nanos < 0n ? '-' : ''}0.${String(nanos < 0n ? -nanos : nanos % 10n ** 9n).padStart(9, '0')}`
        const made = world().call({
          id: 'a',
          at: at('10:00:00'),
          usd,
          tokens: [tokens, 7, 0],
          outcome: outcome({shares}),
        })
        const {rows, summary} = exported(made, {payers: new Map(), names: new Map(), tied: []})
        const sum = (column: keyof FocusRow) =>
          rows.reduce((total, row) => total + BigInt(row[column] as bigint), 0n)
        expect(sum('BilledCost')).toBe(nanos < 0n ? nanos : nanos % 10n ** 9n)
        expect(sum('ConsumedQuantity')).toBe(BigInt(tokens + 7))
        expect([sum('x_InputTokens'), sum('x_OutputTokens')]).toEqual([BigInt(tokens), 7n])
        expect(summary.rows).toBe(shares.length)
        made.store[Symbol.dispose]()
      },
    ),
    {numRuns: 50},
  )
})
