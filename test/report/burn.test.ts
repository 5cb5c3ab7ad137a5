/** The weekly burn: which week, which rows, what changed and why, and that nothing is lost. */
import {afterAll, describe, expect, test} from 'vitest'
import {dayOf, parseTime} from '../../src/model/time.ts'
import {weekOf} from '../../src/report/burn.ts'
import {keyOf} from '../../src/report/burn-rows.ts'
import {toCsv} from '../../src/report/formats/csv.ts'
import {toHtml} from '../../src/report/formats/html.ts'
import {toMarkdown} from '../../src/report/formats/markdown.ts'
import {toTable} from '../../src/report/formats/table.ts'
import {burn} from '../../src/report/lenses/burn.ts'
import {loadBurn} from '../../src/report/load-burn.ts'
import {parsePeriod} from '../../src/report/period.ts'
import {append} from '../../src/server/audit/append.ts'
import {twoWeeks} from './two-weeks.ts'

const {store} = twoWeeks()
afterAll(() => store[Symbol.dispose]())

const all = {period: {from: null, to: null}, asOf: 'event'} as const
const day = (text: string): number => dayOf(parseTime(text)!)
const SUPPORT = loadBurn(store, all).rows[0]!.key

for (const comment of ['usage increased', 'Rollout to three cohorts; unchanged until quality is reviewed.'])
  append(store, {
    ...{
      at: Date.UTC(2026, 9, 19),
      actor: 'ada@acme.example',
      action: 'burn.comment',
      subject: `burn ${SUPPORT}`,
    },
    detail: {
      ...{key: SUPPORT, row: 'ticket_summary', from_day: day('2026-10-12'), to_day: day('2026-10-19')},
      ...{comment, classification: 'expected-growth', action: 'leave-unchanged', due: '2026-10-26'},
    },
  })

interface Json {
  readonly week: object
  readonly prior_week: object
  readonly summary: readonly string[]
  readonly totals: object
  readonly rows: readonly {readonly [key: string]: unknown}[]
  readonly others: object | null
}
const viewed = (request: Parameters<typeof burn.view>[1] = all) => burn.view(store, request).json as Json

describe('the week', () => {
  const period = (text: object) => parsePeriod(text, 0)
  test.each([
    ['the last seven days with usage', {from: null, to: null}, '2026-10-18', '2026-10-12'],
    ['a month', period({period: '2026-10'}), '2026-10-18', '2026-10-12'],
    ['a week, though its end has no usage', period({week: '2026-W43'}), '2026-10-20', '2026-10-19'],
    ['seven days by hand', period({since: '2026-10-01', until: '2026-10-07'}), '2026-10-06', '2026-10-01'],
  ])('%s', (_, asked, last, first) => {
    expect(weekOf(asked, day(last))).toEqual({from: day(first), to: day(first) + 7})
  })
  test('without usage there is none', () => expect(weekOf({from: null, to: null}, null)).toBeNull())

  test.each([
    ['2026-W01', '2025-12-29'],
    ['2026-W42', '2026-10-12'],
    ['2026-W53', '2026-12-28'],
    ['2024-W01', '2024-01-01'],
  ])('%s begins on %s', (week, first) =>
    expect(period({week})).toEqual({from: day(first), to: day(first) + 7}),
  )

  test.each(['2026-W00', '2025-W53', '2026-W54', '42'])('%s is none', week =>
    expect(() => period({week})).toThrow(`--week "${week}" is not a week`),
  )
})

test('the rows, by hand', () => {
  const {rows, totals, week} = viewed()
  expect(week).toEqual({first_day: '2026-10-12', last_day: '2026-10-18'})
  expect(totals).toEqual({
    ...{total_usd: '7.500000001', prior_week_usd: '11.50', variance_usd: '-3.999999999', unpriced_records: 0},
  })
  expect(
    rows.map(({feature, owner_team: owner, current_week_usd: now, prior_week_usd: then}) => [
      (feature as {value: string} | null)?.value,
      (owner as {name: string} | null)?.name,
      now,
      then,
    ]),
  ).toEqual([
    ['ticket_summary', 'CX Automation', '4.00', '2.00'],
    ['rerank', 'Search & Discovery', '2.00', '8.00'],
    [undefined, 'Payments Core', '0.500000001', '0.50'],
    ...[
      [undefined, 'Search & Discovery', '0.50', '0.50'],
      [undefined, undefined, '0.50', '0.50'],
    ].sort((a, b) => keyOrder(rows, a) - keyOrder(rows, b)),
  ])
})
const keyOrder = (rows: Json['rows'], [, name]: readonly (string | undefined)[]): number =>
  rows.findIndex(
    ({owner_team: owner, feature, current_week_usd: now}) =>
      feature === null && now === '0.50' && (owner as {name: string} | null)?.name === name,
  )

test('a row says all the runbook asks for', () => {
  const [support, ranker] = viewed().rows
  expect(support).toMatchObject({
    cost_center: {value: 'customer_ops', source: 'tag'},
    project_id: {value: 'support_console', source: 'tag'},
    feature: {value: 'ticket_summary', source: 'tag'},
    owner_team: {name: 'CX Automation'},
    contradictions: [
      'the caller tagged team payments',
      "the tag says cost_center customer_ops, the owner's is 5200 CX",
    ],
    variance_usd: '2.00',
    variance_because: {
      ...{volume_usd: '2.00', model_mix_usd: '0.00', tokens_per_request_usd: '0.00', price_usd: '0.00'},
    },
    selected_model_mix: [{name: 'gpt-5-2025-08-07', share_ppm: 1_000_000}],
    request_intent_mix: [{name: 'draft', share_ppm: 1_000_000}],
    top_route_reason: 'LOW_RISK_SUMMARY',
    error_rate_ppm: 250_000,
    retry_rate_ppm: 250_000,
    action_next_week: 'leave-unchanged',
  })
  expect(support!.owner_comment).toMatchObject({
    comment: 'Rollout to three cohorts; unchanged until quality is reviewed.',
    who: 'ada@acme.example',
    where: 'audit:2',
  })
  expect(ranker).toMatchObject({
    ...{cost_center: null, project_id: {value: 'ranker', source: 'attributed'}, contradictions: []},
    variance_because: {volume_usd: '0.00', model_mix_usd: '-6.00'},
    ...{top_route_reason: null, retry_rate_ppm: null, owner_comment: null},
  })
})

test('of the week before, comments of this week are silent', () =>
  expect(
    viewed({period: parsePeriod({week: '2026-W41'}, 0), asOf: 'event'}).rows.map(row => row.owner_comment),
  ).toEqual([...[null, null, null, null, null]]))

test('the first week has none before it', () => {
  const {rows, totals, summary, prior_week} = viewed({
    period: parsePeriod({week: '2026-W41'}, 0),
    asOf: 'event',
  })
  expect(prior_week).toMatchObject({days_with_usage: 0})
  expect(totals).toMatchObject({total_usd: '11.50', prior_week_usd: null, variance_usd: null})
  expect(rows.every(row => row.prior_week_usd === null && row.variance_because === null)).toBe(true)
  expect(summary[0]).toBe(
    '$11.50 from 2026-10-05 to 2026-10-11; no prior week: the seven days before have no usage.',
  )
})

test.each([1, 2, 3, 4, 5, 9])('the table of %i rows sums to the total', top => {
  const {report} = burn.view(store, {...all, top})
  const {rows} = report.tables.find(({key}) => key === 'burn')!
  const sum = (key: string) => rows.reduce((total, row) => total + (row[key] as bigint), 0n)
  expect(rows).toHaveLength(Math.min(top + 1, 5))
  expect([sum('current_week_usd'), sum('prior_week_usd'), sum('variance_usd')]).toEqual([
    ...[7_500_000_001n, 11_500_000_000n, -3_999_999_999n],
  ])
})

test('a key is of what the row is about, and of nothing else', () => {
  const tag = {by: 'tag', id: 'a', name: 'a'} as const
  const about = {costCenter: tag, project: null, feature: null, owner: null}
  expect(keyOf(about)).toBe(keyOf({...about, costCenter: {...tag, name: 'renamed'}}))
  const others = [
    {...about, costCenter: {...tag, by: 'attributed'} as const},
    {...about, costCenter: null, project: tag},
    {...about, owner: {id: 'a', name: 'a'}},
  ]
  expect(new Set([about, ...others].map(keyOf)).size).toBe(4)
})

describe('shown', () => {
  const {report, json} = burn.view(store, {...all, top: 3})
  test.each([60, 120, 200])('%i columns', width =>
    expect(`${toTable(report, {width, colour: false})}\n`).toMatchFileSnapshot(
      `golden/two-weeks-${width}.txt`,
    ),
  )
  test('markdown', () => expect(`${toMarkdown(report)}\n`).toMatchFileSnapshot('golden/two-weeks.md'))
  test('html', () => expect(`${toHtml(report)}\n`).toMatchFileSnapshot('golden/two-weeks.html'))
  test('csv', () => expect(`${toCsv(report)}\n`).toMatchFileSnapshot('golden/two-weeks.csv'))
  test('json', () =>
    expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot('golden/two-weeks.json'))
})
