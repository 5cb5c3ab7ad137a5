/**
 * From scores to probabilities one can bank on: a sigmoid below about a thousand labels, isotonic regression above (Platt
 * 1999; Zadrozny and Elkan 2002). Pure.
 */

import {logit} from '../probability.ts'

/** One answer whose truth is known. */
export interface Judged {
  readonly confidence: number
  readonly right: boolean
  /** What it counts for in a figure: records, or dollars. */
  readonly weight: number
}

export type Curve =
  | {readonly method: 'none'}
  /** Probability = sigmoid(slope × logit(confidence) + shift). */
  | {readonly method: 'sigmoid'; readonly slope: number; readonly shift: number; readonly labels: number}
  /** Straight lines through points of growing confidence and probability. */
  | {
      readonly method: 'isotonic'
      readonly points: readonly (readonly [confidence: number, probability: number])[]
      readonly labels: number
    }

export const AS_IT_IS: Curve = {method: 'none'}
const ENOUGH_FOR_ISOTONIC = 1000
/** Labels that a curve of "as it is" is worth, so that a few lucky ones prove nothing. */
const PRIOR_LABELS = 10
/** Fewest labels a step of the isotonic curve stands on. */
const STEP = 25

const clamp = (probability: number): number => Math.min(1 - 1e-6, Math.max(1e-6, probability))
const sigmoid = (odds: number): number => 1 / (1 + Math.exp(-odds))

export function calibrated(curve: Curve, confidence: number): number {
  switch (curve.method) {
    case 'none':
      return confidence
    case 'sigmoid':
      return clamp(sigmoid(curve.slope * logit(clamp(confidence)) + curve.shift))
    case 'isotonic':
      return between(curve.points, confidence)
    default:
      return curve satisfies never
  }
}

function between(points: readonly (readonly [number, number])[], at: number): number {
  const next = points.findIndex(([confidence]) => confidence >= at)
  if (next === -1) return points.at(-1)![1]
  if (next === 0) return points[0]![1]
  const [[x0, y0], [x1, y1]] = [points[next - 1]!, points[next]!]
  return x1 === x0 ? y1 : y0 + ((y1 - y0) * (at - x0)) / (x1 - x0)
}

export function calibrate(judged: readonly Judged[]): Curve {
  if (judged.length === 0) return AS_IT_IS
  return judged.length >= ENOUGH_FOR_ISOTONIC ? isotonic(judged) : platt(judged)
}

/** Two parameters by Newton's method, held near "as it is" by a prior. */
function platt(judged: readonly Judged[]): Curve {
  let [slope, shift] = [1, 0]
  for (let step = 0; step < 50; step++) {
    let [g0, g1] = [-PRIOR_LABELS * (slope - 1), -PRIOR_LABELS * shift * 0.2]
    let [h00, h01, h11] = [PRIOR_LABELS, 0, PRIOR_LABELS * 0.2]
    for (const {confidence, right} of judged) {
      const odds = logit(clamp(confidence))
      const probability = sigmoid(slope * odds + shift)
      const error = (right ? 1 : 0) - probability
      const spread = probability * (1 - probability)
      g0 += error * odds
      g1 += error
      h00 += spread * odds * odds
      h01 += spread * odds
      h11 += spread
    }
    const determinant = h00 * h11 - h01 * h01
    const [d0, d1] = [(g0 * h11 - g1 * h01) / determinant, (g1 * h00 - g0 * h01) / determinant]
    slope = Math.min(3, Math.max(0.05, slope + d0))
    shift = Math.min(5, Math.max(-5, shift + d1))
    if (Math.abs(d0) + Math.abs(d1) < 1e-8) break
  }
  return {method: 'sigmoid', slope: rounded(slope), shift: rounded(shift), labels: judged.length}
}

interface Pool {
  /** Sum over its labels. */
  readonly confidence: number
  readonly right: number
  readonly labels: number
}

const meanOf = ({confidence, labels}: Pool): number => confidence / labels
/** With one more label that says "as it is", so that no pool is ever sure. */
const smoothed = (pool: Pool): number => (pool.right + meanOf(pool)) / (pool.labels + 1)

const joined = (a: Pool, b: Pool): Pool => ({
  confidence: a.confidence + b.confidence,
  right: a.right + b.right,
  labels: a.labels + b.labels,
})

/** Pool adjacent violators, over steps of enough labels. */
function isotonic(judged: readonly Judged[]): Curve {
  const pools: Pool[] = []
  for (const step of stepsOf(judged)) {
    pools.push(step)
    while (pools.length > 1 && smoothed(pools.at(-2)!) >= smoothed(pools.at(-1)!))
      pools.push(joined(...(pools.splice(-2) as [Pool, Pool])))
  }
  return {
    method: 'isotonic',
    points: pools.map(pool => [rounded(meanOf(pool)), rounded(clamp(smoothed(pool)))] as const),
    labels: judged.length,
  }
}

/** By growing confidence; labels of one confidence are never parted, for which comes first would tell. */
function stepsOf(judged: readonly Judged[]): Pool[] {
  const steps: Pool[] = []
  let last = Number.NaN
  for (const {confidence, right} of [...judged].sort((a, b) => a.confidence - b.confidence)) {
    const one = {confidence, right: right ? 1 : 0, labels: 1}
    const open = steps.at(-1)
    if (open && (open.labels < STEP || confidence === last)) steps.splice(-1, 1, joined(open, one))
    else steps.push(one)
    last = confidence
  }
  const [rest, before] = [steps.at(-1)!, steps.at(-2)]
  if (before && rest.labels < STEP) steps.splice(-2, 2, joined(before, rest))
  return steps
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6
