/** Run rate and band: exact on what repeats, right about as often as it says on what does not, silent on too little. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {FEWEST_DAYS, forecast} from '../../src/report/forecast.ts'

/** A Monday, and 2026-10-01. */
const MONDAY = 20_731
const DOLLAR = 1_000_000_000n
const weekly = (day: number): bigint => ((day + 3) % 7 >= 5 ? 10n : 100n) * DOLLAR
const seriesOf = (from: number, to: number, cost: (day: number) => bigint): bigint[] =>
  Array.from({length: to - from}, (_, index) => cost(from + index))

describe('what repeats every week', () => {
  const history = seriesOf(MONDAY, MONDAY + 21, weekly)
  test('goes on, to the nano-dollar, with no band', () =>
    expect(forecast(history, MONDAY + 21, MONDAY + 31)).toMatchObject({
      ...{mid: 820n * DOLLAR, low: 820n * DOLLAR, high: 820n * DOLLAR, days: 21, weekdays: true},
    }))
  test('of more than four weeks the last four count', () => {
    const old = seriesOf(MONDAY - 28, MONDAY, () => 9999n * DOLLAR)
    const longer = [...old, ...seriesOf(MONDAY, MONDAY + 28, weekly)]
    expect(forecast(longer, MONDAY + 28, MONDAY + 35)).toMatchObject({mid: 520n * DOLLAR, days: 28})
  })
  test('below two weeks no weekday is told from another', () =>
    expect(
      forecast(
        seriesOf(MONDAY, MONDAY + 10, () => 7n),
        MONDAY + 10,
        MONDAY + 12,
      ),
    ).toMatchObject({
      ...{mid: 14n, low: 14n, weekdays: false},
    }))
})

test('nine days say nothing', () => {
  expect(FEWEST_DAYS).toBe(10)
  expect(
    forecast(
      seriesOf(0, 9, () => DOLLAR),
      9,
      20,
    ),
  ).toBeNull()
  expect(
    forecast(
      seriesOf(0, 10, () => DOLLAR),
      10,
      20,
    ),
  ).not.toBeNull()
})

test('the band by hand: ten days of 0 and 2, ten days to come', () => {
  // Residuals ±1: s² = 10/9; variance 10/9 · (10 + 100/10) = 22.22, root 4.714; t at 9 is 1.3756: 6.4846.
  const found = forecast(
    seriesOf(0, 10, day => (day % 2 === 0 ? 0n : 2n) * DOLLAR),
    10,
    20,
  )!
  expect(found.mid).toBe(10n * DOLLAR)
  expect(Number(found.high - found.mid) / 1e9).toBeCloseTo(6.4846, 3)
  expect(found.mid - found.low).toBe(found.high - found.mid)
})

test('the middle is never outside its band', () =>
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({min: -(10n ** 6n), max: 10n ** 15n}), {minLength: 10, maxLength: 60}),
      fc.integer({min: 0, max: 40}),
      (history, days) => {
        const {mid, low, high} = forecast(history, 20_000, 20_000 + days)!
        expect(low <= mid && mid <= high).toBe(true)
        if (days === 0) expect([mid, low]).toEqual([0n, 0n])
      },
    ),
  ))

/** Numbers in [0, 1) from a seed, the same everywhere (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Back-test: what the rest of a month was said to cost on each of its days, and what it did. */
function backTest(noise: (random: () => number) => number, months: number) {
  let [held, told, off, whole] = [0, 0, 0, 0]
  for (let month = 0; month < months; month++) {
    const random = randomOf(month + 1)
    const cost = (day: number): bigint => BigInt(Math.round(Number(weekly(day)) * Math.max(0, noise(random))))
    const days = seriesOf(MONDAY - 28, MONDAY + 31, cost)
    for (let at = 10; at <= 25; at += 5) {
      const rest = days.slice(28 + at).reduce((sum, day) => sum + day, 0n)
      const {mid, low, high} = forecast(days.slice(0, 28 + at), MONDAY + at, MONDAY + 31)!
      told++
      if (rest >= low && rest <= high) held++
      off += Math.abs(Number(mid - rest))
      whole += Number(rest)
    }
  }
  return {held: held / told, off: off / whole}
}

describe('back-tested on months that are known', () => {
  test.each([
    ['even noise of 30 %', (random: () => number) => 0.7 + 0.6 * random()],
    ['noise like a bell', (random: () => number) => 1 + 0.3 * (random() + random() + random() - 1.5)],
    ['now and then a day of three', (random: () => number) => (random() < 0.07 ? 3 : 0.8 + 0.2 * random())],
  ])('%s: about 80 % end within the band, and the middle is near', (_, noise) => {
    const {held, off} = backTest(noise, 300)
    expect(held).toBeGreaterThan(0.74)
    expect(held).toBeLessThan(0.9)
    expect(off).toBeLessThan(0.2)
  })
})
