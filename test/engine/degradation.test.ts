/** Who answers when the trained model does not, and that every answer says so. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {listFiles} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import type {Outcome} from '../../src/engine/outcome.ts'
import {heuristicBaseline, trainedModel, versionOf} from '../../src/engine/rail/model.ts'
import {attributeStore, isSettled} from '../../src/engine/run.ts'
import {attributeText} from '../../src/report/attribute-summary.ts'
import {priceRows} from '../../src/server/price-rows.ts'
import {openForWriting} from '../../src/store/open.ts'
import {all, query, type WritableStore} from '../../src/store/query.ts'
import {CATALOG} from '../commands/two-teams.ts'

const answers = query<Record<string, never>, {evidence: string; at: number; answer: string}>(
  'answers',
  `SELECT s.evidence, a.from_at AS at, o.answer FROM attribution AS a JOIN signature AS s ON s.id = a.signature_id
  JOIN outcome AS o ON o.id = a.outcome_id ORDER BY s.evidence, a.from_at`,
)

/** Hand-made: whoever is named is the owner, and likelier than evidence alone says. */
const relations = {
  owner: {
    ...{none: -4, weights: {}, counts: {}},
    calibration: {exact: {method: 'none'}, inferred: {method: 'none'}},
  },
} as const
const model = trainedModel({
  ...{venturi_model: 1, version: versionOf('own', relations), recalled: false, relations},
  trained: {on: '2025-03-31', digest: '', examples: {owner: 100}, converged: true},
})

/** Twenty keys that nobody has written down; what calls by them are for only the caller says. */
const CALLS = Array.from({length: 20}, (_, index) =>
  JSON.stringify({
    ...{request_id: `r${index}`, call_type: 'acompletion', api_key: `hash-${index}`, spend: '1.00'},
    ...{startTime: `2025-03-04T10:00:${String(index).padStart(2, '0')}Z`, model: 'gpt-5-2025-08-07'},
    ...{custom_llm_provider: 'openai', prompt_tokens: 100, completion_tokens: 10, total_tokens: 110},
    request_tags: JSON.stringify([`service:${index % 2 === 0 ? 'heron' : 'crane'}-api`]),
  }),
).join('\n')

const folder = mkdtempSync(join(tmpdir(), 'venturi-degradation-'))
let store: WritableStore
const outcomes = () =>
  all(store, answers, {}).map(row => ({...row, outcome: JSON.parse(row.answer) as Outcome}))

beforeAll(async () => {
  writeFileSync(join(folder, 'catalog.yaml'), CATALOG)
  writeFileSync(join(folder, 'calls.jsonl'), CALLS)
  store = openForWriting(join(folder, 'v.db'))
  await ingestFiles(store, await listFiles(['.'], folder), {price: priceRows({})})
})
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
  const late = {model, budgetSeconds: 0.008, clock}
  const summary = attributeStore(store, late)
  expect(summary.degradation_state).toBe('degraded_serving')
  expect(attributeText(summary, 1)).toContain(
    'Plain rules answered what no usable model answered in its time',
  )
  const states = outcomes().map(({outcome}) => outcome.degradation_state)
  expect(new Set(states)).toEqual(new Set(['none', 'degraded_serving']))

  const known = new Map(before.map(({evidence, at, answer}) => [`${evidence} ${at}`, answer]))
  const byModel = outcomes().filter(({outcome}) => outcome.degradation_state === 'none')
  expect(byModel).toHaveLength(7)
  for (const {evidence, at, answer} of byModel) expect(answer).toBe(known.get(`${evidence} ${at}`))
  for (const {outcome} of outcomes())
    if (outcome.degradation_state === 'degraded_serving' && outcome.stage_origin === 'stage_b')
      expect(outcome.coper).toBeLessThanOrEqual(0.79)
})

test('another budget is another question; with enough time nothing is left to the baseline', () => {
  expect(isSettled(store, {model, budgetSeconds: 0.008})).toBe(true)
  expect(isSettled(store, {model, budgetSeconds: 3600})).toBe(false)
  expect(attributeStore(store, {model, budgetSeconds: 3600}).degradation_state).toBe('none')
  expect(attributeText(attributeStore(store, {model, budgetSeconds: 3600}), 1)).not.toContain('Plain rules')
})
