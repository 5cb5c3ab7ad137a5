/**
 * From scores to probabilities one can bank on: a sigmoid below about a thousand labels, isotonic regression above (Platt
 * 1999; Zadrozny and Elkan 2002). Pure.
 */

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
const logit = (probability: number): number => Math.log(clamp(probability) / (1 - clamp(probability)))
const sigmoid = (odds: number): number => 1 / (1 + Math.exp(-odds))

export function calibrated(curve: Curve, confidence: number): number {
  switch (curve.method) {
    case 'none':
      return confidence
    case 'sigmoid':
      return sigmoid(curve.slope * logit(confidence) + curve.shift)
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
      const odds = logit(confidence)
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

/** Pool adjacent violators over steps of enough labels, each with one more label that says "as it is". */
function isotonic(judged: readonly Judged[]): Curve {
  const sorted = [...judged].sort((a, b) => a.confidence - b.confidence)
  const pools: {confidence: number; right: number; labels: number}[] = []
  const steps = Math.max(1, Math.floor(sorted.length / STEP))
  for (let step = 0; step < steps; step++) {
    const part = sorted.slice(
      Math.round((step * sorted.length) / steps),
      Math.round(((step + 1) * sorted.length) / steps),
    )
    pools.push({
      confidence: part.reduce((sum, {confidence}) => sum + confidence, 0),
      right: part.filter(({right}) => right).length,
      labels: part.length,
    })
    while (pools.length > 1) {
      const [before, last] = [pools.at(-2)!, pools.at(-1)!]
      if (before.right / before.labels < last.right / last.labels) break
      pools.splice(-2, 2, {
        confidence: before.confidence + last.confidence,
        right: before.right + last.right,
        labels: before.labels + last.labels,
      })
    }
  }
  const points = pools.map(({confidence, right, labels}) => {
    const mean = confidence / labels
    return [rounded(mean), rounded((right + mean) / (labels + 1))] as const
  })
  return {method: 'isotonic', points, labels: sorted.length}
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6
