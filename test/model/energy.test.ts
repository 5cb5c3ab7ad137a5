import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {
  type EnergyRate,
  energyOf,
  energyRates,
  isLongContext,
  keeping,
  keptRates,
  plus,
  shown,
  type Tokens,
  type Use,
} from '../../src/model/energy/estimate.ts'
import {GRID} from '../../src/model/energy/grid.ts'
import {zoneOf} from '../../src/model/energy/zones.ts'

const use = (model: string | null, part: Partial<Use> = {}): Use => ({
  ...{provider: null, model, tier: null, region: null, ...part},
})
const tokens = (input: number | null, output: number | null, read = 0, write = 0): Tokens => ({
  ...{inputTokens: input, outputTokens: output, cacheReadTokens: read, cacheWriteTokens: write},
})
const OURS = {
  small: {total: 200, active: 35, open: false},
  large: {total: 440, active: 76, open: false},
  hundred: {total: 440, active: 100, open: false},
}
const rateOf = (asked: Use): EnergyRate => {
  const rate = energyRates({models: OURS})(asked)
  if (typeof rate === 'string') throw new Error(`${asked.model}: ${rate}`)
  return rate
}
const wh = (asked: Use, counts: Tokens) => energyOf(rateOf(asked), counts)!.wh

describe('what others have published', () => {
  test('Google: a median prompt takes 0.24 Wh', () => {
    const google = {provider: 'google'}
    const [low, high] = [
      wh(use('small', google), tokens(150, 250)),
      wh(use('large', google), tokens(150, 250)),
    ]
    expect(low.mid).toBeCloseTo(0.144, 3)
    expect(high.mid).toBeCloseTo(0.293, 3)
    expect(low.mid < 0.24 && 0.24 < high.mid).toBe(true)
  })
  test('Epoch: 10,000 tokens read and 500 written on 100 B active take about 2.5 Wh', () => {
    expect(wh(use('hundred', {provider: 'openai'}), tokens(10_000, 500)).mid).toBeCloseTo(2.52, 2)
    expect(wh(use('hundred', {provider: 'openai'}), tokens(10_000, 0)).mid).toBeCloseTo(1.88, 2)
  })
  test('DeepSeek-R1: 8,000 read and 1,000 written take 0.96 to 3.74 Wh', () => {
    const {low, mid, high} = wh(use('deepseek-reasoner', {provider: 'deepseek'}), tokens(8000, 1000))
    expect(mid).toBeCloseTo(1.89, 2)
    expect(low < 0.96 && 3.74 < high).toBe(true)
  })
})

test.each([
  ['us.anthropic.claude-opus-4-1-20250805-v1:0', 2000, 346, false],
  ['gpt-4o-2024-08-06', 440, 76.2, false],
  ['azure/gpt-4.1', 352, 61, false],
  ['gemini-2.5-flash-preview-09-2025', 440, 76.2, false],
  ['meta.llama3-1-70b-instruct-v1:0', 70.6, 70.6, true],
  ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 70.6, 70.6, true],
  ['openai.gpt-oss-120b-1:0', 117, 5.1, true],
  ['deepseek.r1-v1:0', 671, 37, true],
  ['qwen/qwen3-235b-a22b:free', 235, 22, true],
  ['command-r-plus-08-2024', 104, 104, true],
] as const)('%s is %d B, %d B active', (model, total, active, open) =>
  expect(rateOf(use(model)).size).toEqual({total, active, open}),
)

test.each([
  ['gpt-5.1', 'unknown_size'],
  ['gpt-5-pro', 'unknown_size'],
  ['claude-opus-4-5', 'unknown_size'],
  ['mistral-large-latest', 'unknown_size'],
  ['amazon.nova-pro-v1:0', 'unknown_size'],
  ['text-embedding-3-small', 'unknown_size'],
  ['house-model', 'unknown_size'],
  ['__proto__', 'unknown_size'],
  ['', 'no_model'],
  [null, 'no_model'],
  ['gpt-image-1', 'images_or_audio'],
  ['gemini-2.5-flash-image', 'images_or_audio'],
  ['gpt-4o-audio-preview', 'images_or_audio'],
  ['whisper-1', 'images_or_audio'],
])('%j has no figure: %s', (model, reason) => expect(energyRates()(use(model))).toBe(reason))

test('a gateway that answers from its cache runs no model', () =>
  expect(energyRates()(use('gpt-5', {tier: 'gateway_cache'}))).toBe('gateway_cache'))

test.each([
  ['aws', 'eu-west-1', null, 'IRL'],
  ['aws', 'us-east-1a', null, 'USA'],
  ['azure', 'Sweden Central', null, 'SWE'],
  ['google', 'europe-west9', null, 'FRA'],
  ['google', 'us-central1-b', null, 'USA'],
  ['aws', null, 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'EU'],
  ['aws', 'eu-central-1', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'DEU'],
  ['aws', 'moon-base-1', null, 'USA'],
  ['mistral', null, null, 'EU'],
  ['deepseek', null, null, 'CHN'],
  ['our-own', null, null, 'WORLD'],
])('%s %s %s: %s', (provider, region, model, zone) =>
  expect(zoneOf({provider, region, model}, new Map())).toBe(zone),
)

test('every zone that a call can be in has an intensity', () => {
  const regions = [
    'eu-west-1',
    'sa-east-1',
    'me-central2',
    'chilecentral',
    'eu',
    'ap-southeast-7',
    'africa-south1',
  ]
  for (const region of regions)
    expect(GRID.has(zoneOf({provider: 'x', region, model: null}, new Map()))).toBe(true)
  expect(GRID.size).toBe(222)
  expect([...GRID.values()].every(Number.isFinite)).toBe(true)
})

test('what the company says goes first, a place before its provider', () => {
  const rates = energyRates({
    zones: {'aws-eu-west-1': 'FRA', openai: 'IRL'},
    intensity: {FRA: 56},
    models: {'Our-Model': {total: 70, active: 70, open: true}},
  })
  expect(rates(use('our-model', {provider: 'AWS', region: 'eu-west-1'}))).toMatchObject({
    ...{zone: 'FRA', intensity: 56, spread: 3, size: {total: 70}},
  })
  expect(rates(use('gpt-5', {provider: 'openai'}))).toMatchObject({zone: 'IRL', intensity: 279.79})
  expect(rates(use('gpt-5', {provider: 'azure', region: 'eastus'}))).toMatchObject({zone: 'USA'})
})

test('embeddings are read only, and need no output count', () => {
  const rate = rateOf(use('bge-m3'))
  expect(rate.output).toBe(0)
  expect(energyOf(rate, tokens(1000, null))!.wh.mid).toBeCloseTo((0.568 * 0.00098 * 1000 * 1.6 * 1.2) / 1000)
})

test('a token from a cache is a tenth of one read anew, one written is as much', () => {
  const rate = rateOf(use('gpt-5'))
  const of = (...counts: Parameters<typeof tokens>) => energyOf(rate, tokens(...counts))!.wh.mid
  expect(of(0, 0, 1000)).toBeCloseTo(of(100, 0))
  expect(of(0, 0, 0, 1000)).toBeCloseTo(of(1000, 0))
})

test.each([
  ['no counts', tokens(null, null)],
  ['no input', tokens(null, 10)],
  ['no output', tokens(10, null)],
  ['nothing', tokens(0, 0)],
])('%s: null, never zero', (_, counts) => expect(energyOf(rateOf(use('gpt-5')), counts)).toBe(null))

const counts = fc
  .tuple(...Array.from({length: 4}, () => fc.nat(10_000_000)))
  .map(of => tokens(...(of as [number, number, number, number])))
const model = fc.constantFrom('gpt-5', 'claude-haiku-4-5', 'llama-3.3-70b', 'bge-m3')
const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(a, b)

describe('always', () => {
  test('low < mid < high, by the same factor, for open weights less', () =>
    fc.assert(
      fc.property(model, counts, (name, of) => {
        const rate = rateOf(use(name))
        const energy = energyOf(rate, of)
        if (energy === null) return
        for (const {low, mid, high} of [energy.wh, energy.gco2e])
          expect(
            0 < low &&
              low < mid &&
              mid < high &&
              close(mid * rate.spread, high) &&
              close(low * rate.spread, mid),
          ).toBe(true)
        expect(rate.spread).toBe(rate.size.open ? 3 : 3.3)
      }),
    ))

  test('the energy of a sum is the sum of the energies', () =>
    fc.assert(
      fc.property(model, counts, counts, (name, a, b) => {
        const rate = rateOf(use(name))
        const both = Object.fromEntries(
          Object.keys(a).map(key => [key, a[key as keyof Tokens]! + b[key as keyof Tokens]!]),
        ) as unknown as Tokens
        const [x, y, sum] = [energyOf(rate, a), energyOf(rate, b), energyOf(rate, both)]
        if (x === null || y === null) return
        const added = plus(x.wh, y.wh)
        for (const end of ['low', 'mid', 'high'] as const) expect(close(added[end], sum!.wh[end])).toBe(true)
      }),
    ))

  test('two digits are shown', () =>
    fc.assert(
      fc.property(fc.double({min: 1e-9, max: 1e9, noNaN: true}), mid => {
        const {mid: said} = shown({low: mid / 3, mid, high: mid * 3})
        expect(Math.abs(said - mid)).toBeLessThanOrEqual(mid * 0.05)
        expect(Number(said.toPrecision(2))).toBe(said)
      }),
    ))
})

test('long contexts', () => {
  expect(isLongContext(tokens(32_000, 1000, 768))).toBe(false)
  expect(isLongContext(tokens(32_000, 0, 769))).toBe(true)
  expect(isLongContext(tokens(null, 100_000))).toBe(false)
})

test('rates that are kept stay as they were, through JSON, and nothing is added to them', () => {
  const {rates, kept} = keeping(energyRates({models: OURS, intensity: {USA: 1}}))
  const asked = use('small', {provider: 'openai'})
  const then = rates(asked)
  rates(use('house-model'))
  const again = keptRates(JSON.parse(JSON.stringify(kept())))
  expect(Object.keys(kept())).toHaveLength(1)
  expect(again(asked)).toEqual(then)
  expect(again(use('gpt-5'))).toBe('unknown_size')
  expect(again(use(null))).toBe('no_model')
  expect(keptRates(undefined)(asked)).toBe('closed_before')
})
