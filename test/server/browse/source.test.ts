import {join} from 'node:path'
import {expect, test} from 'vitest'
import {bookOf, servicesOf} from '../../../src/report/browse/book.ts'
import {START} from '../../../src/report/browse/levels.ts'
import type {ReadRecords} from '../../../src/report/browse/state.ts'
import {loadSpend} from '../../../src/report/load.ts'
import {parsePeriod} from '../../../src/report/period.ts'
import {Source} from '../../../src/server/browse/source.ts'
import {openForReading} from '../../../src/store/open.ts'
import type {ReadableStore} from '../../../src/store/query.ts'
import {folderWith, venturi} from '../../commands/cli.ts'
import {APRIL, CATALOG, log, MARCH} from '../../commands/two-teams.ts'
import {acme} from '../../report/acme.ts'

/** Every service's records, read to the end, beside what the cube says of it. */
function walk(store: ReadableStore, month: string) {
  const period = parsePeriod({period: month}, 0)
  const book = bookOf(loadSpend(store, {period, asOf: 'event'}))
  using source = new Source(store, period, {})
  return book.lines.flatMap(line =>
    servicesOf(book.spend, line).map(service => {
      const records = []
      let unread: readonly number[] | null = null
      while (unread === null || unread.length > 0) {
        const found = source.read({
          ...START,
          at: 'service',
          line,
          service,
          records: [],
          unread,
        }) as ReadRecords
        records.push(...found.records)
        unread = found.unread
      }
      return {line, service, records}
    }),
  )
}

const sum = (costs: readonly (bigint | null)[]): bigint => costs.reduce<bigint>((a, b) => a + (b ?? 0n), 0n)
const near = (a: bigint, b: bigint, by: number): boolean => (a > b ? a - b : b - a) <= BigInt(by)

test.each(['acme'])('records of every service are those the cube counts, newest first (%s)', () => {
  const {store} = acme()
  const walked = walk(store, '2026-10')
  expect(walked.length).toBeGreaterThan(5)
  for (const {service, line, records} of walked) {
    expect(records).toHaveLength(service.records)
    expect(records.map(({at}) => at)).toEqual(records.map(({at}) => at).sort((a, b) => b - a))
    // Each record's split is rounded by itself; what is not split is exact.
    const total = sum(records.map(({cost}) => cost))
    expect(near(total, service.cost, line.spendClass === 'contested' ? records.length : 0)).toBe(true)
  }
  for (const line of new Set(walked.map(item => item.line)))
    expect(sum(walked.filter(item => item.line === line).map(({service}) => service.cost))).toBe(line.cost)
  store[Symbol.dispose]()
})

test('of a closed month the records are those that were frozen', () => {
  const cwd = folderWith({
    'dumps/catalog.yaml': CATALOG,
    'dumps/march.jsonl': log(...MARCH),
    'dumps/april.jsonl': log(...APRIL),
    'late.jsonl': log({id: 'm9', day: '2025-03-30', usd: '8.00'}),
  })
  const run = (...args: string[]) =>
    expect(venturi(cwd, args, {env: {VENTURI_ACTOR: 'quill@fen.example'}}).status).toBe(0)
  run('ingest', 'dumps')
  run('attribute')
  run('close', '2025-03')
  run('ingest', 'late.jsonl')
  run('override', 'add', '--of', 'm4', '--team', 'lakes', '--why', 'theirs')
  run('attribute', '--all')
  using store = openForReading(join(cwd, '.venturi/venturi.db'))
  const march = walk(store, '2025-03').flatMap(({records}) => records)
  expect(march).toHaveLength(4)
  expect(sum(march.map(({cost}) => cost))).toBe(7_750_000_001n)
  const april = walk(store, '2025-04')
  expect(april.flatMap(({records}) => records).length).toBe(
    april.reduce((n, {service}) => n + service.records, 0),
  )
})
