/** Trains on a database and keeps what measures better than the model in use. An edge: it writes the model and its card. */
import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {judgedBy} from '../../engine/rail/evaluate.ts'
import type {Example} from '../../engine/rail/fit.ts'
import {type Measured, measure} from '../../engine/rail/measure.ts'
import {LEARNED, type Learned, type Model, type ModelFile} from '../../engine/rail/model.ts'
import {crossValidated, FEWEST_LABELS, train} from '../../engine/rail/train.ts'
import {UserError} from '../../model/errors.ts'
import type {LinkFact} from '../../model/fact.ts'
import type {ReadableStore} from '../../store/query.ts'
import {knownEdges, OWN} from '../evaluate/evaluate-store.ts'
import {cardOf} from './card.ts'
import {type LoadedModel, ownModelPath} from './load.ts'

export interface Compared {
  readonly relation: Learned
  readonly labels: number
  /** By fits that had not seen the entity. */
  readonly trained: Measured
  readonly present: Measured
}

export interface Training {
  readonly version: string
  readonly kept: boolean
  readonly why: string
  /** Null: nothing was written. */
  readonly path: string | null
  readonly card: string | null
  readonly compared: readonly Compared[]
}

interface Wanted {
  readonly declared: readonly LinkFact[]
  readonly loaded: LoadedModel
  readonly on: string
  readonly db: string
  readonly output?: string | undefined
  readonly force?: boolean
}

export function trainOn(
  store: ReadableStore,
  {declared, loaded, on, db, output, force = false}: Wanted,
): Training {
  const {examples, digest} = knownEdges(store, declared)
  const labels = LEARNED.map(relation => examples[relation]?.length ?? 0)
  if (Math.max(...labels) < FEWEST_LABELS)
    throw new UserError(
      `${db}: ${Math.max(...labels)} known edges are too few to learn from: ${FEWEST_LABELS} of one kind are needed`,
      'ingest more directories, catalogs and key lists, run `venturi attribute`, and try again',
    )
  const file = train(examples, {label: OWN, on, digest})
  const compared = LEARNED.flatMap(relation => {
    const known = examples[relation] ?? []
    return known.length < FEWEST_LABELS ? [] : [compare(relation, known, loaded.model)]
  })
  const better = brierOf(compared, 'trained') < brierOf(compared, 'present')
  const kept = better || force
  const path = output ?? ownModelPath(db)
  if (kept) write(path, file, compared)
  return {
    version: file.version,
    kept,
    why: better
      ? 'it measures better on entities it had not seen'
      : `it measures no better than ${loaded.model.version ?? 'plain rules'} on entities it had not seen${force ? ', and was kept because you asked' : ''}`,
    path: kept ? path : null,
    card: kept ? cardPath(path) : null,
    compared,
  }
}

const compare = (relation: Learned, known: readonly Example[], present: Model): Compared => ({
  relation,
  labels: known.length,
  trained: measure(crossValidated(known)),
  present: measure(judgedBy(present, relation, known)),
})

/** Mean squared error of the probabilities over all labels; what neither answers tells them not apart. */
const brierOf = (compared: readonly Compared[], whose: 'trained' | 'present'): number =>
  compared.reduce((sum, one) => sum + (one[whose].brier ?? 0) * one.labels, 0)

const cardPath = (path: string): string => path.replace(/(\.json)?$/, '.card.md')

function write(path: string, file: ModelFile, compared: readonly Compared[]): void {
  mkdirSync(dirname(path), {recursive: true})
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`)
  writeFileSync(cardPath(path), cardOf(file, compared))
}
