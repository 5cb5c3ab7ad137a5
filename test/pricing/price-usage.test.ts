import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {Column, GRANULARITIES, WIDTH} from '../../src/model/chunk.ts'
import {exactCost, NO_FEES, ONE, plainCost, toUnits} from '../../src/pricing/price-row.ts'
import {createModelPricers, createPricer, priceUsage} from '../../src/pricing/price-usage.ts'
import {notes, request, said} from './builders.ts'

describe('contract rates', () => {
  const rates = [
    {model: 'gpt-4o', per_million_usd: {input: '2.10', output: '8'}},
    {
      provider: 'azure',
      model: 'gpt-4o',
      from: '2026-10-01',
      to: '2026-10-31',
      per_million_usd: {input: '2', output: '7.5', cache_read: '0.9'},
    },
    {provider: 'azure', model: 'house-model', per_million_usd: {input: '0.123456789', output: '1'}},
  ]
  test.each([
    ['openai', 'gpt-4o', '2026-10-14', '0.0021'],
    ['openai', 'gpt-4o-mini', '2026-10-14', '0.00015'],
    ['azure', 'azure/gpt-4o-2024-08-06', '2026-10-14', '0.002'],
    ['azure', 'gpt-4o', '2026-09-30T23:59:59Z', '0.0021'],
    ['azure', 'gpt-4o', '2026-10-31T23:59:59Z', '0.002'],
    ['azure', 'gpt-4o', '2026-11-01', '0.0021'],
    ['azure', 'azure/House-Model', '2026-10-14', '0.000123457'],
    ['openai', 'house-model', '2026-10-14', '(model "house-model" is not in genai-prices 0.1.8 for openai)'],
  ])('%s %s on %s', (provider, model, on, cost) => {
    expect(said(request({provider, model, on}), {rates})).toBe(cost)
  })

  test('one-hour cache writes have a rate of their own, or that of all writes', () => {
    const own = {input: '1', output: '5', cache_write: '1.25', cache_write_1h: '1.80'}
    const usage = {inputTokens: 0, cacheWriteTokens: 1000, parts: {cacheWrite1hTokens: 1000}}
    const input = request({model: 'claude-haiku-4-5', usage})
    expect(said(input, {rates: [{model: 'claude-haiku-4-5', per_million_usd: own}]})).toBe('0.0018')
    const {cache_write_1h: _, ...less} = own
    expect(said(input, {rates: [{model: 'claude-haiku-4-5', per_million_usd: less}]})).toBe('0.00125')
  })

  test('a rate is a standard price: tiers apply to it, and a fixed name does not move', () => {
    const alias = {rates: [{model: 'deepseek-chat', per_million_usd: {input: '1', output: '2'}}]}
    expect(notes(request({provider: 'deepseek', model: 'deepseek-chat'}), alias)).toEqual([])
    expect(said(request({provider: 'azure', model: 'gpt-4o', tier: 'batch'}), {rates})).toBe('0.001')
  })

  test('say where they come from', () => {
    expect(priceUsage(request({provider: 'azure', model: 'gpt-4o'}), {rates})).toMatchObject({
      price: {catalogue: 'venturi.yaml', model: 'gpt-4o', validFrom: '2026-10-01', tier: 'standard'},
    })
  })

  test('a rate that is not a decimal is refused', () => {
    const wrong = [{model: 'm', per_million_usd: {input: '1,5', output: '1'}}]
    expect(() => createPricer({rates: wrong})).toThrow('rate of m: input "1,5" is not a price')
  })
})

test('search models cost by the request as well', () => {
  const input = request({provider: 'perplexity', model: 'sonar'})
  expect(said(input)).toBe('0.013')
  expect(notes(input)).toEqual(['includes $0.012 a request'])
  const bucket = {provider: 'perplexity', model: 'sonar', granularity: 'bucket'} as const
  expect(said(request({...bucket, usage: {requests: 10}}))).toBe('0.121')
  expect(said(request({...bucket, usage: {requests: null}}))).toMatch(/requests are not said/)
})

test('costs are the exact sum divided once, half to even', () => {
  const count = fc.integer({min: 0, max: 2_000_000_000})
  const price = fc.bigInt({min: 0n, max: 200_000_000_000n})
  fc.assert(
    fc.property(
      fc.tuple(count, count, count, count),
      fc.tuple(price, price, price, price),
      fc.constantFrom([1n, 1n], [1n, 2n], [9n, 5n], [2n, 1n]),
      ([input, output, cacheRead, cacheWrite], [a, b, c, d], [numerator = 1n, denominator = 1n]) => {
        const units = toUnits({input: a, output: b, cacheRead: c, cacheWrite: d, parts: {}}, NO_FEES, {
          numerator,
          denominator,
        })
        const cost = exactCost({input, output, cacheRead, cacheWrite, requests: 1}, units)
        const plain = plainCost(units, input, output, cacheRead, cacheWrite, 1)
        expect(Number.isFinite(plain) ? BigInt(plain) : cost).toBe(cost)
        expect(Number.isFinite(plain)).toBe(cost <= Number.MAX_SAFE_INTEGER)
        const exact =
          (BigInt(input) * a + BigInt(output) * b + BigInt(cacheRead) * c + BigInt(cacheWrite) * d) *
          numerator
        const per = 1_000_000n * denominator
        const off = (cost * per - exact) * 2n
        expect(off <= per && off >= -per).toBe(true)
        if (off === per || off === -per) expect(cost % 2n).toBe(0n)
      },
    ),
    {numRuns: 2000},
  )
})

test.each([
  [1, 500_000n, 0n],
  [3, 500_000n, 2n],
  [5, 500_000n, 2n],
  [7, 500_000n, 4n],
])('%d tokens at %d nano-dollars a million are %d', (input, price, cost) => {
  const row = {input: price, output: null, cacheRead: null, cacheWrite: null, parts: {}}
  const units = toUnits(row, NO_FEES, ONE)
  expect(exactCost({input, output: 0, cacheRead: 0, cacheWrite: 0, requests: 1}, units)).toBe(cost)
  expect(plainCost(units, input, 0, 0, 0, 1)).toBe(Number(cost))
})

test('the quick way to price rows of a log says what the careful way says, price and all', () => {
  const options = {
    rates: [{provider: 'azure', model: 'gpt-4o', per_million_usd: {input: '2', output: '7.5'}}],
  }
  const pricer = createPricer(options)
  const pricers = createModelPricers(options)
  const models = [
    ...[
      ['openai', 'gpt-5.4'],
      ['anthropic', 'claude-sonnet-4-5'],
      ['google', 'gemini-2.5-pro'],
      ['azure', 'gpt-4o'],
    ],
    ...[
      ['deepseek', 'deepseek-v4-flash'],
      ['perplexity', 'sonar'],
      ['openai', 'text-embedding-3-small'],
    ],
    ...[
      ['openai', 'gpt-realtime'],
      ['mistral', 'mistral-large-2411'],
      ['openai', 'house-model'],
    ],
  ] as const
  const count = fc.oneof(fc.constant(null), fc.integer({min: 0, max: 300_000}), fc.constant(9e15))
  const parts = fc.record({cacheWrite1hTokens: fc.nat(200_000), webSearches: fc.nat(3)}, {requiredKeys: []})
  fc.assert(
    fc.property(
      fc.constantFrom(...models),
      fc.constantFrom(null, 'batch', 'priority', 'provisioned'),
      fc.constantFrom(...GRANULARITIES),
      fc.integer({min: Date.UTC(2026, 5, 1), max: Date.UTC(2026, 9, 30)}),
      fc.tuple(count, count, count, count, count),
      fc.option(parts, {nil: undefined}),
      ([provider, model], tier, granularity, at, [requests, input, output, read, write], own) => {
        const asked = {provider, requestedModel: model!, servedModel: null, tier}
        const tokens = {
          inputTokens: input,
          outputTokens: output,
          cacheReadTokens: read,
          cacheWriteTokens: write,
        }
        const usage = {requests, ...tokens, ...(own === undefined ? {} : {parts: own})}
        const careful = pricer({...asked, at, granularity, usage})
        const numbers = new Float64Array(2 * WIDTH).fill(Number.NaN)
        const row = [GRANULARITIES.indexOf(granularity), at, null, requests, input, output, read, write]
        numbers.set(
          row.map(value => value ?? Number.NaN),
          WIDTH + Column.Granularity,
        )
        const quick = pricers(asked)
        const cost = quick.cost(numbers, WIDTH, own)
        const known = careful.cost === null ? Number.NaN : Number(careful.cost)
        expect(cost).toBe(known > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : known)
        if (careful.cost !== null) expect(quick.last).toEqual(careful.price)
      },
    ),
    {numRuns: 5000},
  )
})
