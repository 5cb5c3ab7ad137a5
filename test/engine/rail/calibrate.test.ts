/** Scores become probabilities one can bank on, and no more than the labels say. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {AS_IT_IS, type Curve, calibrate, calibrated, type Judged} from '../../../src/engine/rail/calibrate.ts'
import {randomOf} from './simulated.ts'

const judged = (confidence: number, right: boolean): Judged => ({confidence, right, weight: 1})

/** Answers whose confidence is off by a known slope and shift in log-odds. */
function offBy(slope: number, shift: number, n: number, seed = 3): Judged[] {
  const random = randomOf(seed)
  return Array.from({length: n}, () => {
    const confidence = 0.02 + 0.96 * random()
    return judged(confidence, random() < real(slope, shift, confidence))
  })
}
const real = (slope: number, shift: number, confidence: number): number =>
  1 / (1 + Math.exp(-(slope * Math.log(confidence / (1 - confidence)) + shift)))

const GRID = Array.from({length: 101}, (_, index) => index / 100)
const farthest = (curve: Curve, slope: number, shift: number): number =>
  Math.max(...GRID.slice(5, 96).map(at => Math.abs(calibrated(curve, at) - real(slope, shift, at))))

test('without labels a score is what it is', () => {
  expect(calibrate([])).toEqual(AS_IT_IS)
  for (const at of GRID) expect(calibrated(AS_IT_IS, at)).toBe(at)
})

test.each([
  ['sigmoid', 999, 0.08],
  ['isotonic', 1000, 0.2],
  ['isotonic', 20_000, 0.06],
] as const)('%s of %i labels finds a known miscalibration again', (method, n, most) => {
  const curve = calibrate(offBy(0.5, -0.4, n))
  expect(curve.method).toBe(method)
  expect(farthest(curve, 0.5, -0.4)).toBeLessThan(most)
  // As it is would be farther off.
  expect(farthest(AS_IT_IS, 0.5, -0.4)).toBeGreaterThan(most)
})

test('a few lucky labels prove nothing', () => {
  const curve = calibrate([judged(0.6, true), judged(0.6, true), judged(0.6, true)])
  expect(calibrated(curve, 0.6)).toBeGreaterThan(0.6)
  expect(calibrated(curve, 0.6)).toBeLessThan(0.85)
})

const some = (least: number, most: number) =>
  fc.array(fc.tuple(fc.double({min: 0.001, max: 1, noNaN: true}), fc.boolean()), {
    ...{minLength: least, maxLength: most, size: 'max'},
  })

describe.each([
  ['sigmoid', some(1, 300), 200],
  ['isotonic', some(1000, 1400), 25],
] as const)('%s', (method, labels, numRuns) => {
  test('grows with the score and is never sure', () =>
    fc.assert(
      fc.property(labels, said => {
        const curve = calibrate(said.map(([confidence, right]) => judged(confidence, right)))
        expect(curve.method).toBe(method)
        const values = GRID.map(at => calibrated(curve, at))
        expect(values).toEqual([...values].sort((a, b) => a - b))
        for (const value of values) {
          expect(value).toBeGreaterThan(0)
          expect(value).toBeLessThan(1)
        }
      }),
      {numRuns},
    ))

  test('knows nothing of the order of labels, alike ones least', () =>
    fc.assert(
      fc.property(labels, said => {
        const few = said.map(([confidence, right]) => judged(Math.ceil(confidence * 5) / 5, right))
        const [one, other] = [calibrate(few), calibrate(few.toReversed())]
        for (const at of GRID)
          expect(Math.abs(calibrated(one, at) - calibrated(other, at))).toBeLessThan(1e-5)
      }),
      {numRuns},
    ))
})

test('a thousand labels without a mistake leave room for one', () => {
  const curve = calibrate(Array.from({length: 1000}, () => judged(0.9, true)))
  expect(calibrated(curve, 0.9)).toBeCloseTo(1 - 0.1 / 1001, 5)
})

test('a big pool does not fall below a small one for the label that each has besides', () => {
  const labels = [
    ...Array.from({length: 30}, () => judged(0.9, false)),
    ...Array.from({length: 1000}, (_, index) => judged(0.91, index === 0)),
  ]
  const curve = calibrate(labels)
  expect(calibrated(curve, 0.91)).toBeGreaterThanOrEqual(calibrated(curve, 0.9))
})
