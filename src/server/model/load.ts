/** Which model answers: the one trained on this database, else the one in the package, else none. An edge: it reads files. */
import {readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Config} from '../../config/config.ts'
import {
  heuristicBaseline,
  type Model,
  type ModelFile,
  parseModel,
  trainedModel,
} from '../../engine/rail/model.ts'
import {inPackage} from '../../model/package.ts'

const DEFAULT = inPackage('models', 'default.json')

export interface LoadedModel {
  readonly model: Model
  /** Null: `HeuristicBaseline` answers. */
  readonly file: ModelFile | null
  /** Where it was read, or should have been. */
  readonly path: string
  /** Why a trained model does not answer, and what to do; null: it does, or was not asked to. */
  readonly problem: string | null
}

/** Where `venturi train` writes: beside the database. */
export const ownModelPath = (db: string): string => join(dirname(db), 'model.json')

/** Never throws: without a usable model the baseline answers, and what it answered says so. */
export function loadModel(
  {inference: {enabled = true, model, recalled = []} = {}}: Config,
  db: string,
): LoadedModel {
  if (!enabled) return {model: heuristicBaseline('disabled'), file: null, path: DEFAULT, problem: null}
  const own = model ?? ownModelPath(db)
  const [path, text] = [own, DEFAULT].flatMap(from => {
    const read = readText(from)
    // A model named in the configuration is not replaced by another without a word.
    return read !== null || (from === own && model !== undefined) ? [[from, read] as const] : []
  })[0] ?? [DEFAULT, null]
  const file = text === null ? null : parseModel(text)
  if (file === null) {
    const what = text === null ? 'is not there' : 'is damaged: it is not what its version says'
    return {
      model: heuristicBaseline('degraded_serving'),
      ...{file: null, path, problem: `the model ${path} ${what}; run \`venturi train\`, or restore the file`},
    }
  }
  if (file.recalled || recalled.includes(file.version))
    return {
      model: heuristicBaseline('model_recalled'),
      ...{file, path, problem: `the model ${file.version} was recalled; run \`venturi train\` for another`},
    }
  return {model: trainedModel(file), file, path, problem: null}
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Absent or unreadable is the same to whoever asks: the next model, or none, answers and says so.
    return null
  }
}
