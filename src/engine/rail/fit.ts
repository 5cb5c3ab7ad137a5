/**
 * Fits what each kind of witness is worth: a conditional logit over the named candidates and "none of these", with a
 * Gaussian prior around the documented weights, by Newton's method. Pure.
 */

import type {Weighed} from '../probability.ts'

/** One question whose answer is known. */
export interface Example {
  /** Log-odds by candidate that each kind of witness adds, against an unnamed candidate. */
  readonly heard: readonly Weighed[]
  /** Candidates there are, named or not. */
  readonly candidates: number
  /** The right one; null: none of these. */
  readonly truth: string | null
  /** Candidates that an exact join names. */
  readonly exact: ReadonlySet<string>
  /** Candidates who stay contested, however sure the score: sources are split on them, or nearness alone names them. */
  readonly contested: ReadonlySet<string>
  /** What it is about: examples of one entity stand on the same side of every split. */
  readonly entity: string
  /** How many records stand behind it: weighs in figures, never in the fit. */
  readonly weight: number
  /** What they cost, dollars; for figures too. */
  readonly cost: number
}

export interface Fitted {
  readonly weights: ReadonlyMap<string, number>
  readonly none: number
  /** Examples in which each kind speaks. */
  readonly counts: ReadonlyMap<string, number>
  readonly converged: boolean
}

/** Examples that the documented weight of 1 is worth: below them the prior decides, above them the data. */
const PRIOR_STRENGTH = 12
const MOST_STEPS = 60
/** Weights that move less than this are found: less than the order of the examples could tell. */
const CLOSE_ENOUGH = 1e-10
/** What rounding makes of a sum of log-likelihoods, as a part of it. */
const NOISE = 1e-13
/** No kind of evidence speaks against what it names, and none for more than it says twice over. */
const RANGE = {least: 0, most: 2} as const

/** One example as numbers: each alternative's feature vector, its offset, and which is right. */
interface Choice {
  readonly rows: readonly Float64Array[]
  readonly offsets: readonly number[]
  readonly right: number
}

/** With no examples the weights are the documented ones. */
export function fitWeights(examples: readonly Example[]): Fitted {
  const counts = new Map<string, number>()
  for (const {heard} of examples)
    for (const kind of new Set(heard.map(one => one.kind))) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const kinds = [...counts.keys()].sort()
  const size = kinds.length + 1
  const prior = new Float64Array(size).fill(1)
  prior[size - 1] = 0
  const choices = examples.map(example => choiceOf(example, kinds))
  let at = Float64Array.from(prior)
  let converged = examples.length === 0
  let value = penalised(choices, at, prior)
  for (let step = 0; step < MOST_STEPS && !converged; step++) {
    const direction = newtonStep(choices, at, prior)
    let moved = at
    let next = value
    // Halved until it is better: the range cuts some steps short.
    for (let scale = 1; scale > 1e-4; scale /= 2) {
      const tried = at.map((weight, index) => within(weight + scale * direction[index]!, index < size - 1))
      const score = penalised(choices, tried, prior)
      if (score > next - NOISE * Math.abs(next)) {
        moved = tried
        next = score
        break
      }
    }
    converged = at.every((weight, index) => Math.abs(moved[index]! - weight) < CLOSE_ENOUGH)
    at = moved
    value = next
  }
  const weights = new Map(kinds.map((kind, index) => [kind, at[index]!]))
  return {weights, none: at[size - 1]!, counts, converged}
}

const within = (weight: number, bounded: boolean): number =>
  bounded ? Math.min(RANGE.most, Math.max(RANGE.least, weight)) : weight

function choiceOf({heard, candidates, truth}: Example, kinds: readonly string[]): Choice {
  const names = [...new Set(heard.flatMap(({odds}) => [...odds.keys()]))].sort()
  const place = new Map(kinds.map((kind, index) => [kind, index]))
  const rows = names.map(name => {
    const row = new Float64Array(kinds.length + 1)
    for (const {kind, odds} of heard) row[place.get(kind)!]! += odds.get(name) ?? 0
    return row
  })
  // Last, everybody nobody names.
  const none = new Float64Array(kinds.length + 1)
  none[kinds.length] = 1
  const unnamed = Math.max(1, candidates - names.length)
  const right = truth === null ? -1 : names.indexOf(truth)
  return {
    rows: [...rows, none],
    offsets: [...names.map(() => 0), Math.log(unnamed)],
    right: right === -1 ? names.length : right,
  }
}

/** Each alternative's probability under the weights. */
function probabilities({rows, offsets}: Choice, weights: Float64Array): number[] {
  const scores = rows.map((row, index) => offsets[index]! + dot(row, weights))
  const top = Math.max(...scores)
  const raised = scores.map(score => Math.exp(score - top))
  const sum = raised.reduce((total, one) => total + one, 0)
  return raised.map(one => one / sum)
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!
  return sum
}

function penalised(choices: readonly Choice[], weights: Float64Array, prior: Float64Array): number {
  let sum = 0
  for (const choice of choices)
    sum += Math.log(Math.max(1e-12, probabilities(choice, weights)[choice.right]!))
  for (let index = 0; index < weights.length; index++)
    sum -= (PRIOR_STRENGTH / 2) * (weights[index]! - prior[index]!) ** 2
  return sum
}

function newtonStep(choices: readonly Choice[], weights: Float64Array, prior: Float64Array): Float64Array {
  const size = weights.length
  const gradient = Float64Array.from(weights, (weight, index) => -PRIOR_STRENGTH * (weight - prior[index]!))
  const curvature = Array.from({length: size}, (_, index) => {
    const row = new Float64Array(size)
    row[index] = PRIOR_STRENGTH
    return row
  })
  for (const choice of choices) {
    const chances = probabilities(choice, weights)
    const mean = new Float64Array(size)
    choice.rows.forEach((row, alternative) => {
      for (let index = 0; index < size; index++) mean[index]! += chances[alternative]! * row[index]!
    })
    choice.rows.forEach((row, alternative) => {
      const chance = chances[alternative]!
      for (let i = 0; i < size; i++) {
        const apart = row[i]! - mean[i]!
        if (apart === 0) continue
        if (alternative === choice.right) gradient[i]! += apart
        for (let j = 0; j < size; j++) curvature[i]![j]! += chance * apart * (row[j]! - mean[j]!)
      }
    })
  }
  return solve(curvature, gradient)
}

/** Gaussian elimination with pivoting; the prior keeps the matrix positive definite. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length
  const rows = matrix.map((row, index) => Float64Array.of(...row, right[index]!))
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row
    ;[rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!]
    for (let row = 0; row < size; row++) {
      if (row === column) continue
      const factor = rows[row]![column]! / rows[column]![column]!
      for (let at = column; at <= size; at++) rows[row]![at]! -= factor * rows[column]![at]!
    }
  }
  return Float64Array.from(rows, (row, index) => row[size]! / row[index]!)
}
