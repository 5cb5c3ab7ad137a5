/** Who answers when the trained model does not, and that every answer says so. */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {writeWorld} from '../../fixtures/worlds/world.ts'
import {listFiles} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import type {Outcome} from '../../src/engine/outcome.ts'
import {heuristicBaseline} from '../../src/engine/rail/model.ts'
import {attributeStore, isSettled} from '../../src/engine/run.ts'
import {attributeText} from '../../src/report/attribute-summary.ts'
import {loadModel} from '../../src/server/model/load.ts'
import {priceRows} from '../../src/server/price-rows.ts'
import {openForWriting} from '../../src/store/open.ts'
import {all, query, type WritableStore} from '../../src/store/query.ts'

const answers = query<Record<string, never>, {evidence: string; at: number; answer: string}>(
  'answers',
  `SELECT s.evidence, a.from_at AS at, o.answer FROM attribution AS a JOIN signature AS s ON s.id = a.signature_id
  JOIN outcome AS o ON o.id = a.outcome_id ORDER BY s.evidence, a.from_at`,
)

const folder = mkdtempSync(join(tmpdir(), 'venturi-degradation-'))
const {model} = loadModel({}, '')
let store: WritableStore
const outcomes = () =>
  all(store, answers, {}).map(row => ({...row, outcome: JSON.parse(row.answer) as Outcome}))

beforeAll(async () => {
  const out = join(folder, 'fen')
  writeWorld({shape: 'chaotic-names', seed: 4, out, scale: 0.02})
  store = openForWriting(join(folder, 'v.db'))
  await ingestFiles(store, await listFiles([out], folder), {price: priceRows({})})
}, 120_000)
afterAll(() => {
  store[Symbol.dispose]()
  rmSync(folder, {recursive: true})
})

test('a trained model infers owners, and its version stands in every answer', () => {
  expect(attributeStore(store, {model}).degradation_state).toBe('none')
  const found = outcomes()
  expect(new Set(found.map(({outcome}) => outcome.model_version))).toEqual(new Set([model.version]))
  expect(found.some(({outcome}) => outcome.output_state === 'strongly_inferred')).toBe(true)
})

test.each(['degraded_serving', 'disabled', 'model_recalled'] as const)(
  '%s: the baseline answers, says so, and infers nobody at 0.80',
  state => {
    const summary = attributeStore(store, {model: heuristicBaseline(state)})
    expect(summary.degradation_state).toBe(state)
    expect(attributeText(summary, 1)).toMatch(/Plain rules answered/)
    for (const {outcome} of outcomes()) {
      expect(outcome).toMatchObject({degradation_state: state, model_version: null})
      expect(outcome.output_state).not.toBe('strongly_inferred')
      if (outcome.stage_origin === 'stage_b') expect(outcome.coper).toBeLessThanOrEqual(0.79)
    }
    // Asked again with nothing new, it says the same.
    expect(attributeStore(store, {model: heuristicBaseline(state)})).toEqual(summary)
  },
)

test('once the time is up the baseline answers the rest, and only the rest', () => {
  attributeStore(store, {model, all: true})
  const before = outcomes()
  let ticks = 0
  const clock = () => ticks++
  const late = {model, budgetSeconds: 0.02, clock}
  const summary = attributeStore(store, late)
  expect(summary.degradation_state).toBe('degraded_serving')
  expect(attributeText(summary, 1)).toContain(
    'Plain rules answered what no usable model answered in its time',
  )
  const states = outcomes().map(({outcome}) => outcome.degradation_state)
  expect(new Set(states)).toEqual(new Set(['none', 'degraded_serving']))

  const known = new Map(before.map(({evidence, at, answer}) => [`${evidence} ${at}`, answer]))
  const byModel = outcomes().filter(({outcome}) => outcome.degradation_state === 'none')
  expect(byModel.length).toBeGreaterThanOrEqual(15)
  for (const {evidence, at, answer} of byModel) expect(answer).toBe(known.get(`${evidence} ${at}`))
  for (const {outcome} of outcomes())
    if (outcome.degradation_state === 'degraded_serving' && outcome.stage_origin === 'stage_b')
      expect(outcome.coper).toBeLessThanOrEqual(0.79)
})

test('another budget is another question; with enough time nothing is left to the baseline', () => {
  expect(isSettled(store, {model, budgetSeconds: 0.02})).toBe(true)
  expect(isSettled(store, {model, budgetSeconds: 3600})).toBe(false)
  expect(attributeStore(store, {model, budgetSeconds: 3600}).degradation_state).toBe('none')
  expect(attributeText(attributeStore(store, {model, budgetSeconds: 3600}), 1)).not.toContain('Plain rules')
})
