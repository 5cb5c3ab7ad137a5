import {expect, test} from 'vitest'
import type {Config} from '../../src/config/config.ts'
import {attributeStore} from '../../src/engine/run.ts'
import {findRecord} from '../../src/report/find.ts'
import {explanationToText} from '../../src/report/formats/explain-text.ts'
import {RecordReader} from '../../src/report/records.ts'
import {explainer} from '../../src/server/pricing/compare.ts'
import {bucket, call, freshStore, ingest} from './world.ts'

const CONTRACT: Config = {rates: [{model: 'gpt-5', per_million_usd: {input: '1', output: '8'}}]}

/** `source cost difference`, the one that counts first. */
async function costs(files: {readonly [path: string]: string}, config: Config, id: string) {
  using store = freshStore()
  await ingest(store, files, config)
  attributeStore(store)
  const reader = new RecordReader(store)
  const explanation = explainer(reader, config)(findRecord(store, reader, id))
  const lines = explanation.costs.map(({source, cost_usd, difference_usd, price, reason}) =>
    [source, cost_usd ?? `(${reason})`, difference_usd, price?.tier].filter(Boolean).join(' '),
  )
  const [, ...head] = explanationToText(explanation, {width: 200, colour: false}).split('\n')
  return {lines, head: head.slice(0, lines.length), record: explanation.record}
}

test('a gateway says one thing, the contract and the catalogue others: all three are kept', async () => {
  const {lines, head, record} = await costs({'s.jsonl': call('c', {spend: 0.0012})}, CONTRACT, 'c')
  expect(lines).toEqual([
    'gateway 0.0012',
    'contract 0.001 -0.0002 standard',
    'catalogue 0.00125 0.00005 standard',
  ])
  expect(head).toEqual([
    '$0.0012, as the gateway estimates it',
    '  $0.001 by the price of gpt-5 at standard price, venturi.yaml: $0.0002 less',
    '  $0.00125 by the price of gpt-5 at standard price, genai-prices 0.1.8: $0.00005 more',
  ])
  expect(record.cost).toMatchObject({
    billed_usd: '0.0012',
    source: 'gateway',
    method: 'estimated',
    price: null,
  })
})

test('a record priced by contract has the catalogue beside it, and itself once', async () => {
  const {lines, record} = await costs({'s.jsonl': call('c')}, CONTRACT, 'c')
  expect(lines).toEqual(['contract 0.001 standard', 'catalogue 0.00125 0.00025 standard'])
  expect(record.cost).toMatchObject({source: 'catalogue', price: {catalogue: 'venturi.yaml'}})
})

test('a record priced by the catalogue has nothing beside it', async () => {
  const {lines} = await costs({'s.jsonl': call('c')}, {}, 'c')
  expect(lines).toEqual(['catalogue 0.00125 standard'])
})

test('a bill decides, and what the gateway spent stays beside it', async () => {
  const day = {start_time: Date.UTC(2026, 9, 14) / 1000, end_time: Date.UTC(2026, 9, 15) / 1000}
  const amount = {value: '0.001', currency: 'usd'}
  const results = [{object: 'organization.costs.result', amount, line_item: 'gpt-5, input', project_id: null}]
  const costReport = JSON.stringify({
    object: 'page',
    data: [{object: 'bucket', ...day, results}],
    has_more: false,
  })
  const files = {'s.jsonl': call('c', {spend: 0.0012}), 'costs.json': costReport}
  expect((await costs(files, {}, 'c')).lines).toEqual([
    'provider 0.001',
    'gateway 0.0012 0.0002',
    'catalogue 0.00125 0.00025 standard',
  ])
})

test('without a price the reason is told; notes of a price stand under it', async () => {
  const unknown = await costs({'s.jsonl': call('c', {model: 'house-model'})}, {}, 'c')
  expect(unknown.lines).toEqual(['catalogue (model "house-model" is not in genai-prices 0.1.8 for openai)'])
  expect(unknown.head).toEqual([
    'cost not known: model "house-model" is not in genai-prices 0.1.8 for openai, and its source names none',
  ])
  const files = {'usage.json': bucket({model: 'gpt-5.4', service_tier: 'scale'})}
  const {head} = await costs(files, {}, 'openai/usage')
  expect(head[0]).toBe('$0.0025, by the price of gpt-5.4 at standard price, genai-prices 0.1.8')
  const {record} = await costs(files, {}, 'openai/usage')
  expect(record.cost.price).toEqual({
    ...{catalogue: 'genai-prices 0.1.8', model: 'gpt-5.4', valid_from: null, tier: 'standard'},
    notes: [
      'no price known for service tier "scale" of openai: standard price',
      'a sum of requests: base price, no long-context price',
    ],
  })
})

test('the tier, its overlay and the first day of a dated price reach the record', async () => {
  const files = {'usage.json': bucket({model: 'gpt-5.6-luna', batch: true})}
  const {record} = await costs(files, {}, 'openai/usage')
  expect(record.cost).toEqual({
    ...{billed_usd: '0.0001', source: 'catalogue', method: 'estimated'},
    price: {
      ...{catalogue: 'genai-prices 0.1.8', model: 'gpt-5.6-luna', valid_from: '2026-07-30', tier: 'batch'},
      overlay: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      notes: ['a sum of requests: base price, no long-context price'],
    },
  })
})
