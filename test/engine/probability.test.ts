/** Odds multiply, weights scale them, and what is shown adds up. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {adjusted, combine, type Heard, logit, topOf, waterfall} from '../../src/engine/probability.ts'

const K = 10
const says = (kind: string, ...named: readonly (readonly [string, number])[]): Heard => ({
  kind,
  says: new Map(named),
})
const rounded = (value: number) => Math.round(value * 10_000) / 10_000

describe('combined', () => {
  test.each([
    ['one witness says what it says', [says('a', ['marsh', 0.9])], 0.9],
    // Odds 9·9 = 81 against each of nine others at (1/9)(1/9)·…: r(K−1)/(1−r) twice over the nine.
    [
      'two that agree',
      [says('a', ['marsh', 0.9]), says('b', ['marsh', 0.9])],
      rounded(81 ** 2 / (81 ** 2 + 9)),
    ],
    [
      'two that contend',
      [says('a', ['marsh', 0.9]), says('b', ['rivers', 0.9])],
      rounded(81 / (81 + 81 + 8)),
    ],
  ])('%s', (_, heard, expected) => expect(rounded(combine(heard, K).ranked[0]!.probability)).toBe(expected))

  test.each([
    [0, 0.1],
    [0.5, 0.5],
    [1, 0.9],
    [2, 0.9986],
  ])('a witness of weight %d counts for %d', (weight, expected) => {
    // Odds of 81 to 1 against each of nine: to the power of the weight.
    const {ranked} = combine([says('a', ['marsh', 0.9])], K, {weight: () => weight, none: 0})
    expect(rounded(ranked[0]!.probability)).toBe(expected)
  })

  test('each kind by its own weight; "none of these" by its own', () => {
    const heard = [says('good', ['marsh', 0.8]), says('bad', ['rivers', 0.9])]
    const weighing = {weight: (kind: string) => (kind === 'good' ? 1 : 0), none: 0}
    const {ranked} = combine(heard, K, weighing)
    expect(ranked.map(({name}) => name)).toEqual(['marsh', 'rivers'])
    expect(combine(heard, K, {...weighing, none: -2}).none).toBeLessThan(combine(heard, K, weighing).none)
    expect(combine(heard, K, {...weighing, none: 2}).none).toBeGreaterThan(combine(heard, K, weighing).none)
  })
})

const witness = fc
  .tuple(
    fc.constantFrom('record', 'label', 'name'),
    fc.uniqueArray(
      fc.tuple(fc.constantFrom('marsh', 'rivers', 'lakes'), fc.double({min: 0.02, max: 0.97, noNaN: true})),
      {minLength: 1, maxLength: 3, selector: ([name]) => name},
    ),
  )
  .map(([kind, named]): Heard & {because: string} => {
    const sum = named.reduce((total, [, part]) => total + part, 0)
    return {
      ...says(kind, ...named.map(([name, part]) => [name, part / Math.max(1, sum)] as const)),
      because: kind,
    }
  })
const weighing = fc
  .tuple(
    fc.dictionary(fc.constantFrom('record', 'label', 'name'), fc.double({min: 0, max: 2, noNaN: true})),
    fc.double({min: -3, max: 3, noNaN: true}),
  )
  .map(([weights, none]) => ({weight: (kind: string) => weights[kind] ?? 1, none}))
const witnesses = fc.array(witness, {minLength: 1, maxLength: 6})

test('everybody named and nobody named add up to one, measured or not, best first', () =>
  fc.assert(
    fc.property(witnesses, weighing, fc.double({min: 0, max: 1, noNaN: true}), (heard, by, measured) => {
      const plain = combine(heard, K, by)
      for (const {ranked, none} of [plain, adjusted(plain, () => measured)]) {
        expect(ranked.reduce((sum, {probability}) => sum + probability, none)).toBeCloseTo(1, 9)
        const shown = ranked.map(({probability}) => probability)
        expect(shown).toEqual([...shown].sort((a, b) => b - a))
      }
      expect(adjusted(plain, () => measured).ranked[0]).toEqual({
        name: plain.ranked[0]!.name,
        probability: measured,
      })
    }),
  ))

test('being less sure of the best does not make the next one surer than it', () => {
  const {ranked, none} = adjusted(
    {
      ranked: [
        {name: 'marsh', probability: 0.52},
        {name: 'rivers', probability: 0.48},
      ],
      none: 0,
    },
    () => 0.3,
  )
  expect(ranked.map(({probability}) => probability)).toEqual([0.3, 0.3])
  expect(none).toBeCloseTo(0.4, 9)
})

test('a waterfall’s steps sum to its total, to the thousandth, whatever the weights', () =>
  fc.assert(
    fc.property(witnesses, weighing, (heard, by) => {
      const {ranked} = combine(heard, K, by)
      const {name, probability} = ranked[0]!
      const steps = waterfall(name, heard, K, by)
      expect(steps).toHaveLength(heard.length + 1)
      const total = steps.reduce((sum, {millis}) => sum + millis, 0)
      expect(total).toBe(Math.round(1000 * logit(Math.min(1 - 1e-9, Math.max(1e-9, probability)))))
    }),
  ))

test.each([
  [
    [
      ['marsh', 0.5],
      ['rivers', 0.4],
    ],
    'marsh',
  ],
  [
    [
      ['rivers', 0.5],
      ['marsh', 0.5],
    ],
    'marsh',
  ],
  [[], null],
] as const)('the likeliest of %j is %s', (named, expected) =>
  expect(topOf(new Map(named as readonly (readonly [string, number])[]))).toBe(expected),
)
