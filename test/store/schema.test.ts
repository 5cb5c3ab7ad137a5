import {afterAll, expect, test} from 'vitest'
import {migrations} from '../../src/store/migrations/index.ts'
import {openForWriting} from '../../src/store/open.ts'
import {aggregates, settleCell, tallyMatchedRequests} from '../../src/store/queries/attribute.ts'
import {
  batchDigest,
  batchOfDigest,
  insertUsage,
  renameBatch,
  USAGE_COLUMNS,
} from '../../src/store/queries/ingest.ts'
import {cacheHits, likeCalls, sameCalls, sameCallsAtMidnight} from '../../src/store/queries/match.ts'
import {pricedRowsAfter} from '../../src/store/queries/pricing.ts'

const store = openForWriting(':memory:')
afterAll(() => store[Symbol.dispose]())

interface Table {
  readonly name: string
  readonly strict: number
  readonly wr: number
}
const tables = (store.database.prepare('PRAGMA table_list').all() as Table[]).filter(
  ({name}) => !name.startsWith('sqlite_'),
)

test('there are tables', () => expect(tables.map(({name}) => name)).toContain('usage'))

test.each(tables)('$name is strict', ({strict}) => expect(strict).toBe(1))

test('the large tables are clustered by their key', () => {
  const clustered = tables.filter(({wr}) => wr === 1).map(({name}) => name)
  expect(clustered).toEqual(expect.arrayContaining(['usage', 'matched', 'cell']))
})

test('the schema’s version is the number of its migrations', () =>
  expect(store.database.pragma('user_version', {simple: true})).toBe(migrations.length))

test.each(['1.5', "'seven'", "x'00'"])('a column of whole numbers refuses %s', value => {
  const insert = `INSERT INTO deployment (batch_id, line, subject, at) VALUES (1, 1, 'x', ${value})`
  expect(() => store.database.exec(insert)).toThrow(/cannot store \w+ value in INTEGER column/)
})

const plan = (sql: string): string[] =>
  (
    store.database.prepare(`EXPLAIN QUERY PLAN ${sql.replaceAll(/@\w+|\?/g, '1')}`).all() as {
      detail: string
    }[]
  ).map(({detail}) => detail)

test('one cell is sought, not scanned', () =>
  expect(plan(settleCell.sql)).toEqual([expect.stringMatching(/^SEARCH cell .*day=.* AND attribution_id=/)]))

test('usage is read once, everything beside it sought', () => {
  const steps = plan(tallyMatchedRequests.sql).filter(detail => /\b(u|m)\b/.test(detail))
  expect(steps).toEqual([
    expect.stringMatching(/^SEARCH u USING PRIMARY KEY \(day=/),
    expect.stringMatching(/^SEARCH m .*day=.* AND id=.* AND channel=/),
  ])
})

test('the twin of a call is sought by day and id', () =>
  expect(plan(sameCalls.sql).filter(detail => /\bo\b/.test(detail))).toEqual([
    expect.stringMatching(/^SEARCH o .*day=.* AND id=/),
  ]))

test.each([sameCallsAtMidnight, cacheHits, likeCalls])('$name reads one day, not the table', ({sql}) => {
  expect(plan(sql).filter(detail => /^SCAN (u|o|m|n|f|usage|matched)\b/.test(detail))).toEqual([])
})

test('the batch of a bill’s row is sought', () =>
  expect(plan(aggregates.sql).filter(detail => /batch/.test(detail))).toEqual([
    expect.stringMatching(/^SEARCH batch USING INTEGER PRIMARY KEY/),
  ]))

test('rows to price again are read on from the last of them, their parts sought', () =>
  expect(plan(pricedRowsAfter.sql)).toEqual([
    expect.stringMatching(/^SEARCH u USING PRIMARY KEY \(\(day,id,channel\)>/),
    expect.stringMatching(/^SEARCH p USING PRIMARY KEY .*channel=.* AND batch_id=.* AND line=/),
  ]))

test.each([batchDigest, batchOfDigest, renameBatch])('$name seeks', ({sql}) => {
  expect(plan(sql)).toEqual([expect.stringMatching(/^SEARCH batch USING/)])
})

test('usage goes in by its key alone: no index beside it', () => {
  const indexes = store.database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'usage' AND sql IS NOT NULL")
    .all()
  expect(indexes).toEqual([])
})

test('a block of usage binds one value a place, and shared columns once', () => {
  const places = (once: readonly string[]) => insertUsage(3, new Set(once)).sql.match(/[?]|@\w+/g)!.length
  expect(places([])).toBe(3 * USAGE_COLUMNS.length)
  expect(insertUsage(3, new Set(['channel'])).sql.match(/[?]/g)).toHaveLength(3 * (USAGE_COLUMNS.length - 1))
})
