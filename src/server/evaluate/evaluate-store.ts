/** Measures the model in use on a database's own known edges. */

import {type Evaluation, evaluate, judgedBy} from '../../engine/rail/evaluate.ts'
import {hiddenEdges} from '../../engine/rail/examples.ts'
import {type Measured, measure} from '../../engine/rail/measure.ts'
import {heuristicBaseline} from '../../engine/rail/model.ts'
import {crossValidated, digestOf, type Examples} from '../../engine/rail/train.ts'
import {loadWorld} from '../../engine/run-world.ts'
import type {LinkFact} from '../../model/fact.ts'
import type {ReadableStore} from '../../store/query.ts'
import type {LoadedModel} from '../model/load.ts'

/** Versions of models trained on the user's own data begin so. */
export const OWN = 'own'

export interface OwnerFigures extends Measured {
  readonly baseline_accuracy: number | null
  readonly heuristic_accuracy: number | null
  readonly by_cost: Measured
}

export interface StoreEvaluation extends Evaluation {
  readonly owner: OwnerFigures | null
  readonly model: {readonly version: string | null; readonly degradation_state: string}
  /** Answered by fits that had not seen the entity, because the model was trained on these very edges. */
  readonly cross_validated: boolean
}

export interface Known {
  readonly examples: Examples
  readonly digest: string
}

/** By documented weights, so that what is known does not turn on the model that is to be measured. */
export function knownEdges(store: ReadableStore, declared: readonly LinkFact[]): Known {
  const {world, signatures} = loadWorld(store, declared, heuristicBaseline('disabled'))
  const examples = hiddenEdges(world, signatures)
  return {examples, digest: digestOf(examples)}
}

export function evaluateStore(
  store: ReadableStore,
  declared: readonly LinkFact[],
  loaded: LoadedModel,
): StoreEvaluation {
  const {examples} = knownEdges(store, declared)
  const {model, file} = loaded
  const seen = model.state === 'none' && file?.version.startsWith(`${OWN}-`) === true
  const evaluation = evaluate(examples, model, seen)
  const owners = examples.owner ?? []
  const {type, ...figures} = evaluation.edges.find(edge => edge.type === 'owner') ?? {type: null}
  const costly = owners.map(example => ({...example, weight: example.cost}))
  return {
    ...evaluation,
    edges: evaluation.edges.filter(edge => edge.type !== 'owner'),
    owner:
      type === null
        ? null
        : {
            ...(figures as Omit<OwnerFigures, 'by_cost'>),
            by_cost: measure(seen ? crossValidated(costly) : judgedBy(model, 'owner', costly)),
          },
    model: {version: model.version, degradation_state: model.state},
    cross_validated: seen,
  }
}
