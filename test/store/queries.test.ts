import {readdirSync} from 'node:fs'
import {afterAll, describe, expect, test} from 'vitest'
import {openForWriting} from '../../src/store/open.ts'
import type {Query} from '../../src/store/query.ts'
import {emptySnapshot} from '../../src/store/snapshot.ts'

const STEMS = readdirSync('src/store/queries').map(name => name.replace(/\.ts$/, ''))
const store = openForWriting(':memory:')
const snapshot = emptySnapshot()
afterAll(() => {
  store[Symbol.dispose]()
  snapshot[Symbol.dispose]()
})

describe.each(STEMS)('%s', async name => {
  const exported = (await import(`../../src/store/queries/${name}.ts`)) as {readonly [key: string]: unknown}
  const queries = Object.entries(exported).filter(
    (entry): entry is [string, Query<never, unknown>] =>
      typeof entry[1] === 'object' && entry[1] !== null && 'sql' in entry[1],
  )

  test.each(queries)('%s is named for its export and fits the schema', (key, {name: said, sql}) => {
    expect(said).toBe(key)
    const {database} = name === 'snapshot' ? snapshot : store
    expect(() => database.prepare(sql)).not.toThrow()
  })

  test.each(
    queries.filter(([, {sql}]) => /^\s*SELECT(?:(?!\bFROM\b)[\s\S])*\bsum\([\w.]*nanos\)/i.test(sql)),
  )('%s sums money exactly', (_, query) => expect(query.exact).toBe(true))
})

test.each([
  ...['rowsById', 'idsFrom', 'idsBefore', 'cellOf', 'weightUpTo', 'rowsOfDay'].map(name => ['records', name]),
  ...['rowsOfOutcomes'].map(name => ['browse', name]),
])('%s: %s reads no table through', async (stem, name) => {
  const queries = (await import(`../../src/store/queries/${stem}.ts`)) as unknown as {
    readonly [key: string]: Query<never, unknown>
  }
  const sql = queries[name!]!.sql.replaceAll(/@\w+/g, '1')
  const plan = store.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as {detail: string}[]
  expect(
    plan.map(({detail}) => detail).filter(detail => /^SCAN (u|m|a|usage|cell|matched)\b/.test(detail)),
  ).toEqual([])
})
