/** What each kind of evidence is worth is found again where it is known. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {type Example, fitWeights} from '../../../src/engine/rail/fit.ts'
import {simulate} from './simulated.ts'

const TRUTH = {weights: {record: 1.3, label: 0.6, gossip: 0.05}, none: -0.8, candidates: 8}

test('known weights are found again', () => {
  const {weights, none, converged} = fitWeights(simulate(TRUTH, 4000))
  for (const [kind, weight] of Object.entries(TRUTH.weights))
    expect(Math.abs(weights.get(kind)! - weight), kind).toBeLessThan(0.12)
  expect(Math.abs(none - TRUTH.none)).toBeLessThan(0.25)
  expect(converged).toBe(true)
})

test('without examples everything is worth what is documented', () =>
  expect(fitWeights([])).toEqual({weights: new Map(), none: 0, counts: new Map(), converged: true}))

test('each kind is counted once an example', () => {
  const odds = new Map([['marsh', 2]])
  const twice = [
    {kind: 'label', odds},
    {kind: 'label', odds},
  ]
  expect(fitWeights([example(twice, 'marsh'), example(twice.slice(1), null)]).counts).toEqual(
    new Map([['label', 2]]),
  )
})

const example = (heard: Example['heard'], truth: string | null): Example => ({
  ...{
    heard,
    truth,
    candidates: 6,
    exact: new Set<string>(),
    contested: new Set<string>(),
    entity: 'it',
    weight: 1,
    cost: 0,
  },
})

test('the more labels say so, the less the documented weight holds', () => {
  const wrong = example([{kind: 'label', odds: new Map([['marsh', 2]])}], null)
  const weightAfter = (labels: number) => fitWeights(Array(labels).fill(wrong)).weights.get('label')!
  const weights = [1, 5, 25, 125, 625].map(weightAfter)
  expect(weights[0]).toBeGreaterThan(0.9)
  expect(weights).toEqual([...weights].sort((a, b) => b - a))
  expect(weights.at(-1)).toBeLessThan(0.1)
  expect(weightAfter(5000)).toBe(0)
  const modest = example([{kind: 'label', odds: new Map([['marsh', 0.5]])}], 'marsh')
  expect(fitWeights(Array(5000).fill(modest)).weights.get('label')).toBe(2)
})

const heard = fc.array(
  fc.record({
    kind: fc.constantFrom('record', 'label', 'name'),
    odds: fc
      .uniqueArray(
        fc.tuple(fc.constantFrom('marsh', 'rivers', 'lakes'), fc.double({min: 0, max: 6, noNaN: true})),
        {
          ...{minLength: 1, maxLength: 2, selector: ([name]: readonly [string, number]) => name},
        },
      )
      .map(named => new Map(named)),
  }),
  {minLength: 1, maxLength: 4},
)
const examples = fc.array(
  fc.tuple(heard, fc.constantFrom('marsh', 'rivers', 'lakes', null)).map(one => example(...one)),
  {minLength: 1, maxLength: 60},
)

describe('whatever the examples', () => {
  test('their order leaves no trace', () =>
    fc.assert(
      fc.property(
        examples.chain(some =>
          fc.tuple(fc.constant(some), fc.shuffledSubarray(some, {minLength: some.length})),
        ),
        ([some, shuffled]) => {
          const [one, other] = [fitWeights(some), fitWeights(shuffled)]
          expect(Math.abs(one.none - other.none)).toBeLessThan(1e-9)
          for (const [kind, weight] of one.weights)
            expect(Math.abs(weight - other.weights.get(kind)!)).toBeLessThan(1e-9)
        },
      ),
      {numRuns: 150},
    ))

  test('no kind speaks against what it names, none for more than twice what it says, and nothing near fits better', () =>
    fc.assert(
      fc.property(examples, some => {
        const {weights, none, converged} = fitWeights(some)
        for (const weight of weights.values()) {
          expect(weight).toBeGreaterThanOrEqual(0)
          expect(weight).toBeLessThanOrEqual(2)
        }
        expect(converged).toBe(true)
        const best = penalised(some, weights, none)
        for (const kind of weights.keys())
          for (const by of [-0.02, 0.02]) {
            const moved = Math.min(2, Math.max(0, weights.get(kind)! + by))
            expect(penalised(some, new Map(weights).set(kind, moved), none)).toBeLessThan(best + 1e-3)
          }
        for (const by of [-0.02, 0.02]) expect(penalised(some, weights, none + by)).toBeLessThan(best + 1e-3)
        const [less, more] = [penalised(some, weights, none - 1e-4), penalised(some, weights, none + 1e-4)]
        expect(Math.abs(more - less)).toBeLessThan(1e-8)
      }),
      {numRuns: 300},
    ))
})

/** What is maximised, worked out once more: the log-likelihood of the truth and a prior of twelve labels. */
function penalised(some: readonly Example[], weights: ReadonlyMap<string, number>, none: number): number {
  let sum = 0
  for (const {heard, candidates, truth} of some) {
    const scores = new Map<string, number>()
    for (const {kind, odds} of heard)
      for (const [name, value] of odds) scores.set(name, (scores.get(name) ?? 0) + weights.get(kind)! * value)
    const others = (candidates - scores.size) * Math.exp(none)
    const all = [...scores.values()].reduce((total, score) => total + Math.exp(score), others)
    sum += Math.log((truth !== null && scores.has(truth) ? Math.exp(scores.get(truth)!) : others) / all)
  }
  for (const weight of weights.values()) sum -= 6 * (weight - 1) ** 2
  return sum - 6 * none ** 2
}
