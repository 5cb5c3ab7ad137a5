import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {Usage} from '../../../src/model/fact.ts'
import {aMonth, inDays, monthly, type Quote, replay} from '../../../src/review/price/replay.ts'
import {
  confidenceOf,
  isTrafficOf,
  sumOf,
  type Traffic,
  typicalThousand,
} from '../../../src/review/price/traffic.ts'

/** Nano-dollars a token. */
const PRICES: {readonly [model: string]: bigint} = {large: 1000n, small: 100n}
const quote: Quote = ([, , served], {inputTokens}) =>
  served !== null && served in PRICES ? PRICES[served]! * BigInt(inputTokens ?? 0) : null

const traffic = (day: number, inputTokens: number | null, more: Partial<Traffic> = {}): Traffic => ({
  ...{day, model: ['p', null, 'large', null], cost: 0n, unpriced: 0, records: 1, coper: 0.9},
  ...{requests: 1, inputTokens, outputTokens: null, cacheReadTokens: null, cacheWriteTokens: null},
  ...more,
})
const small = {model: () => ['p', null, 'small', null] as const, usage: (usage: Usage) => usage}
const days = fc.array(fc.integer({min: 0, max: 1_000_000_000}), {minLength: 1, maxLength: 40})

describe('a month', () => {
  test('is 30.4375 days', () => {
    expect(aMonth(10_000n, 1)).toBe(304_375n)
    expect(aMonth(-16n, 7)).toBe(-70n)
    expect(inDays(304_375n, 31)).toBe(310_000n)
  })

  test('is never off by more than half a nano-dollar', () =>
    fc.assert(
      fc.property(
        fc.bigInt({min: -(10n ** 18n), max: 10n ** 18n}),
        fc.integer({min: 1, max: 400}),
        (nanos, of) => {
          const off = aMonth(nanos, of) * 10_000n * BigInt(of) - nanos * 304_375n
          expect((off < 0n ? -off : off) * 2n <= 10_000n * BigInt(of)).toBe(true)
        },
      ),
    ))
})

describe('replayed', () => {
  test('days sum to the whole, and the middle lies between low and high', () =>
    fc.assert(
      fc.property(days, fc.bigInt({min: 0n, max: 50n}), (tokens, band) => {
        const window = {from: 100, to: 100 + tokens.length}
        const found = replay(
          tokens.map((count, index) => traffic(100 + index, count)),
          window,
          small,
          quote,
        )!
        const all = tokens.reduce((sum, count) => sum + BigInt(count), 0n)
        expect(found).toMatchObject({from: all * 1000n, to: all * 100n})
        expect(found.days.reduce((sum, day) => sum + day, 0n)).toBe(found.to - found.from)
        const {low, mid, high} = monthly(found, band)
        expect(mid).toBe(aMonth(found.to - found.from, tokens.length))
        expect(low <= mid && mid <= high).toBe(true)
      }),
    ))

  test('days without traffic count as days', () => {
    const found = replay([traffic(3, 1000)], {from: 0, to: 10}, small, quote)!
    expect(found.days).toHaveLength(10)
    expect(monthly(found, 0n).mid).toBe(aMonth(-900_000n, 10))
  })

  test('a price that is missing on either side is no figure', () => {
    const nameless = {...small, model: () => ['p', null, 'nobody', null] as const}
    expect(replay([traffic(0, 5)], {from: 0, to: 1}, nameless, quote)).toBeNull()
    expect(
      replay([traffic(0, 5, {model: ['p', null, 'nobody', null]})], {from: 0, to: 1}, small, quote),
    ).toBeNull()
  })

  test('what counts no tokens is left out', () =>
    expect(replay([traffic(0, 5), traffic(0, null)], {from: 0, to: 1}, small, quote)).toMatchObject({
      from: 5000n,
    }))
})

describe('traffic', () => {
  test('sums what is known, and knows what is not', () => {
    expect(sumOf([traffic(0, 5), traffic(1, null)])).toMatchObject({
      inputTokens: 5,
      outputTokens: null,
      requests: 2,
    })
    expect(confidenceOf([traffic(0, 1, {cost: 3n, coper: 0.9}), traffic(0, 1, {cost: 1n, coper: 0.5})])).toBe(
      0.8,
    )
    expect(
      confidenceOf([traffic(0, 1, {coper: 0.9, records: 1}), traffic(0, 1, {coper: 0.6, records: 2})]),
    ).toBe(0.7)
    expect(confidenceOf([])).toBeNull()
  })

  test('a typical request is the median, weighed by requests', () => {
    const many = [
      traffic(0, 900, {requests: 9}),
      traffic(1, 5000, {requests: 1}),
      traffic(2, 40, {requests: 4, outputTokens: 7}),
    ]
    expect(typicalThousand(many)).toMatchObject({requests: 1000, inputTokens: 100_000, outputTokens: 0})
    expect(typicalThousand([traffic(0, 5, {requests: null})])).toBeNull()
  })

  test.each([
    ['gpt-5', [null, 'gpt-5', 'gpt-5-2025-08-07'], true],
    ['gpt-5', [null, null, 'gpt-5-2025-08-07'], true],
    ['openai/gpt-5', [null, null, 'gpt-5-2025-08-07'], true],
    ['gpt-5', [null, null, 'gpt-5-mini-2025-08-07'], false],
    ['gpt-5-2025-08-07', [null, 'gpt-5', 'gpt-5-2025-08-07'], true],
    ['gpt-4o-2024-05-13', [null, 'gpt-4o', 'gpt-4o-2024-08-06'], false],
    ['gpt-5', [null, 'smart', 'gpt-5-2025-08-07'], false],
    ['smart', [null, 'smart', 'gpt-5-2025-08-07'], true],
    ['gpt-4o', ['azure', 'azure/prod-chat', 'gpt-4o'], true],
    ['gpt-4o', [null, null, null], false],
  ] as const)('%s and a call of %j', (written, [provider, requested, served], expected) =>
    expect(
      isTrafficOf(written, [provider, requested, served, null], new Map([['prod-chat', 'gpt-4o']])),
    ).toBe(expected),
  )
})
