import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {formatUsd} from '../../src/model/money.ts'
import {costOf, toUnits} from '../../src/pricing/price-row.ts'
import {
  createPricer,
  type PriceInput,
  type PricingOptions,
  priceUsage,
} from '../../src/pricing/price-usage.ts'
import {request} from './builders.ts'

/** The cost as text, or the reason in brackets. */
const said = (input: PriceInput, options?: PricingOptions): string => {
  const priced = priceUsage(input, options)
  return priced.cost === null ? `(${priced.reason})` : formatUsd(priced.cost)
}
const notes = (input: PriceInput, options?: PricingOptions): readonly string[] => {
  const priced = priceUsage(input, options)
  return priced.cost === null ? [] : priced.price.notes
}
const HAIKU = 'anthropic.claude-haiku-4-5-20251001-v1:0'
const SONNET = 'claude-sonnet-4-5-20250929'

describe('traps of pricing', () => {
  test.each([
    ['at the threshold', {inputTokens: 200_000}, '0.60'],
    ['one token above it: the whole request moves', {inputTokens: 200_001}, '1.200006'],
    ['cache counts towards it', {inputTokens: 1, cacheReadTokens: 200_000}, '0.120006'],
    ['output moves too', {inputTokens: 200_001, outputTokens: 1000}, '1.222506'],
  ])('1. a context tier is a cliff per request: %s', (_, usage, cost) => {
    expect(said(request({provider: 'anthropic', model: SONNET, usage}))).toBe(cost)
  })

  test.each(['bucket', 'line_item'] as const)('1. a %s takes the base price and says so', granularity => {
    const sum = request({
      provider: 'anthropic',
      model: SONNET,
      granularity,
      usage: {requests: 400, inputTokens: 2_000_000},
    })
    expect(said(sum)).toBe('6.00')
    expect(notes(sum)).toEqual(['a sum of requests: base price, no long-context price'])
  })

  test.each([
    ['plain', {inputTokens: 1000}, '0.003'],
    [
      'cache apart from input, each at its price',
      {inputTokens: 1000, cacheReadTokens: 5000, cacheWriteTokens: 2000},
      '0.012',
    ],
    ['more cache than input', {inputTokens: 0, cacheReadTokens: 5000}, '0.0015'],
  ])('2. records exclude cache from input: %s', (_, usage, cost) => {
    expect(said(request({provider: 'anthropic', model: SONNET, usage}))).toBe(cost)
  })

  const NOTHING = {inputTokens: null, outputTokens: null, cacheReadTokens: null, cacheWriteTokens: null}
  test.each([
    ['absent usage', NOTHING, '(no token counts)'],
    [
      'absent usage beside empty cache counts',
      {...NOTHING, cacheReadTokens: 0, cacheWriteTokens: 0},
      '(no token counts)',
    ],
    ['NaN', {inputTokens: Number.NaN}, '(input tokens NaN is not a count)'],
    ['infinite', {outputTokens: Number.POSITIVE_INFINITY}, '(output tokens Infinity is not a count)'],
    ['negative', {outputTokens: -1}, '(output tokens -1 is not a count)'],
    ['a fraction', {cacheReadTokens: 1.5}, '(cache-read tokens 1.5 is not a count)'],
    ['beyond exact', {cacheWriteTokens: 2 ** 53}, '(cache-write tokens 9007199254740992 is not a count)'],
    ['counted zero is free', {inputTokens: 0}, '0.00'],
    ['output alone not said', {outputTokens: null}, '0.0025'],
  ])('3. what is no count has no cost: %s', (_, usage, cost) => {
    expect(said(request({provider: 'openai', model: 'gpt-4o', usage}))).toBe(cost)
  })

  test.each([
    ['azure/gpt-4.1', '0.002'],
    [`bedrock/us.${HAIKU}`, '0.0011'],
    ['vertex_ai/gemini-2.5-pro', '0.00125'],
    ['gemini/gemini-2.5-flash', '0.0003'],
    ['models/gemini-2.5-flash', '0.0003'],
    ['groq/llama-3.3-70b-versatile', '0.00059'],
    ['mistral/mistral-large-2411', '0.002'],
    ['openrouter/anthropic/claude-sonnet-4.5', '0.003'],
  ])('4. a gateway prefix is split: %s', (model, cost) => expect(said(request({model}))).toBe(cost))

  test('4. Azure deployment names are mapped by the user', () => {
    const options = {azureDeployments: {'Heron-GPT41': 'gpt-4.1'}}
    const input = request({provider: 'azure', model: 'azure/heron-gpt41'})
    expect(said(input)).toBe('(model "azure/heron-gpt41" is not in genai-prices 0.1.8 for azure)')
    expect(said(input, options)).toBe('0.002')
    expect(said(request({provider: 'openai', model: 'heron-gpt41'}), options)).toMatch(/^\(/)
  })

  test('4. the prefix of the request says who bills when a relay reports', () => {
    const input = request({provider: 'openai', model: 'azure/gpt-4o', servedModel: 'gpt-4o-2024-08-06'})
    expect(priceUsage(input)).toMatchObject({price: {provider: 'azure', model: 'gpt-4o'}})
  })

  test.each([
    ['bare', HAIKU, null, '0.0011'],
    ['geography', `us.${HAIKU}`, null, '0.0011'],
    ['global', `global.${HAIKU}`, null, '0.001'],
    ['global asked, bare model answers', `global.${HAIKU}`, 'claude-haiku-4-5-20251001', '0.001'],
    ['geography asked, bare model answers', `eu.${HAIKU}`, 'claude-haiku-4-5-20251001', '0.0011'],
  ])('5. a Bedrock id decides between regional and global: %s', (_, model, servedModel, cost) => {
    expect(said(request({provider: 'aws', model, servedModel}))).toBe(cost)
  })

  test.each([
    ['the response decides', 'gpt-4o', 'gpt-4o-mini-2024-07-18', '0.00015'],
    ['not the alias asked for', 'fast-chat', 'gpt-4o', '0.0025'],
    ['no response: the request', 'gpt-4o', null, '0.0025'],
    [
      'an unknown answer is not the price of what was asked',
      'gpt-4o',
      'gpt-99',
      '(model "gpt-99" is not in genai-prices 0.1.8 for openai)',
    ],
  ])('6. aliases move: %s', (_, model, servedModel, cost) => {
    expect(said(request({provider: 'openai', model, servedModel}))).toBe(cost)
  })

  test.each([
    ['2026-08-16T02:00:00Z', '0.00014', 'flat before peak prices began'],
    ['2026-08-16T12:00:00Z', '0.00014', 'flat before peak prices began'],
    ['2026-08-17T00:30:00Z', '0.00022', 'off-peak on the first day'],
    ['2026-08-17T02:00:00Z', '0.00044', 'peak'],
    ['2026-08-17T04:00:00Z', '0.00022', 'the end of a window is outside it'],
    ['2026-08-22T02:00:00Z', '0.00044', 'a Saturday before weekends were spared'],
    ['2026-08-23T02:00:00Z', '0.00022', 'a Sunday'],
    ['2026-10-17T02:00:00Z', '0.00022', 'a Saturday'],
    ['2026-10-16T02:00:00Z', '0.00044', 'a Friday'],
    ['2026-10-19T02:00:00Z', '0.00044', 'a Monday'],
  ])('7. DeepSeek V4 at %s costs %s: %s', (on, cost) => {
    expect(said(request({provider: 'deepseek', model: 'deepseek-v4-flash', on}))).toBe(cost)
  })

  test.each([
    ['house-model', '(model "house-model" is not in genai-prices 0.1.8)'],
    [
      'claude-sonnet-5-5',
      '(model "claude-sonnet-5-5" is not in genai-prices 0.1.8; "claude-sonnet-5" may be another model)',
    ],
    [null, '(no model named)'],
  ])(
    "8. an unknown model has a reason, never 0 and never a sibling's price: %s",
    (requestedModel, reason) => {
      expect(said(request({requestedModel}))).toBe(reason)
    },
  )

  test('9. a failed call is priced by the tokens it reports', () => {
    const failed = request({provider: 'openai', model: 'gpt-4o', usage: {outputTokens: null}})
    expect(said(failed)).toBe('0.0025')
  })
})

describe('service tiers', () => {
  test.each([
    ['openai', 'gpt-4o', 'batch', '0.00125', []],
    ['openai', 'gpt-4o', 'Flex', '0.00125', []],
    ['openai', 'gpt-4o', 'priority', '0.005', ['priority is about 2.0 times standard, by model']],
    ['openai', 'gpt-4o', 'default', '0.0025', []],
    [
      'openai',
      'gpt-4o',
      'scale',
      '0.0025',
      ['no price known for service tier "scale" of openai: standard price'],
    ],
    ['google', 'gemini-2.5-flash', 'priority', '0.00054', []],
    ['vertex_ai', 'gemini-2.5-flash', 'batch', '0.00015', []],
    ['azure', 'gpt-4o', 'batch', '0.00125', []],
    ['bedrock', HAIKU, 'batch', '0.00055', []],
    ['anthropic', SONNET, 'batch', '0.0015', []],
    [
      'anthropic',
      SONNET,
      'priority',
      '0.003',
      ['no price known for service tier "priority" of anthropic: standard price'],
    ],
    [
      'groq',
      'llama-3.3-70b-versatile',
      'constructor',
      '0.00059',
      ['no price known for service tier "constructor" of groq: standard price'],
    ],
  ])('%s %s at %s', (provider, model, tier, cost, expected) => {
    const input = request({provider, model, tier})
    expect(said(input)).toBe(cost)
    expect(notes(input)).toEqual(expected)
  })
})

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
        const units = toUnits({input: a, output: b, cacheRead: c, cacheWrite: d}, null, {
          numerator,
          denominator,
        })
        const cost = costOf({input, output, cacheRead, cacheWrite, requests: 1}, units)
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
  const units = toUnits({input: price, output: null, cacheRead: null, cacheWrite: null}, null, {
    numerator: 1n,
    denominator: 1n,
  })
  expect(costOf({input, output: 0, cacheRead: 0, cacheWrite: 0, requests: 1}, units)).toBe(cost)
})
