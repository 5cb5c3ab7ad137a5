/** What is read of how signatures were used, from real rows. */
import {afterAll, beforeAll, expect, test} from 'vitest'
import {usesIn} from '../../src/engine/run-habits.ts'
import type {ModelIdentity} from '../../src/model/chunk.ts'
import {openForWriting} from '../../src/store/open.ts'
import {habits} from '../../src/store/queries/habits.ts'

const store = openForWriting(':memory:')
afterAll(() => store[Symbol.dispose]())

const models = new Map<number, ModelIdentity>([
  [1, ['openai', 'fast', 'gpt-5-mini-2025-08-07', null]],
  [2, ['openai', 'gpt-5-mini', null, 'batch']],
])
const hour = 3_600_000
/** A Friday, and the Saturday after it. */
const friday = Date.UTC(2026, 9, 2)
const saturday = friday + 24 * hour

beforeAll(() => {
  const add = store.database.prepare(`
    INSERT INTO usage (day, id, channel, signature_id, model_id, batch_id, line, granularity, at, input_tokens, output_tokens, cost_nanos, cost_source)
    VALUES (@day, @id, 'litellm', @signature, @model, 1, 1, @granularity, @at, 10, NULL, @cost, 0)`)
  const row = (id: string, signature: number, at: number, cost: number | null, model = 1, granularity = 0) =>
    add.run({day: Math.floor(at / (24 * hour)), id, signature, at, cost, model, granularity})
  row('a', 1, friday + 9 * hour, 5)
  row('b', 1, friday + 9 * hour + 1, null, 2)
  row('c', 1, saturday + 9 * hour, 7)
  row('d', 2, friday + 9 * hour, 11)
  row('e', 1, friday + 10 * hour, 13, 1, 1)
  row('f', 3, friday, 17)
  store.database
    .prepare(
      `INSERT INTO matched (day, id, channel, signature_id) VALUES (?, 'd', 'litellm', 1), (?, 'f', 'litellm', NULL)`,
    )
    .run(friday / (24 * hour), friday / (24 * hour))
})

const all = {from: 0, to: Date.UTC(2027, 0)}
const use = (at: number, requests: number, nanos: number) => ({
  ...{model: 'openai gpt-5-mini', hour: at, requests, tokens: requests * 10, nanos},
})
/** A model under two tiers is two rows; habits add them up. */
const found = (...windows: Parameters<typeof usesIn>[1][number][]) => usesIn(store, windows, models)

test('requests by model, hour and kind of day; a call that two sources report has the signature of both', () => {
  expect(found({signatureId: 1, ...all}, {signatureId: 9, ...all})).toEqual([
    [use(9, 2, 16), use(24 + 9, 1, 7), use(9, 1, 0)],
    [],
  ])
})

test('what only restates others is nobody’s', () => {
  expect(found({signatureId: 2, ...all}, {signatureId: 3, ...all})).toEqual([[], []])
})

test('of the window alone, its end excluded', () => {
  const half = {signatureId: 1, from: friday, to: friday + 9 * hour + 1}
  expect(found(half)).toEqual([[use(9, 2, 16)]])
})

test('signatures are looked up, and only the days asked for are read', () => {
  const plan = store.database
    .prepare(`EXPLAIN QUERY PLAN ${habits.sql}`)
    .all({windows: '[]', first: 0, last: 1}) as {detail: string}[]
  const details = plan.map(({detail}) => detail)
  expect(details).toContainEqual(expect.stringMatching(/^SEARCH u USING PRIMARY KEY \(day>\? AND day<\?\)/))
  expect(details).toContainEqual(
    expect.stringMatching(/^SEARCH span USING AUTOMATIC .*INDEX \(signature=\?\)/),
  )
})
