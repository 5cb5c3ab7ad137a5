/** Measures a model on edges whose truth is known: per relation and for owners, beside what guessing would reach. Pure. */
import type {Judged} from './calibrate.ts'
import type {Example} from './fit.ts'
import {type Measured, measure} from './measure.ts'
import {heuristicBaseline, LEARNED, type Learned, type Model} from './model.ts'
import {answer, crossValidated, type Examples, limited} from './train.ts'

/** How often one kind of evidence names the right one, where it speaks. */
export interface Reliability {
  readonly relation: Learned
  readonly kind: string
  readonly n: number
  readonly accuracy: number
  /** What the model makes of it: 1 as much as is documented. */
  readonly weight: number
}

export interface RelationFigures extends Measured {
  readonly type: Learned
  /** Guessing the commonest answer. */
  readonly baseline_accuracy: number | null
  /** Documented weights and no trained part. */
  readonly heuristic_accuracy: number | null
}

export interface Evaluation {
  readonly edges: readonly RelationFigures[]
  readonly reliabilities: readonly Reliability[]
}

/** `heldOut`: the model was fitted to these very examples, so each is answered by one that did not see its entity. */
export function evaluate(examples: Examples, model: Model, heldOut: boolean): Evaluation {
  const present = LEARNED.flatMap(relation => {
    const known = examples[relation] ?? []
    return known.length === 0 ? [] : [{relation, known}]
  })
  return {
    edges: present.map(({relation, known}) => ({
      type: relation,
      ...measure(heldOut ? crossValidated(known) : judgedBy(model, relation, known)),
      baseline_accuracy: majority(known),
      heuristic_accuracy: measure(judgedBy(heuristicBaseline('disabled'), relation, known)).accuracy,
    })),
    reliabilities: present.flatMap(({relation, known}) => reliabilities(relation, known, model)),
  }
}

/** Every question judged; one nobody answers counts as an answer of no confidence. */
export function judgedBy(model: Model, relation: Learned, examples: readonly Example[]): Judged[] {
  const weighing = model.weighing(relation)
  return examples.map(example => {
    const found = answer(example, weighing)
    return found === null
      ? {confidence: 0, right: false, weight: example.weight}
      : {
          ...found,
          confidence: limited(model.probability(relation, found.sureness, found.confidence), found.contested),
        }
  })
}

function majority(examples: readonly Example[]): number | null {
  const weights = new Map<string, number>()
  let total = 0
  for (const {truth, weight} of examples) {
    total += weight
    if (truth !== null) weights.set(truth, (weights.get(truth) ?? 0) + weight)
  }
  return total === 0 ? null : Math.round((Math.max(0, ...weights.values()) / total) * 10_000) / 10_000
}

function reliabilities(relation: Learned, examples: readonly Example[], model: Model): Reliability[] {
  const counts = new Map<string, {n: number; right: number}>()
  for (const {heard, truth} of examples)
    for (const {kind, odds} of heard) {
      const [best] = [...odds].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      if (!best) continue
      const count = counts.get(kind) ?? {n: 0, right: 0}
      counts.set(kind, {n: count.n + 1, right: count.right + (best[0] === truth ? 1 : 0)})
    }
  const {weight} = model.weighing(relation)
  return [...counts]
    .sort(([, a], [, b]) => b.n - a.n)
    .map(([kind, {n, right}]) => ({
      ...{relation, kind, n, accuracy: Math.round((right / n) * 10_000) / 10_000},
      weight: Math.round(weight(kind) * 100) / 100,
    }))
}
