/** How often answers are right, and whether as often as they say. Pure. */
import {CHARGEBACK_FLOOR} from '../../model/confidence.ts'
import type {Judged} from './calibrate.ts'

export interface Bin {
  readonly from: number
  readonly to: number
  /** Answers, whatever they weigh. */
  readonly n: number
  readonly mean_confidence: number
  readonly accuracy: number
}

export interface Measured {
  readonly n: number
  /** Part of what is answered that is right; null: nothing is answered. */
  readonly accuracy: number | null
  /** 95 % interval of the accuracy by count (Wilson). */
  readonly interval: readonly [number, number] | null
  /** Part of the weight for which anybody is named. */
  readonly coverage: number | null
  /** Part of the weight that is answered at 0.80 or more, and how much of that is right; null: nothing is. */
  readonly coverage_at_080: number | null
  readonly accuracy_at_080: number | null
  /** Expected calibration error: mean distance of confidence and accuracy over bins. */
  readonly ece: number | null
  readonly brier: number | null
  readonly bins: readonly Bin[]
}

const BINS = 10

/** An answer of no confidence names nobody: it counts as not answered. */
export function measure(judged: readonly Judged[]): Measured {
  const answered = judged.filter(({confidence}) => confidence > 0)
  const [all, total] = [weightOf(judged), weightOf(answered)]
  if (total === 0)
    return {
      ...{n: judged.length, accuracy: null, interval: null, coverage: all === 0 ? null : 0},
      ...{coverage_at_080: all === 0 ? null : 0, accuracy_at_080: null, ece: null, brier: null, bins: []},
    }
  const bins = binned(answered)
  const sure = answered.filter(({confidence}) => confidence >= CHARGEBACK_FLOOR)
  const apart = sumOf(bins, ({judged: some, weight}) => {
    const confidence = sumOf(some, one => one.confidence * one.weight) / weight
    return Math.abs(rightWeight(some) / weight - confidence) * weight
  })
  const error = sumOf(answered, ({confidence, right, weight}) => weight * (confidence - (right ? 1 : 0)) ** 2)
  return {
    n: judged.length,
    accuracy: shown(rightWeight(answered) / total),
    interval: wilson(answered.filter(({right}) => right).length, answered.length),
    coverage: shown(total / all),
    coverage_at_080: shown(weightOf(sure) / all),
    accuracy_at_080: weightOf(sure) === 0 ? null : shown(rightWeight(sure) / weightOf(sure)),
    ece: shown(apart / total),
    brier: shown(error / total),
    bins: bins.map(({from, to, judged: some, weight}) => ({
      ...{from, to, n: some.length},
      mean_confidence: shown(sumOf(some, one => one.confidence * one.weight) / weight),
      accuracy: shown(rightWeight(some) / weight),
    })),
  }
}

const weightOf = (some: readonly Judged[]): number => sumOf(some, ({weight}) => weight)
const rightWeight = (some: readonly Judged[]): number =>
  sumOf(some, ({right, weight}) => (right ? weight : 0))

function binned(judged: readonly Judged[]) {
  return Array.from({length: BINS}, (_, index) => {
    const [from, to] = [index / BINS, (index + 1) / BINS]
    const inside = judged.filter(
      ({confidence}) => confidence >= from && (confidence < to || index === BINS - 1),
    )
    return {from, to, judged: inside, weight: weightOf(inside)}
  }).filter(({weight}) => weight > 0)
}

/** Wilson's interval: what 95 of a hundred such samples would be consistent with. */
export function wilson(right: number, n: number): readonly [number, number] {
  const z = 1.96
  const p = right / n
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))
  return [shown(Math.max(0, middle - half)), shown(Math.min(1, middle + half))]
}

const sumOf = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0)

const shown = (value: number): number => Math.round(value * 10_000) / 10_000
