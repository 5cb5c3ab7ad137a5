import {describe, expect, test} from 'vitest'
import type {Config} from '../../src/config/config.ts'
import {attributeStore} from '../../src/engine/run.ts'
import {COST_SOURCES} from '../../src/model/chunk.ts'
import {pricesAreStale, reprice} from '../../src/server/pricing/reprice.ts'
import {whyUnpriced} from '../../src/server/pricing/why-unpriced.ts'
import {bucket, call, costsIn, freshStore, ingest, span} from './world.ts'

const [NONE, CATALOGUE, GATEWAY] = ['none', 'catalogue', 'gateway'].map(source =>
  COST_SOURCES.indexOf(source as (typeof COST_SOURCES)[number]),
)

const CONTRACT: Config = {
  rates: [{model: 'gpt-5', per_million_usd: {input: '1', output: '8'}}],
  azure_deployments: {'heron-chat': 'gpt-4.1'},
}

describe('who says what a row costs', () => {
  test.each([
    ['a gateway that knows', {spend: 0.007}, '7000000', GATEWAY, null],
    ['a gateway that does not', {}, '1250000', CATALOGUE, 'gpt-5'],
    ['a model nobody knows', {model: 'house-model'}, null, NONE, null],
    // Trap 9: failed calls can be billed, what a gateway answers from its cache is not.
    ['a failed call with tokens', {status: 'failure'}, '1250000', CATALOGUE, 'gpt-5'],
    ['a failed call without', {status: 'failure', prompt_tokens: 0}, '0', GATEWAY, null],
    ['an answer from the gateway’s cache', {cache_hit: 'True'}, '0', GATEWAY, null],
    ['a cache asked in vain', {cache_hit: 'False'}, '1250000', CATALOGUE, 'gpt-5'],
  ])('%s', async (_, fields, usd, source, model) => {
    using store = freshStore()
    await ingest(store, {'spend.jsonl': call('c', fields)})
    expect(costsIn(store)).toEqual([
      {id: 'c', usd, source, price: model === null ? null : expect.stringContaining(`"model":"${model}"`)},
    ])
  })

  test('the contract comes before the catalogue, and its price is kept with the row', async () => {
    using store = freshStore()
    await ingest(store, {'spend.jsonl': call('c')}, CONTRACT)
    const [{usd, price}] = costsIn(store) as unknown as [{usd: string; price: string}]
    expect(usd).toBe('1000000')
    expect(JSON.parse(price)).toEqual({
      ...{catalogue: 'venturi.yaml', model: 'gpt-5', valid_from: null, tier: 'standard'},
    })
  })

  test('what a source states outlasts what we make of its tokens, in any order of files', async () => {
    const files = [{'stated.jsonl': call('c', {spend: 0.0005})}, {'unknown.jsonl': call('c', {spend: 0})}]
    for (const order of [files, [...files].reverse()]) {
      using store = freshStore()
      for (const file of order) await ingest(store, file)
      expect(costsIn(store).map(({usd, source}) => [usd, source])).toEqual([['500000', GATEWAY]])
    }
  })

  test('of two rows without a stated cost the fuller one stays, whatever prices were when they were read', async () => {
    const dear: Config = {rates: [{model: 'gpt-5', per_million_usd: {input: '100', output: '100'}}]}
    using store = freshStore()
    await ingest(store, {'early.json': bucket({input_tokens: 10})}, dear)
    await ingest(store, {'late.json': bucket({input_tokens: 1000})})
    // Both exports are kept until attribution tells which of them counts.
    expect(costsIn(store).map(({usd}) => usd)).toEqual(expect.arrayContaining(['1000000', '1250000']))
    expect(attributeStore(store).ledger.total_usd).toBe('0.00125')
  })

  test('a sum of requests says in its price that it has no long-context price', async () => {
    using store = freshStore()
    await ingest(store, {'usage.json': bucket({model: 'gpt-5.4', input_tokens: 900_000})})
    const [{usd, price}] = costsIn(store) as unknown as [{usd: string; price: string}]
    expect(usd).toBe('2250000000')
    expect(JSON.parse(price).notes).toEqual(['a sum of requests: base price, no long-context price'])
  })

  test('requests, audio and a tier reach the price', async () => {
    using store = freshStore()
    await ingest(store, {
      'usage.json': bucket({
        ...{model: 'gpt-realtime', input_audio_tokens: 400, input_text_tokens: 600, output_tokens: 100},
        output_audio_tokens: 50,
      }),
      'batch.json': bucket({batch: true, project_id: 'proj_b'}),
      'odd.json': bucket({service_tier: 'scale', project_id: 'proj_o'}),
    })
    expect(
      costsIn(store)
        .map(({usd}) => usd)
        .sort(),
    ).toEqual(['1250000', '19200000', '625000'])
    const notes = costsIn(store).flatMap(({price}) => JSON.parse(price!).notes ?? [])
    expect(notes).toEqual(['no price known for service tier "scale" of openai: standard price'])
  })

  test('10. one call in a gateway log, in a span and in the provider’s report costs once', async () => {
    using store = freshStore()
    const total = () => attributeStore(store).ledger.total_usd
    await ingest(store, {'spend.jsonl': call('chatcmpl-1')})
    expect(total()).toBe('0.00125')
    await ingest(store, {'traces.json': span('chatcmpl-1')})
    expect(total()).toBe('0.00125')
    await ingest(store, {'usage.json': bucket()})
    expect(total()).toBe('0.00125')
    await ingest(store, {'more.jsonl': call('chatcmpl-2', {startTime: '2026-10-15T09:00:00.000Z'})})
    expect(total()).toBe('0.0025')
  })
})

describe('prices that change after rows were read', () => {
  const FILES = {
    'spend.jsonl':
      call('a') +
      call('b', {model: 'azure/heron-chat', custom_llm_provider: 'azure'}) +
      call('c', {spend: 0.5}) +
      call('d', {model: 'house-model'}) +
      call('e', {cache_hit: 'True'}),
    'usage.json': bucket({project_id: 'proj_1', input_audio_tokens: 100, input_text_tokens: 900}),
  }

  test('are those of the new configuration, as if it had been there from the start', async () => {
    using changed = freshStore()
    using fresh = freshStore()
    await ingest(changed, FILES)
    await ingest(fresh, FILES, CONTRACT)
    expect(costsIn(changed)).not.toEqual(costsIn(fresh))
    expect(pricesAreStale(changed, CONTRACT)).toBe(true)
    expect(reprice(changed, CONTRACT)).toBe(3)
    expect(costsIn(changed)).toEqual(costsIn(fresh))
    expect(pricesAreStale(changed, CONTRACT)).toBe(false)
    expect(reprice(changed, CONTRACT)).toBe(0)
  })

  test('are taken back with it', async () => {
    using store = freshStore()
    await ingest(store, FILES)
    const before = costsIn(store)
    reprice(store, CONTRACT)
    expect(costsIn(store).find(({id}) => id === 'b')).toMatchObject({usd: '2000000', source: CATALOGUE})
    reprice(store, {})
    expect(costsIn(store)).toEqual(before)
    expect(costsIn(store).find(({id}) => id === 'b')).toMatchObject({usd: null, source: NONE, price: null})
  })

  test('reach the ledger with the next attribute', async () => {
    using store = freshStore()
    await ingest(store, {'spend.jsonl': call('a')})
    expect(attributeStore(store).ledger.total_usd).toBe('0.00125')
    reprice(store, CONTRACT)
    expect(attributeStore(store).ledger.total_usd).toBe('0.001')
  })

  test.each([
    ['the first', {}, '1250000'],
    ['the second', CONTRACT, '1000000'],
  ])('are all those of %s of two configurations that rows were read under', async (_, config, usd) => {
    using store = freshStore()
    await ingest(store, {'spend.jsonl': call('a')})
    await ingest(store, {'more.jsonl': call('b')}, CONTRACT)
    expect(costsIn(store).map(row => row.usd)).toEqual(['1250000', '1000000'])
    expect(reprice(store, config)).toBe(1)
    expect(costsIn(store).map(row => row.usd)).toEqual([usd, usd])
  })

  test('nothing is priced again when nothing changed, nor in an empty store', async () => {
    using store = freshStore()
    expect(reprice(store, CONTRACT)).toBe(0)
    await ingest(store, FILES, CONTRACT)
    expect(reprice(store, {...CONTRACT, owners: []})).toBe(0)
  })

  test('parts of counts are priced again as they were', async () => {
    const day = {starting_at: '2026-10-14T00:00:00Z', ending_at: '2026-10-15T00:00:00Z'}
    const results = [
      {
        ...{uncached_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0},
        cache_creation: {ephemeral_5m_input_tokens: 600, ephemeral_1h_input_tokens: 400},
        ...{server_tool_use: {web_search_requests: 1}, model: 'claude-haiku-4-5', service_tier: 'standard'},
      },
    ]
    using store = freshStore()
    await ingest(store, {'usage.json': JSON.stringify({data: [{...day, results}], has_more: false})})
    expect(costsIn(store)).toMatchObject([{usd: '11550000'}])
    const own = {input: '1', output: '5', cache_write: '1', cache_write_1h: '2'}
    expect(reprice(store, {rates: [{model: 'claude-haiku-4-5', per_million_usd: own}]})).toBe(1)
    expect(costsIn(store)).toMatchObject([{usd: '1400000'}])
    expect(reprice(store, {})).toBe(1)
    expect(costsIn(store)).toMatchObject([{usd: '11550000'}])
  })
})

test.each([
  [['openai', 'house-model', null, null], 'model "house-model" is not in genai-prices 0.1.8 for openai'],
  [['azure', 'gpt-4o', null, 'PTU'], 'service tier "PTU" is billed by the hour, not by the token'],
  [['openai', null, null, null], 'no model named'],
  [['openai', 'gpt-5', null, null], null],
] as const)('why %j has no price', (model, reason) => {
  expect(whyUnpriced({}, Date.UTC(2026, 9, 14))(model)).toBe(reason)
})
