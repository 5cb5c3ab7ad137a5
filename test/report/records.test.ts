import {describe, expect, test} from 'vitest'
import {recordsToText} from '../../src/report/export-records.ts'
import {findRecord} from '../../src/report/find.ts'
import type {AttributionRecord} from '../../src/report/record.ts'
import {RecordReader} from '../../src/report/records.ts'
import {acme, anonymous, checkout, fraud, router, shared} from './acme.ts'
import {type World, world} from './world.ts'

const EVERYTHING = {from: null, to: null}

const recordsOf = ({store}: World, period = EVERYTHING): AttributionRecord[] => [
  ...new RecordReader(store).records(period, {unsettled: 0}),
]
const costs = (made: World) =>
  recordsOf(made).map(({event_id, cost}) => [event_id, cost.billed_usd, cost.source, cost.method])
const exported = (made: World, format: 'jsonl' | 'csv'): string =>
  [...recordsToText(recordsOf(made), format, {records: 0})].join('')

const at = (time: string) => `2026-10-14T${time}Z`

describe('export', () => {
  test.each(['jsonl', 'csv'] as const)('%s', async format => {
    using store = acme().store
    const made = {store} as World
    await expect(exported(made, format)).toMatchFileSnapshot(`golden/records.${format}`)
  })

  test('the same facts in any order are the same bytes', () => {
    const calls = [
      {id: 'b', at: at('10:00:00'), usd: '1.00', outcome: checkout},
      {id: 'a', at: at('10:00:00'), usd: '2.00', outcome: checkout},
      {id: 'c', at: at('09:00:00'), usd: '3.00', outcome: router},
    ].map((call, line) => ({...call, line, signature: {key: `litellm:key/${call.id}`}}))
    const one = calls.reduce((made, call) => made.call(call), world())
    const other = calls.toReversed().reduce((made, call) => made.call(call), world())
    expect(exported(other, 'jsonl')).toBe(exported(one, 'jsonl'))
    expect(recordsOf(one).map(({event_id}) => event_id)).toEqual(['c', 'a', 'b'])
  })

  test('a period', () => {
    const made = acme()
    expect(recordsOf(made, {from: 20741, to: 20743} as never).map(({event_id}) => event_id)).toEqual([
      'chatcmpl-fraud-0001',
      'chatcmpl-cx-0001',
    ])
  })
})

describe('what a record costs', () => {
  test('its own figure, where no bill decides', () => {
    const made = world()
      .call({id: 'a', at: at('01:00:00'), usd: '1.10', outcome: checkout})
      .call({id: 'b', at: at('02:00:00'), usd: null, outcome: checkout})
      .call({id: 'c', at: at('03:00:00'), usd: '0.20', outcome: fraud, source: 'provider'})
    expect(costs(made)).toEqual([
      ['a', '1.10', 'catalogue', 'estimated'],
      ['b', null, 'catalogue', 'estimated'],
      ['c', '0.20', 'provider', 'reconciled'],
    ])
  })

  test('its part of the bill by its own figure', () => {
    const made = world()
      .call({id: 'a', at: at('01:00:00'), usd: '1.00', outcome: checkout})
      .call({id: 'b', at: at('02:00:00'), usd: '2.00', outcome: checkout})
      .bill({day: at('00:00:00'), outcome: checkout, usd: '1.00'})
    expect(costs(made)).toEqual([
      ['a', '0.333333333', 'provider', 'reconciled'],
      ['b', '0.666666667', 'provider', 'reconciled'],
    ])
  })

  test('its part by tokens, where nobody names a price', () => {
    const made = world()
      .call({id: 'a', at: at('01:00:00'), usd: null, outcome: checkout, tokens: [1, 2, 0]})
      .call({id: 'b', at: at('02:00:00'), usd: null, outcome: checkout, tokens: [3, 3, 3]})
      .bill({day: at('00:00:00'), outcome: checkout, usd: '1.00'})
    expect(costs(made).map(([, usd]) => usd)).toEqual(['0.25', '0.75'])
  })

  test('equal parts, where nothing is counted', () => {
    const made = world()
      .call({id: 'a', at: at('01:00:00'), usd: null, outcome: checkout, tokens: [0, 0, 0]})
      .call({id: 'b', at: at('02:00:00'), usd: null, outcome: checkout, tokens: [0, 0, 0]})
      .call({id: 'c', at: at('03:00:00'), usd: null, outcome: checkout, tokens: [0, 0, 0]})
      .bill({day: at('00:00:00'), outcome: checkout, usd: '0.00000001'})
    expect(costs(made).map(([, usd]) => usd)).toEqual(['0.000000003', '0.000000003', '0.000000004'])
  })

  test('a credit is spread like a charge', () => {
    const made = world()
      .call({id: 'a', at: at('01:00:00'), usd: '1.00', outcome: checkout})
      .call({id: 'b', at: at('02:00:00'), usd: '1.00', outcome: checkout})
      .bill({day: at('00:00:00'), outcome: checkout, usd: '-0.000000003'})
    expect(costs(made).map(([, usd]) => usd)).toEqual(['-0.000000002', '-0.000000001'])
  })

  test('the same whether it is exported or looked up', () => {
    const made = acme()
      .call({id: 'x1', at: at('01:00:00'), usd: '1.00', outcome: checkout, signature: {key: 'k'}})
      .call({id: 'x2', at: at('01:00:00'), usd: '7.00', outcome: checkout, signature: {key: 'k'}})
      .bill({day: at('00:00:00'), outcome: checkout, usd: '28400.99'})
    const reader = new RecordReader(made.store)
    for (const record of recordsOf(made))
      expect(findRecord(made.store, reader, record.id).record).toEqual(record)
  })
})

describe('what is no record', () => {
  test('rows that are only detail', () => {
    const made = world()
      .call({id: 'a', at: at('01:00:00'), usd: '1.00', outcome: checkout})
      .call({id: 'a', at: at('01:00:00'), usd: '1.00', outcome: checkout, signature: {channel: 'openai'}})
      .detail('openai')
    expect(recordsOf(made)).toHaveLength(1)
  })

  test('rows absorbed into another source’s row', () => {
    const made = world()
      .call({id: 'a', at: at('01:00:00'), usd: '1.00', outcome: checkout})
      .call({id: 'a', at: at('01:00:00'), usd: '1.00', outcome: checkout, signature: {channel: 'otel'}})
      .absorb('a', 'otel')
    expect(recordsOf(made)).toHaveLength(1)
    expect(findRecord(made.store, new RecordReader(made.store), 'a').record.event_id).toBe('a')
  })

  test('rows nobody has attributed are counted', () => {
    const made = world().call({id: 'a', at: at('01:00:00'), usd: '1.00', outcome: checkout})
    made.store.database.exec('DELETE FROM cell; DELETE FROM attribution')
    const skipped = {unsettled: 0}
    expect([...new RecordReader(made.store).records(EVERYTHING, skipped)]).toEqual([])
    expect(skipped).toEqual({unsettled: 1})
    expect(() => findRecord(made.store, new RecordReader(made.store), 'a')).toThrow(
      'a: read, but not attributed yet',
    )
  })
})

test.each([
  [checkout, 'chargeback', 'chargeback'],
  [shared, 'review', 'showback'],
  [router, 'observe', 'showback'],
  [anonymous, 'observe', 'showback'],
  [{...checkout, coper: 0.79}, 'review', 'showback'],
] as const)('what to do with a record (%#)', (outcome, action, exportable) => {
  const [record] = recordsOf(world().call({id: 'a', at: at('01:00:00'), usd: '1.00', outcome}))
  expect([record!.action_class, record!.interpretation.export_eligibility]).toEqual([action, exportable])
})

test('while disputed, nothing is charged back', () => {
  const [record] = recordsOf(
    world().call({id: 'a', at: at('01:00:00'), usd: '1.00', outcome: checkout, spendClass: 'contested'}),
  )
  expect(record).toMatchObject({spend_class: 'contested', chargeback_eligible: false, action_class: 'review'})
})
