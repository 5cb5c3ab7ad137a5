/**
 * RAIL, the trained attribution model: for each relation what every kind of evidence is worth, how likely "none of these" is, and a
 * curve from scores to probabilities. Without a usable model `HeuristicBaseline` answers.
 */
import {createHash} from 'node:crypto'
import {CONTESTED_CAP, type Weighing} from '../probability.ts'
import {AS_IT_IS, type Curve, calibrated} from './calibrate.ts'

/** Questions the model is fitted for. */
export const LEARNED = [
  'owner', // whose a signature's spend is
  'invocation_service', // which service it is
  'project_organization', // whose a service, repository or project is
  'identity_organization', // which team a person is in
] as const
export type Learned = (typeof LEARNED)[number]

/** `exact`: at least one exact join, or of owners and teams somebody's written word, speaks for the answer. */
export type Sureness = 'exact' | 'inferred'

export interface RelationModel {
  readonly none: number
  readonly weights: {readonly [kind: string]: number}
  /** Examples in which each kind spoke. */
  readonly counts: {readonly [kind: string]: number}
  readonly calibration: {readonly [sureness in Sureness]: Curve}
}

/** A model file: what `venturi train` writes. */
export interface ModelFile {
  readonly venturi_model: 1
  readonly version: string
  /** A version whose maker has taken it back answers nothing. */
  readonly recalled: boolean
  readonly trained: {
    readonly on: string
    /** SHA-256 of the examples it was fitted to. */
    readonly digest: string
    readonly examples: {readonly [relation: string]: number}
    readonly converged: boolean
  }
  readonly relations: {readonly [relation in Learned]?: RelationModel}
}

export type DegradationState = 'none' | 'degraded_serving' | 'disabled' | 'model_recalled'

/** What the engine asks while it resolves. */
export interface Model {
  /** Null: nothing trained answers. */
  readonly version: string | null
  readonly state: DegradationState
  readonly weighing: (relation: Learned) => Weighing
  /** The probability that an answer scored so is right. */
  readonly probability: (relation: Learned, sureness: Sureness, scored: number) => number
}

/** Documented weights and no trained part. Only exact joins reach 0.80. */
export const heuristicBaseline = (state: DegradationState): Model => ({
  version: null,
  state,
  weighing: () => ({weight: () => 1, none: 0}),
  probability: (relation, sureness, scored) =>
    relation === 'owner' && sureness === 'inferred' ? Math.min(CONTESTED_CAP, scored) : scored,
})

/** A trained model as long as there is time for it, then the baseline. */
export const whileInTime = (model: Model, inTime: () => boolean): Model =>
  model.state !== 'none' || inTime() ? model : heuristicBaseline('degraded_serving')

export function trainedModel(file: ModelFile): Model {
  const weighings = new Map<Learned, Weighing>()
  for (const relation of LEARNED) {
    const {weights = {}, none = 0} = file.relations[relation] ?? {}
    // A kind of evidence nobody has measured is worth what is documented.
    weighings.set(relation, {weight: kind => weights[kind] ?? 1, none})
  }
  return {
    version: file.version,
    state: 'none',
    weighing: relation => weighings.get(relation)!,
    probability: (relation, sureness, scored) =>
      calibrated(file.relations[relation]?.calibration[sureness] ?? AS_IT_IS, scored),
  }
}

/** The name of a model: where it was trained and the digest of what it holds. */
export function versionOf(label: string, relations: ModelFile['relations']): string {
  const digest = createHash('sha256').update(JSON.stringify(relations)).digest('hex')
  return `${label}-${digest.slice(0, 12)}`
}

const isRelations = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads a model file's text; null: it is not one, or its version is not that of its content. */
export function parseModel(text: string): ModelFile | null {
  let read: Partial<ModelFile>
  try {
    read = JSON.parse(text) as Partial<ModelFile>
  } catch {
    return null
  }
  if (read?.venturi_model !== 1 || typeof read.version !== 'string' || !isRelations(read.relations))
    return null
  const file = read as ModelFile
  const label = file.version.replace(/-[0-9a-f]{12}$/, '')
  return versionOf(label, file.relations) === file.version ? file : null
}
