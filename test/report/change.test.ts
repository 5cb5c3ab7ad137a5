/** Why cost changed: the parts always sum, and each factor alone is found alone. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {type Change, type Consumed, changeOf} from '../../src/report/change.ts'

const use = (model: string, requests: bigint | null, tokens: bigint | null, cost: bigint): Consumed => ({
  ...{model, requests, tokens, cost},
})
/** Parts other than nothing. */
const parts = (change: Change): object =>
  Object.fromEntries(Object.entries(change).filter(([, part]) => part !== 0n))

describe('one factor alone', () => {
  const before = [use('a', 100n, 1000n, 1000n), use('b', 100n, 1000n, 3000n)]

  test('volume', () =>
    expect(parts(changeOf(before, [use('a', 300n, 3000n, 3000n), use('b', 300n, 3000n, 9000n)]))).toEqual({
      volume: 8000n,
      total: 8000n,
    }))
  test('model mix', () =>
    expect(parts(changeOf(before, [use('a', 50n, 500n, 500n), use('b', 150n, 1500n, 4500n)]))).toEqual({
      mix: 1000n,
      total: 1000n,
    }))
  test('tokens a request', () =>
    expect(parts(changeOf(before, [use('a', 100n, 2000n, 2000n), use('b', 100n, 1000n, 3000n)]))).toEqual({
      tokens: 1000n,
      total: 1000n,
    }))
  test('price', () =>
    expect(parts(changeOf(before, [use('a', 100n, 1000n, 500n), use('b', 100n, 1000n, 3000n)]))).toEqual({
      price: -500n,
      total: -500n,
    }))
  test('another model for the same requests is mix', () =>
    expect(parts(changeOf([use('a', 10n, 100n, 1000n)], [use('b', 10n, 100n, 400n)]))).toEqual({
      mix: -600n,
      total: -600n,
    }))
})

describe('what is not there', () => {
  test('what is new is volume', () =>
    expect(parts(changeOf([], [use('a', 3n, 30n, 10n), use('b', 1n, 5n, 7n)]))).toEqual({
      volume: 17n,
      total: 17n,
    }))
  test('what is gone is volume', () =>
    expect(parts(changeOf([use('a', 3n, 30n, 10n)], []))).toEqual({volume: -10n, total: -10n}))
  test('nothing became nothing', () => expect(parts(changeOf([], []))).toEqual({}))
  test('without requests, tokens are the volume', () =>
    expect(parts(changeOf([use('a', null, 10n, 10n)], [use('a', null, 30n, 30n)]))).toEqual({
      volume: 20n,
      total: 20n,
    }))
  test('without counts nothing is explained', () =>
    expect(parts(changeOf([use('a', null, null, 10n)], [use('a', null, null, 30n)]))).toEqual({
      uncounted: 20n,
      total: 20n,
    }))
})

test('two factors at once share what they do together, by hand', () =>
  // 10 requests at 10 a token become 20 at 20: volume alone adds 100, price alone 100, both 300.
  expect(parts(changeOf([use('a', 10n, 10n, 100n)], [use('a', 20n, 20n, 400n)]))).toEqual({
    volume: 150n,
    price: 150n,
    total: 300n,
  }))

const count = fc.oneof(
  fc.constant(null),
  fc.bigInt({min: 0n, max: 9n}),
  fc.bigInt({min: 0n, max: 10n ** 12n}),
)
const consumed = fc.array(
  fc.record({
    model: fc.constantFrom('a', 'b', 'c'),
    requests: count,
    tokens: count,
    cost: fc.oneof(fc.bigInt({min: -9n, max: 9n}), fc.bigInt({min: -1000n, max: 10n ** 16n})),
  }),
  {maxLength: 8},
)
const total = (items: readonly Consumed[]): bigint => items.reduce((sum, {cost}) => sum + cost, 0n)

test('the parts always sum to the change', () =>
  fc.assert(
    fc.property(consumed, consumed, (before, after) => {
      const {total: change, ...rest} = changeOf(before, after)
      expect(change).toBe(total(after) - total(before))
      expect(Object.values(rest).reduce((sum, part) => sum + part, 0n)).toBe(change)
    }),
    {numRuns: 500},
  ))

test('backwards it is the same with the sign turned, to a nano-dollar a factor', () =>
  fc.assert(
    fc.property(consumed, consumed, (before, after) => {
      const [forth, back] = [changeOf(before, after), changeOf(after, before)]
      for (const key of ['volume', 'mix', 'tokens', 'price'] as const) {
        const gap = forth[key] + back[key]
        expect(gap >= -3n && gap <= 3n).toBe(true)
      }
    }),
  ))
