/** Fits a model to examples: weights on all of them, curves on answers to entities the fit had not seen. Pure. */
import {createHash} from 'node:crypto'
import {CONTESTED_CAP, combineOdds, type Weighing} from '../probability.ts'
import {AS_IT_IS, calibrate, calibrated, type Judged} from './calibrate.ts'
import {type Example, type Fitted, fitWeights} from './fit.ts'
import {LEARNED, type Learned, type ModelFile, type RelationModel, type Sureness, versionOf} from './model.ts'
import {FOLDS, foldOf} from './split.ts'

export type Examples = {readonly [relation in Learned]?: readonly Example[]}

/** SHA-256 of what a model is fitted to. */
export const digestOf = (examples: Examples): string =>
  createHash('sha256')
    .update(
      JSON.stringify(examples, (_, value: unknown) =>
        value instanceof Map || value instanceof Set ? [...value] : value,
      ),
    )
    .digest('hex')

/** Fewer labels than this leave a relation at its documented weights. */
export const FEWEST_LABELS = 40

/** What a fit makes of an example: its best answer, how sure, and whether that is right. */
export interface Answered extends Judged {
  readonly sureness: Sureness
  readonly contested: boolean
  readonly entity: string
  readonly best: string | null
}

/** Weighs one example as the engine weighs a signature. */
export function answer(example: Example, weighing: Weighing): Answered | null {
  const [best] = combineOdds(example.heard, example.candidates, weighing).ranked
  if (!best) return null
  return {
    confidence: best.probability,
    right: best.name === example.truth,
    weight: example.weight,
    sureness: example.exact.has(best.name) ? 'exact' : 'inferred',
    contested: example.contested.has(best.name),
    entity: example.entity,
    best: best.name,
  }
}

const weighingOf = ({weights, none}: Fitted): Weighing => ({weight: kind => weights.get(kind) ?? 1, none})

/** Every example answered by a fit that never saw its entity; what nobody answers has no confidence. */
function heldOutAnswers(examples: readonly Example[]): Answered[] {
  return Array.from({length: FOLDS}, (_, fold) => {
    const inside = (example: Example) => foldOf(example.entity) === fold
    const weighing = weighingOf(fitWeights(examples.filter(example => !inside(example))))
    return examples.filter(inside).map(
      example =>
        answer(example, weighing) ?? {
          ...{confidence: 0, right: false, weight: example.weight},
          ...{sureness: 'inferred' as const, contested: false},
          ...{entity: example.entity, best: null},
        },
    )
  }).flat()
}

/** The same with each answer's confidence by curves that its fold had no part in. */
export function crossValidated(examples: readonly Example[]): Judged[] {
  const held = heldOutAnswers(examples)
  return Array.from({length: FOLDS}, (_, fold) => {
    const curves = curvesOf(held.filter(({entity}) => foldOf(entity) !== fold))
    return held
      .filter(({entity}) => foldOf(entity) === fold)
      .map(({confidence, sureness, ...one}) => ({
        ...one,
        confidence: one.best === null ? 0 : limited(calibrated(curves[sureness], confidence), one.contested),
      }))
  }).flat()
}

/** A confidence as it is shown. */
export const limited = (confidence: number, contested: boolean): number =>
  contested ? Math.min(CONTESTED_CAP, confidence) : confidence

/** A curve for each sureness; few labels borrow from all. What stays contested is not shown by its curve, and does not bend it. */
function curvesOf(held: readonly Answered[]): RelationModel['calibration'] {
  const named = held.filter(({best, contested}) => best !== null && !contested)
  const curve = (sureness: Sureness) => {
    const own = named.filter(one => one.sureness === sureness)
    if (own.length === 0) return AS_IT_IS
    return calibrate(own.length < FEWEST_LABELS ? named : own)
  }
  return {exact: curve('exact'), inferred: curve('inferred')}
}

/** `label` names where the examples come from; `on` is the day of training, `YYYY-MM-DD`. */
export function train(
  examples: Examples,
  {label, on, digest}: {label: string; on: string; digest: string},
): ModelFile {
  const fits = LEARNED.flatMap(relation => {
    const known = examples[relation] ?? []
    return known.length < FEWEST_LABELS ? [] : [{relation, known, fitted: fitWeights(known)}]
  })
  const relations = Object.fromEntries(
    fits.map(({relation, known, fitted}) => [relation, relationModel(known, fitted)]),
  )
  return {
    venturi_model: 1,
    version: versionOf(label, relations),
    recalled: false,
    trained: {
      on,
      digest,
      examples: Object.fromEntries(LEARNED.map(relation => [relation, examples[relation]?.length ?? 0])),
      converged: fits.every(({fitted}) => fitted.converged),
    },
    relations,
  }
}

const relationModel = (known: readonly Example[], fitted: Fitted): RelationModel => ({
  none: round(fitted.none),
  weights: Object.fromEntries([...fitted.weights].map(([kind, weight]) => [kind, round(weight)])),
  counts: Object.fromEntries(fitted.counts),
  calibration: curvesOf(heldOutAnswers(known)),
})

const round = (value: number): number => Math.round(value * 1e4) / 1e4
