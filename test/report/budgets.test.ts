/** Budgets against spend: whose money, what is left, what is not compared, and what the period will have cost. */
import {describe, expect, test} from 'vitest'
import {parseUsd} from '../../src/model/money.ts'
import {formatDay, parseTime} from '../../src/model/time.ts'
import {toCsv} from '../../src/report/formats/csv.ts'
import {toHtml} from '../../src/report/formats/html.ts'
import {toMarkdown} from '../../src/report/formats/markdown.ts'
import {toTable} from '../../src/report/formats/table.ts'
import {ledger} from '../../src/report/lenses/ledger.ts'
import {parsePeriod} from '../../src/report/period.ts'
import {budget as center, outcome, team, world} from './world.ts'

const cx = team('CX Automation')
const risk = team('Risk')
const cxCenter = center('5200', 'CX')
const own = (organization: typeof cx, budget: typeof cxCenter | null) =>
  outcome({
    output_state: 'deterministically_resolved',
    coper: 0.95,
    owner: {service: null, identity: null, project: null, organization, budget},
    shares: [{organization, budget, share_ppm: 1_000_000, basis: 'sole owner'}],
  })
const shared = outcome({
  output_state: 'bounded',
  coper: 0.5,
  shares: [
    {organization: cx, budget: cxCenter, share_ppm: 250_000, basis: 'equal shares'},
    {organization: risk, budget: null, share_ppm: 750_000, basis: 'equal shares'},
  ],
})

interface Said {
  readonly organization?: typeof cx
  readonly center?: typeof cxCenter
  readonly usd: string
  readonly from?: string
  readonly to?: string
  readonly currency?: string
  readonly kind?: string
}

/** Twenty days of October: CX $10 a day, Risk $1 a day, and $4 on the 5th that they share one to three. */
function company(...budgets: readonly Said[]) {
  const made = world()
  for (let day = 1; day <= 20; day++) {
    const at = `2026-10-${String(day).padStart(2, '0')}T09:00:00Z`
    made.call({id: `cx-${day}`, at, usd: '10.00', outcome: own(cx, cxCenter)})
    made.call({id: `risk-${day}`, at, usd: '1.00', outcome: own(risk, null)})
  }
  made.call({id: 'both', at: '2026-10-05T10:00:00Z', usd: '4.00', outcome: shared})
  const db = made.store.database
  for (const [line, said] of budgets.entries()) {
    const {organization, center: code, usd, from = '2026-10-01', to = '2026-11-01'} = said
    const {currency = 'USD', kind = 'limit'} = said
    db.prepare('INSERT INTO budget VALUES (7, ?, ?, ?, NULL, ?, ?, ?, ?, ?)').run(
      ...[line, organization ? `name:team/${organization.name.toLowerCase()}` : 'name:team/unheard of'],
      ...[code ? '5200' : null, parseTime(from), parseTime(to), parseUsd(usd), currency, kind],
    )
    db.prepare('INSERT INTO budget_scope VALUES (7, ?, ?, ?, ?, ?)').run(
      ...[line, organization?.id ?? null, organization?.name ?? null, code?.id ?? null, code?.name ?? null],
    )
  }
  return made.store
}

interface Shown {
  readonly name: string
  readonly spent_usd: string | null
  readonly problem: string | null
  readonly headroom_usd: string | null
  readonly forecast: {readonly end_usd: string; readonly low_usd: string} | null
}
const october = parsePeriod({period: '2026-10'}, 0)
const shown = (store: ReturnType<typeof company>, period = october): Shown[] =>
  (ledger.view(store, {period, asOf: 'event'}).json as {budgets?: Shown[]}).budgets ?? []

test('what is owned and what is contested count, each with its part', () => {
  using store = company({organization: cx, usd: '250'}, {organization: risk, usd: '20'})
  expect(shown(store)).toMatchObject([
    {
      name: 'CX Automation',
      spent_usd: '201.00',
      owned_usd: '200.00',
      contested_usd: '1.00',
      headroom_usd: '49.00',
      used_ppm: 804_000,
    },
    {name: 'Risk', spent_usd: '23.00', contested_usd: '3.00', headroom_usd: '-3.00'},
  ])
})

test('a cost center alone is enough; a team spends under its own center, or under none', () => {
  using store = company({center: cxCenter, usd: '250'})
  expect(shown(store)).toMatchObject([{name: 'CX', spent_usd: '201.00'}])
  using both = company({organization: risk, center: cxCenter, usd: '250'})
  expect(shown(both)).toMatchObject([{name: 'Risk', spent_usd: '23.00'}])
})

test('days outside a budget do not count, and one outside the report is not shown', () => {
  using store = company(
    {organization: cx, usd: '50', from: '2026-10-01', to: '2026-10-04'},
    {organization: cx, usd: '50', from: '2026-09-01', to: '2026-10-01'},
  )
  expect(shown(store)).toMatchObject([{spent_usd: '30.00', headroom_usd: '20.00', forecast: null}])
})

describe('what is not compared', () => {
  test('two of one kind for the same days', () => {
    using store = company({organization: cx, usd: '100'}, {organization: cx, usd: '200', from: '2026-10-15'})
    expect(shown(store).map(({problem, headroom_usd}) => [problem, headroom_usd])).toEqual([
      ['overlapping', null],
      ['overlapping', null],
    ])
    const {report} = ledger.view(store, {period: october, asOf: 'event'})
    expect(toTable(report, {width: 120, colour: false})).toContain(
      'error: another limit budget for the same covers',
    )
  })
  test('but of two kinds, or one after the other, both are', () => {
    using store = company(
      {organization: cx, usd: '100', to: '2026-10-15'},
      {organization: cx, usd: '200', from: '2026-10-15'},
      {organization: cx, usd: '200', kind: 'forecast'},
    )
    expect(shown(store).map(({problem}) => problem)).toEqual([null, null, null])
  })
  test('another currency', () => {
    using store = company({organization: cx, usd: '100', currency: 'EUR'})
    expect(shown(store)).toMatchObject([
      {
        problem: 'other_currency',
        amount: '100.00',
        currency: 'EUR',
        spent_usd: '201.00',
        headroom_usd: null,
        used_ppm: null,
        forecast: null,
      },
    ])
  })
  test('for nobody who is known', () => {
    using store = company({usd: '100'})
    expect(shown(store)).toMatchObject([{name: 'unheard of', problem: 'not_found', spent_usd: null}])
  })
})

describe('the end of the period', () => {
  test('is what was spent and the run rate; the last day may not be over', () => {
    using store = company({organization: risk, usd: '20'})
    // $22 before the 20th; then eleven days of $1, and a Monday of $2: the mean of $4, $1 and $1.
    expect(shown(store)[0]!.forecast).toMatchObject({days: 19, method: 'mean of each weekday over 19 days'})
    expect(shown(store)[0]!.forecast!.end_usd).toBe('35.00')
  })
  test('as of an earlier day it knows no more than then', () => {
    using store = company({organization: risk, usd: '20'})
    const found = shown(store, parsePeriod({since: '2026-10-01', until: '2026-10-12'}, 0))
    expect(found[0]).toMatchObject({spent_through: '2026-10-12', spent_usd: '15.00', forecast: {days: 12}})
    expect(shown(store, parsePeriod({since: '2026-10-01', until: '2026-10-09'}, 0))[0]).toMatchObject({
      forecast: null,
    })
  })
  test('of a period that is over is not forecast', () => {
    using store = company({
      organization: cx,
      usd: '300',
      to: formatDay(parseTime('2026-10-21')! / 86_400_000),
    })
    expect(shown(store)[0]!.forecast).toBeNull()
  })
})

test('without budgets the ledger says nothing of them', () => {
  using store = company()
  const {report, json} = ledger.view(store, {period: october, asOf: 'event'})
  expect(report.tables.map(({key}) => key)).toEqual(['totals', 'lines'])
  expect(json).not.toHaveProperty('budgets')
})

describe('shown', () => {
  const store = company(
    {organization: cx, usd: '250'},
    {organization: risk, usd: '20'},
    {center: cxCenter, usd: '5000', currency: 'EUR'},
    {usd: '10'},
  )
  const {report, json} = ledger.view(store, {period: october, asOf: 'event'})
  test.each([60, 120])('%i columns', width =>
    expect(`${toTable(report, {width, colour: false})}\n`).toMatchFileSnapshot(`golden/budgets-${width}.txt`),
  )
  test('markdown', () => expect(`${toMarkdown(report)}\n`).toMatchFileSnapshot('golden/budgets.md'))
  test('html', () => expect(`${toHtml(report)}\n`).toMatchFileSnapshot('golden/budgets.html'))
  test('csv', () => expect(`${toCsv(report)}\n`).toMatchFileSnapshot('golden/budgets.csv'))
  test('json', () => expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot('golden/budgets.json'))
})
