/** Figures by hand. */
import {describe, expect, test} from 'vitest'
import type {Judged} from '../../../src/engine/rail/calibrate.ts'
import {measure, wilson} from '../../../src/engine/rail/measure.ts'

const answers = (...some: readonly (readonly [number, boolean, number?])[]): Judged[] =>
  some.map(([confidence, right, weight = 1]) => ({confidence, right, weight}))

describe('what is measured', () => {
  test('two bins, each as far off as its mean is from how often it is right', () =>
    // 0.9–1.0: said 0.95, right 0.50 → 0.45. 0.6–0.7: said 0.60, right 1 → 0.40. Mean over three: (2·0.45 + 0.40) / 3.
    // Brier: (0.95² + 0.05² + 0.40²) / 3.
    expect(measure(answers([0.95, true], [0.95, false], [0.6, true]))).toEqual({
      n: 3,
      accuracy: 0.6667,
      interval: wilson(2, 3),
      coverage: 1,
      coverage_at_080: 0.6667,
      accuracy_at_080: 0.5,
      ece: 0.4333,
      brier: 0.355,
      bins: [
        {from: 0.6, to: 0.7, n: 1, mean_confidence: 0.6, accuracy: 1},
        {from: 0.9, to: 1, n: 2, mean_confidence: 0.95, accuracy: 0.5},
      ],
    }))

  test('weights weigh figures; labels are counted, and the interval goes by count', () =>
    expect(measure(answers([0.8, true, 3], [0.8, false, 1], [0, false, 6]))).toEqual({
      n: 3,
      accuracy: 0.75,
      interval: wilson(1, 2),
      coverage: 0.4,
      coverage_at_080: 0.4,
      accuracy_at_080: 0.75,
      ece: 0.05,
      brier: 0.19,
      bins: [{from: 0.8, to: 0.9, n: 2, mean_confidence: 0.8, accuracy: 0.75}],
    }))

  test.each([
    ['nothing asked', [], {n: 0, coverage: null, coverage_at_080: null}],
    ['nothing answered', answers([0, false], [0, false]), {n: 2, coverage: 0, coverage_at_080: 0}],
    ['answers that weigh nothing', answers([0.9, true, 0]), {n: 1, coverage: null, coverage_at_080: null}],
  ])('%s is not zero but unknown', (_, judged, expected) =>
    expect(measure(judged)).toEqual({
      ...{accuracy: null, interval: null, accuracy_at_080: null, ece: null, brier: null, bins: []},
      ...expected,
    }),
  )

  test('answers under 0.80 alone: how right those above are is unknown', () =>
    expect(measure(answers([0.79, true]))).toMatchObject({coverage_at_080: 0, accuracy_at_080: null}))

  test.each([
    [0.1, 0.1],
    [0.3, 0.3],
    [0.7999, 0.7],
    [0.8, 0.8],
    [0.9999, 0.9],
    [1, 0.9],
  ])('%d stands in the bin from %d', (confidence, from) =>
    expect(measure(answers([confidence, true])).bins.map(bin => bin.from)).toEqual([from]),
  )
})

test.each([
  [8, 10, [0.4902, 0.9433]],
  [0, 10, [0, 0.2775]],
  [10, 10, [0.7225, 1]],
  [50, 100, [0.4038, 0.5962]],
])('of %i right in %i, Wilson', (right, n, interval) => expect(wilson(right, n)).toEqual(interval))
