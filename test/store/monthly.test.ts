import fc from 'fast-check'
import {expect, test} from 'vitest'
import {saveMonths} from '../../src/engine/run-months.ts'
import {monthsIn} from '../../src/model/months.ts'
import {dayOf} from '../../src/model/time.ts'
import {openForWriting} from '../../src/store/open.ts'
import {USED} from '../../src/store/queries/monthly.ts'

const day = (text: string): number => dayOf(Date.parse(text))

test.each([
  ['2026-01-01', '2026-02-01', '2026-01-01', '2026-02-01'],
  ['2026-01-02', '2026-02-01', '2026-02-01', '2026-02-01'],
  ['2026-01-01', '2026-01-31', '2026-01-01', '2026-01-01'],
  ['2026-01-15', '2026-04-02', '2026-02-01', '2026-04-01'],
  ['2026-01-15', '2026-01-20', '2026-01-20', '2026-01-20'],
  ['2025-12-31', '2026-03-01', '2026-01-01', '2026-03-01'],
])('days %s to %s hold the months from %s to %s', (from, to, wholeFrom, wholeTo) => {
  expect(monthsIn({from: day(from), to: day(to)})).toEqual({
    ...{from: day(from), to: day(to)},
    ...{wholeFrom: day(wholeFrom), wholeTo: day(wholeTo)},
  })
})

const FIRST = day('2026-01-20')
const DAYS = 100

const cell = fc.record({
  day: fc.integer({min: FIRST, max: FIRST + DAYS}),
  attribution: fc.integer({min: 1, max: 3}),
  channel: fc.constantFrom('litellm', 'openai'),
  model: fc.integer({min: 1, max: 2}),
  granularity: fc.integer({min: 0, max: 1}),
  records: fc.integer({min: 1, max: 9}),
  input: fc.option(fc.integer({min: 0, max: 500_000})),
  output: fc.option(fc.nat(1000)),
  billed: fc.option(fc.maxSafeNat()),
  counts: fc.constantFrom(1, 1, 1, 0),
})
type Cell = typeof cell extends fc.Arbitrary<infer T> ? T : never
const keyOf = (one: Cell): string =>
  `${one.day} ${one.attribution} ${one.channel} ${one.model} ${one.granularity}`

test('whole months and the days at the ends are what the days are', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(cell, {selector: keyOf, maxLength: 40}),
      fc.array(
        fc.record({
          day: fc.integer({min: FIRST, max: FIRST + DAYS}),
          attribution: fc.integer({min: 1, max: 3}),
        }),
        {maxLength: 5},
      ),
      fc.nat(DAYS + 2),
      fc.nat(DAYS + 2),
      (cells, remainders, start, length) => {
        using store = openForWriting(':memory:')
        store.database.pragma('foreign_keys = OFF')
        const insert = store.database.prepare('INSERT INTO cell VALUES (?,?,?,?,?,?,?,?,?,NULL,3,?,0,?,?,0)')
        for (const one of cells)
          insert.run(
            ...[one.day, one.attribution, one.channel, one.model, one.granularity, one.records, one.records],
            ...[one.input, one.output, one.billed, one.billed, one.counts],
          )
        for (const [index, one] of remainders.entries())
          store.database
            .prepare('INSERT INTO remainder VALUES (?,?,0,NULL,?,1,5,1,7,1)')
            .run(`r${index}`, one.day, one.attribution)
        saveMonths(store)
        const [from, to] = [FIRST - 1 + start, FIRST - 1 + start + length]
        const read = (months: object) =>
          store.database
            .prepare(
              `SELECT attribution_id, model_id, known, min(first), max(last), sum(records), sum(calls), sum(input_tokens),
                 sum(output_tokens), sum(cache_read_tokens), sum(cache_write_tokens), sum(long_tokens), sum(billed_nanos)
               FROM (${USED}) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
            )
            .safeIntegers()
            .all(months)
        expect(read(monthsIn({from, to}))).toEqual(read({from, to, wholeFrom: to, wholeTo: to}))
      },
    ),
    {numRuns: 60},
  )
})
