/** Which model answers, and what is refused. */
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, onTestFinished, test} from 'vitest'
import {
  heuristicBaseline,
  LEARNED,
  type ModelFile,
  parseModel,
  trainedModel,
  versionOf,
  whileInTime,
} from '../../../src/engine/rail/model.ts'
import {train} from '../../../src/engine/rail/train.ts'
import {loadModel, ownModelPath} from '../../../src/server/model/load.ts'
import {simulate} from './simulated.ts'

const file = train(
  {owner: simulate({weights: {label: 0.5, record: 1.4}, none: -0.5, candidates: 9}, 200)},
  {label: 'own', on: '2026-10-31', digest: 'd'},
)
const text = JSON.stringify(file)

describe('a model file', () => {
  test('is read as it was written', () => expect(parseModel(text)).toEqual(file))

  test.each([
    ['nothing', ''],
    ['cut short', text.slice(0, -20)],
    ['null', 'null'],
    ['a list', '[]'],
    ['JSON of something else', '{"name": "venturi", "version": "0.1.0"}'],
    ['a later kind of model', text.replace('"venturi_model":1', '"venturi_model":2')],
    ['one weight changed', text.replace(/"label":0\.\d+/, '"label":1.9')],
    ['one figure of a curve changed', text.replace(/"slope":[\d.]+/, '"slope":2.5')],
    ['another version', text.replace(file.version, 'own-0123456789ab')],
    ['no relations', JSON.stringify({...file, relations: null, version: versionOf('own', null as never)})],
    ['relations in a list', JSON.stringify({...file, relations: [], version: versionOf('own', [] as never)})],
  ])('%s is refused', (_, damaged) => {
    expect(damaged).not.toBe(text)
    expect(parseModel(damaged)).toBeNull()
  })

  test('trained on the same labels it has the same version, on others another', () => {
    const examples = simulate({weights: {label: 0.5, record: 1.4}, none: -0.5, candidates: 9}, 200)
    const again = (some: typeof examples) =>
      train({owner: some}, {label: 'own', on: '2026-11-01', digest: 'e'}).version
    expect(again(examples)).toBe(file.version)
    expect(again(examples.slice(0, 150))).not.toBe(file.version)
  })
})

describe('a trained model', () => {
  const model = trainedModel(file)

  test('takes a kind of evidence it has never met as documented', () => {
    expect(model.weighing('owner').weight('label')).toBe(file.relations.owner!.weights.label)
    expect(model.weighing('owner').weight('tea leaves')).toBe(1)
  })

  test('takes a relation that had too few labels as documented', () => {
    expect(model.weighing('identity_organization')).toMatchObject({none: 0})
    expect(model.weighing('identity_organization').weight('hr')).toBe(1)
    expect(model.probability('identity_organization', 'exact', 0.87)).toBe(0.87)
  })

  test('answers while there is time', () => {
    expect(whileInTime(model, () => true)).toBe(model)
    expect(whileInTime(model, () => false)).toMatchObject({state: 'degraded_serving', version: null})
    const off = heuristicBaseline('disabled')
    expect(whileInTime(off, () => false)).toBe(off)
  })
})

test('the baseline never infers an owner beyond 0.79; exact joins and other relations are as scored', () =>
  fc.assert(
    fc.property(fc.double({min: 0, max: 1, noNaN: true}), fc.constantFrom(...LEARNED), (scored, relation) => {
      const {probability, weighing} = heuristicBaseline('degraded_serving')
      expect(probability('owner', 'inferred', scored)).toBeLessThanOrEqual(0.79)
      expect(probability(relation, 'exact', scored)).toBe(scored)
      expect(weighing(relation)).toMatchObject({none: 0})
      expect(weighing(relation).weight('anything')).toBe(1)
    }),
  ))

describe('which model is loaded', () => {
  /** A database's folder with these files; `own`: the model beside the database. */
  function folderWith(files: {readonly [name: string]: string}): {
    db: string
    path: (name: string) => string
  } {
    const folder = mkdtempSync(join(tmpdir(), 'venturi-model-'))
    onTestFinished(() => rmSync(folder, {recursive: true}))
    const db = join(folder, 'venturi.db')
    const path = (name: string) => (name === 'own' ? ownModelPath(db) : join(folder, name))
    for (const [name, content] of Object.entries(files)) writeFileSync(path(name), content)
    return {db, path}
  }
  const shipped = parseModel(readFileSync('models/default.json', 'utf8'))!
  const recalled: ModelFile = {...file, recalled: true}

  test('the one in the package is whole', () => expect(shipped.version).toMatch(/^default-[0-9a-f]{12}$/))

  test.each([
    ['none is trained here: the one in the package', {}, {}, 'none', shipped.version, null],
    ['one is trained here', {own: text}, {}, 'none', file.version, null],
    [
      'one is trained here and damaged',
      {own: text.slice(9)},
      {},
      'degraded_serving',
      null,
      /is damaged: .*venturi train/,
    ],
    ['one is named', {own: 'not asked', 'm.json': text}, {model: 'm.json'}, 'none', file.version, null],
    [
      'one is named and missing',
      {own: text},
      {model: 'm.json'},
      'degraded_serving',
      null,
      /m\.json is not there; .*venturi train/,
    ],
    [
      'one is named and damaged',
      {'m.json': '{'},
      {model: 'm.json'},
      'degraded_serving',
      null,
      /m\.json is damaged/,
    ],
    ['inference is off', {own: text}, {enabled: false}, 'disabled', null, null],
    [
      'its maker has recalled it',
      {own: JSON.stringify(recalled)},
      {},
      'model_recalled',
      null,
      /was recalled; .*venturi train/,
    ],
    [
      'the configuration recalls it',
      {own: text},
      {recalled: [file.version]},
      'model_recalled',
      null,
      /was recalled/,
    ],
    [
      'the configuration recalls another',
      {own: text},
      {recalled: ['own-0123456789ab']},
      'none',
      file.version,
      null,
    ],
  ] as const)('%s', (_, files, inference, state, version, problem) => {
    const {db, path} = folderWith(files)
    const named = 'model' in inference ? {model: path(inference.model)} : {}
    const recalls = 'recalled' in inference ? {recalled: [...inference.recalled]} : {}
    const off = 'enabled' in inference ? {enabled: inference.enabled} : {}
    const loaded = loadModel({inference: {...off, ...named, ...recalls}}, db)
    expect(loaded.model).toMatchObject({state, version})
    if (problem === null) expect(loaded.problem).toBeNull()
    else expect(loaded.problem).toMatch(problem)
  })
})
