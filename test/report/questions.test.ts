/** The four questions, by hand; every table but that of outcomes sums to its total. */
import {afterAll, describe, expect, test} from 'vitest'
import {dayOf, parseTime} from '../../src/model/time.ts'
import {toCsv} from '../../src/report/formats/csv.ts'
import {toHtml} from '../../src/report/formats/html.ts'
import {toMarkdown} from '../../src/report/formats/markdown.ts'
import {toTable} from '../../src/report/formats/table.ts'
import {questions} from '../../src/report/lenses/questions.ts'
import {windowsOf} from '../../src/report/questions/growth.ts'
import {twoWeeks} from './two-weeks.ts'

const {store} = twoWeeks()
afterAll(() => store[Symbol.dispose]())
const all = {period: {from: null, to: null}, asOf: 'event'} as const

interface Event {
  readonly name: string
  readonly quantity: number
  readonly success: boolean | null
  readonly service?: string
  readonly feature?: string
  readonly trace?: string
}
const events: readonly Event[] = [
  // Two delivered, one of them taken back; one failed.
  {name: 'ticket_resolved', quantity: 1, success: true, service: 'name:service/support'},
  {name: 'ticket_resolved', quantity: 1, success: null, service: 'name:service/support'},
  {name: 'ticket_resolved', quantity: 1, success: false, service: 'name:service/support'},
  {name: 'ticket_resolved', quantity: -1, success: false, service: 'name:service/support'},
  {name: 'ticket_resolved', quantity: 1, success: true, service: 'name:service/unheard-of'},
  {name: 'document_ranked', quantity: 2.5, success: true, feature: 'rerank'},
  {name: 'case_closed', quantity: 1, success: true, trace: 't1'},
  {name: 'case_closed', quantity: 1, success: true, trace: 'nobody-logged'},
  {name: 'mail_sent', quantity: 1, success: true},
]
for (const [index, {name, quantity, success, service, feature, trace}] of events.entries())
  store.database
    .prepare(
      `INSERT INTO outcome_event (source, id, batch_id, line, at, name, quantity_e9, success, service, feature, trace)
       VALUES ('product', ?, 7, 1, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      ...[
        `e${index}`,
        parseTime('2026-10-14')!,
        name,
        BigInt(quantity * 1e9),
        success === null ? null : Number(success),
      ],
      ...[service ?? null, feature ?? null, trace ?? null],
    )

interface Json {
  readonly answers: readonly {readonly answer: string}[]
  readonly totals: {readonly total_usd: string}
  readonly features: {
    readonly most: readonly object[]
    readonly not_known_usd: string
    readonly reached: boolean
  }
  readonly outcomes: readonly object[]
  readonly growth: {readonly last: object; readonly teams: readonly object[]}
  readonly environments: readonly object[]
}
const {report, json} = questions.view(store, all)
const told = json as Json

test('the features that make 60 %', () => {
  expect(told.totals.total_usd).toBe('19.000000001')
  expect(told.features).toMatchObject({
    reached: true,
    not_known_usd: '3.000000001',
    most: [
      {name: 'rerank', source: 'tag', owner: 'Search & Discovery', cost_usd: '10.00', share_ppm: 526_316},
      {name: 'ticket_summary', source: 'tag', owner: 'CX Automation', cost_usd: '6.00'},
    ],
  })
})

test('what an outcome costs, with its denominator and what is joined', () => {
  expect(told.outcomes).toMatchObject([
    {
      outcome: 'case_closed',
      joined_by: 'trace',
      succeeded: '2',
      events: 2,
      joined_events: 1,
      cost_usd: '2.00',
      cost_per_outcome_usd: '2.00',
    },
    {
      outcome: 'document_ranked',
      joined_by: 'feature rerank',
      succeeded: '2.5',
      cost_usd: '10.00',
      cost_per_outcome_usd: '4.00',
    },
    {
      outcome: 'mail_sent',
      joined_by: null,
      events: 1,
      joined_events: 0,
      cost_usd: null,
      cost_per_outcome_usd: null,
    },
    {
      outcome: 'ticket_resolved',
      joined_by: 'service support',
      succeeded: '1',
      failed: '1',
      events: 4,
      joined_events: 4,
      events_without_success: 1,
      cost_usd: '6.00',
      share_ppm: 315_789,
      cost_per_outcome_usd: '6.00',
    },
    {
      outcome: 'ticket_resolved',
      joined_by: 'service unheard-of',
      joined_events: 0,
      cost_usd: null,
      cost_per_outcome_usd: null,
    },
  ])
})

// Of Search & Discovery: 2.5 requests at $3.40 become 0.5 at $1 and 2 of another model at $1. Mix first or last: -4.80 and 0, so -2.40.
test('who grew and why', () => {
  expect(told.growth.last).toEqual({first_day: '2026-10-12', last_day: '2026-10-18'})
  expect(told.growth.teams).toMatchObject([
    {
      organization: {name: 'CX Automation'},
      before_usd: '2.00',
      now_usd: '4.00',
      because: {volume_usd: '2.00', model_mix_usd: '0.00'},
    },
    {organization: {name: 'Payments Core'}, change_usd: '0.000000001', because: {price_usd: '0.000000001'}},
    {organization: null, change_usd: '0.00'},
    {
      organization: {name: 'Search & Discovery'},
      change_usd: '-6.00',
      because: {model_mix_usd: '-2.40', price_usd: '-3.60'},
    },
  ])
  expect(told.answers[2]!.answer).toBe(
    'CX Automation: $2.00 became $4.00, +$2.00. Of that: volume +$2.00. Usage does not reach back 60 days: this is the last 7 against the 7 before.',
  )
})

test('production and development; what nobody says is a line of its own', () =>
  expect(told.environments).toMatchObject([
    {environment: 'development', cost_usd: '10.00', share_ppm: 526_316},
    {environment: 'production', cost_usd: '6.00', share_ppm: 315_789},
    {environment: null, cost_usd: '3.000000001', share_ppm: 157_895},
  ]))

test.each(['features', 'environments'])('%s sum to the total', key => {
  const {rows} = report.tables.find(table => table.key === key)!
  expect(rows.reduce((sum, row) => sum + (row.cost_usd as bigint), 0n)).toBe(19_000_000_001n)
})

test.each([1, 2, 3, 9])('growth sums, with %i teams shown', top => {
  const {rows} = questions.view(store, {...all, top}).report.tables.find(({key}) => key === 'growth')!
  const sum = (...keys: readonly string[]) =>
    rows.reduce((total, row) => keys.reduce((part, key) => part + (row[key] as bigint), total), 0n)
  expect([sum('now_usd'), sum('before_usd'), sum('change_usd')]).toEqual([
    ...[7_500_000_001n, 11_500_000_000n, -3_999_999_999n],
  ])
  expect(sum('volume', 'mix', 'tokens', 'price', 'uncounted')).toBe(sum('change_usd'))
})

describe('the windows of growth', () => {
  const day = (text: string): number => dayOf(parseTime(text)!)
  test('30 days against 30', () =>
    expect(windowsOf({first: day('2026-01-01'), last: day('2026-10-31')})).toEqual({
      now: {from: day('2026-10-02'), to: day('2026-11-01')},
      before: {from: day('2026-09-02'), to: day('2026-10-02')},
    }))
  test('of five days two and two', () =>
    expect(windowsOf({first: 100, last: 104})).toEqual({
      before: {from: 101, to: 103},
      now: {from: 103, to: 105},
    }))
  test('of one day none', () => expect(windowsOf({first: 100, last: 100})).toBeNull())
})

describe('shown', () => {
  test.each([60, 120])('%i columns', width =>
    expect(`${toTable(report, {width, colour: false})}\n`).toMatchFileSnapshot(
      `golden/four-questions-${width}.txt`,
    ),
  )
  test('markdown', () => expect(`${toMarkdown(report)}\n`).toMatchFileSnapshot('golden/four-questions.md'))
  test('html', () => expect(`${toHtml(report)}\n`).toMatchFileSnapshot('golden/four-questions.html'))
  test('csv', () => expect(`${toCsv(report)}\n`).toMatchFileSnapshot('golden/four-questions.csv'))
  test('json', () =>
    expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot('golden/four-questions.json'))
})
