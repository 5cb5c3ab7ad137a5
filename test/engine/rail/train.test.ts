/** Nothing is measured on what the fit had seen. */
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {evaluate} from '../../../src/engine/rail/evaluate.ts'
import type {Example} from '../../../src/engine/rail/fit.ts'
import {measure} from '../../../src/engine/rail/measure.ts'
import {heuristicBaseline, trainedModel} from '../../../src/engine/rail/model.ts'
import {FOLDS, foldOf} from '../../../src/engine/rail/split.ts'
import {crossValidated, FEWEST_LABELS, train} from '../../../src/engine/rail/train.ts'
import {simulate} from './simulated.ts'

const TRUTH = {weights: {record: 1.3, label: 0.5, gossip: 0.1}, none: -0.6, candidates: 8}
const how = {label: 'own', on: '2026-10-31', digest: 'd'}

test('an entity stands in one fold, whatever else there is, and folds are about alike', () => {
  fc.assert(
    fc.property(fc.string(), entity => {
      expect(foldOf(entity)).toBe(foldOf(entity))
      expect(foldOf(entity)).toBeLessThan(FOLDS)
    }),
  )
  const counts = Map.groupBy(
    Array.from({length: 1000}, (_, index) => `litellm:key/${index}`),
    foldOf,
  )
  expect(counts.size).toBe(FOLDS)
  for (const some of counts.values()) expect(some.length).toBeGreaterThan(140)
})

/** Each entity's evidence names its own kind, which is always wrong: only who saw the entity can know that. */
test('answers about an entity come from fits that never saw it', () => {
  const examples: Example[] = Array.from({length: 200}, (_, index) => {
    const entity = `key ${index % 20}`
    return {
      heard: [{kind: entity, odds: new Map([['marsh', 4]])}],
      ...{
        candidates: 5,
        truth: null,
        exact: new Set<string>(),
        contested: new Set<string>(),
        entity,
        weight: 1,
        cost: 0,
      },
    }
  })
  const unseen = Math.exp(4) / (Math.exp(4) + 4)
  const held = crossValidated(examples.map(example => ({...example, entity: 'one and the same'})))
  // All in one fold: every fit is of nothing, every weight as documented, every curve as it is.
  for (const {confidence} of held) expect(confidence).toBeCloseTo(unseen, 10)
  const seen = trainedModel(train({owner: examples}, how)).weighing('owner')
  expect(seen.weight('key 3')).toBeLessThan(0.6)
})

test('measured on new questions, a model is as good as cross-validation said, and better than documented weights', () => {
  const known = simulate(TRUTH, 1500, 5)
  const said = measure(crossValidated(known))
  const model = trainedModel(train({owner: known}, how))
  const fresh = simulate(TRUTH, 4000, 6)
  const [figures] = evaluate({owner: fresh}, model, false).edges
  const [plain] = evaluate({owner: fresh}, heuristicBaseline('disabled'), false).edges
  expect(Math.abs(figures!.brier! - said.brier!)).toBeLessThan(0.02)
  expect(figures!.ece).toBeLessThan(0.04)
  expect(figures!.brier).toBeLessThan(plain!.brier! - 0.01)
})

test('below the fewest labels a relation stays as documented', () => {
  const file = train({owner: simulate(TRUTH, FEWEST_LABELS - 1)}, how)
  expect(file.relations).toEqual({})
  expect(file.trained.examples).toMatchObject({owner: FEWEST_LABELS - 1, identity_organization: 0})
  expect(Object.keys(train({owner: simulate(TRUTH, FEWEST_LABELS)}, how).relations)).toEqual(['owner'])
})

test('a model says that its fits have converged', () =>
  expect(train({owner: simulate(TRUTH, 300)}, how).trained.converged).toBe(true))

test('figures stand beside what guessing and documented weights reach, and kinds beside how often they are right', () => {
  const voice = (kind: string, name: string) => ({kind, odds: new Map([[name, 2]])})
  const asked = (entity: string, truth: string | null, ...heard: Example['heard']): Example => ({
    ...{
      heard,
      truth,
      entity,
      candidates: 5,
      exact: new Set<string>(),
      contested: new Set<string>(),
      weight: 1,
      cost: 0,
    },
  })
  const {edges, reliabilities} = evaluate(
    {
      owner: [
        asked('a', 'marsh', voice('label', 'marsh'), voice('caller', 'rivers')),
        asked('b', 'marsh', voice('label', 'marsh')),
        asked('c', 'rivers', voice('label', 'marsh')),
        asked('d', null),
      ],
    },
    heuristicBaseline('disabled'),
    false,
  )
  expect(edges).toMatchObject([
    {
      type: 'owner',
      n: 4,
      coverage: 0.75,
      accuracy: 0.6667,
      baseline_accuracy: 0.5,
      heuristic_accuracy: 0.6667,
    },
  ])
  expect(reliabilities).toEqual([
    {relation: 'owner', kind: 'label', n: 3, accuracy: 0.6667, weight: 1},
    {relation: 'owner', kind: 'caller', n: 1, accuracy: 0, weight: 1},
  ])
})
