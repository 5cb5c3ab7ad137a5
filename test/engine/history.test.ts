/**
 * A real repository: three years of history of open-telemetry/semantic-conventions beside its CODEOWNERS. Each owned folder is asked again
 * without its own line: its commits have to tell.
 */
import {cpSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {listFiles} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import {evaluate, judgedBy} from '../../src/engine/rail/evaluate.ts'
import type {Example} from '../../src/engine/rail/fit.ts'
import {measure} from '../../src/engine/rail/measure.ts'
import {crossValidated} from '../../src/engine/rail/train.ts'
import {attributeStore} from '../../src/engine/run.ts'
import {knownEdges} from '../../src/server/evaluate/evaluate-store.ts'
import {loadModel} from '../../src/server/model/load.ts'
import {priceRows} from '../../src/server/price-rows.ts'
import {openForWriting} from '../../src/store/open.ts'
import {randomOf} from './rail/simulated.ts'

const REAL = 'fixtures/ownership-otel-semconv'
const RELATION = 'project_organization'

describe('semantic-conventions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'venturi-history-'))
  const {model} = loadModel({}, '')
  let examples: readonly Example[]

  beforeAll(async () => {
    const repository = join(folder, 'repos/semantic-conventions')
    mkdirSync(join(repository, '.github'), {recursive: true})
    cpSync(`${REAL}/CODEOWNERS`, join(repository, '.github/CODEOWNERS'))
    cpSync(`${REAL}/history.tsv.gz`, join(repository, 'history.tsv.gz'))
    using store = openForWriting(join(folder, 'v.db'))
    await ingestFiles(store, await listFiles(['repos'], folder), {price: priceRows({})})
    attributeStore(store, {model})
    examples = knownEdges(store, []).examples[RELATION]!
  })
  afterAll(() => rmSync(folder, {recursive: true}))

  test('no folder’s own line is heard', () => {
    expect(examples.length).toBeGreaterThanOrEqual(50)
    expect(new Set(examples.flatMap(({heard}) => heard.map(({kind}) => kind)))).toEqual(
      new Set(['commits', 'changed together']),
    )
  })

  test('commits name the owner far more often than guessing the commonest', () => {
    const [figures] = evaluate({[RELATION]: examples}, model, false).edges
    expect(figures!.accuracy! - figures!.baseline_accuracy!).toBeGreaterThan(0.5)
    expect(figures!.accuracy_at_080).toBeGreaterThan(0.85)
  })

  test.each([
    ['the model in the package', () => judgedBy(model, RELATION, examples), 0.11],
    ['fits that never saw the folder', () => crossValidated(examples), 0.11],
  ])('by %s, how sure is as near to how often right as so few labels can show', (_, answers, most) => {
    const judged = answers()
    const random = randomOf(7)
    // A model whose every probability is true, measured on as many labels.
    const chance = Array.from(
      {length: 400},
      () => measure(judged.map(one => ({...one, right: random() < one.confidence}))).ece!,
    ).sort((a, b) => a - b)
    const {ece} = measure(judged)
    expect(ece).toBeLessThan(most)
    expect(ece).toBeLessThan(chance[395]!)
  })
})
