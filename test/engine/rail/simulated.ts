/** Questions whose answers were drawn from known weights, the same on every machine. */
import type {Example} from '../../../src/engine/rail/fit.ts'

/** Mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export interface Truth {
  readonly weights: {readonly [kind: string]: number}
  readonly none: number
  readonly candidates: number
}

/** `n` examples, each kind speaking for one of a few names with log-odds of 0.5 to 3, and the truth drawn as the weights say. */
export function simulate({weights, none, candidates}: Truth, n: number, seed = 1): Example[] {
  const random = randomOf(seed)
  return Array.from({length: n}, (_, index) => {
    const heard = Object.keys(weights)
      .filter(() => random() < 0.7)
      .map(kind => ({kind, odds: new Map([[`team-${Math.floor(random() * 4)}`, 0.5 + 2.5 * random()]])}))
    const scores = new Map<string, number>()
    for (const {kind, odds} of heard)
      for (const [name, value] of odds) scores.set(name, (scores.get(name) ?? 0) + weights[kind]! * value)
    const unnamed = (candidates - scores.size) * Math.exp(none)
    let left = random() * [...scores.values()].reduce((sum, score) => sum + Math.exp(score), unnamed)
    let truth: string | null = null
    for (const [name, score] of scores) {
      left -= Math.exp(score)
      if (left <= 0) {
        truth = name
        break
      }
    }
    return {
      ...{heard, candidates, truth, exact: new Set<string>(), contested: new Set<string>()},
      ...{entity: `thing-${index}`, weight: 1, cost: 0},
    }
  })
}
