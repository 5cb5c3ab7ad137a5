/** Bills against attributed usage: what is shown, in every format, and that it adds up. */
import {stripVTControlCharacters} from 'node:util'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {UserError} from '../../src/model/errors.ts'
import {parseUsd} from '../../src/model/money.ts'
import {toCsv} from '../../src/report/formats/csv.ts'
import {toHtml} from '../../src/report/formats/html.ts'
import {widthOf} from '../../src/report/formats/layout.ts'
import {toMarkdown} from '../../src/report/formats/markdown.ts'
import {toTable} from '../../src/report/formats/table.ts'
import {totalsOf} from '../../src/report/lines.ts'
import {loadSpend} from '../../src/report/load.ts'
import {loadReconciliation} from '../../src/report/load-reconciliation.ts'
import {parsePeriod} from '../../src/report/period.ts'
import {GROUPINGS, type GroupBy} from '../../src/report/reconciliation.ts'
import {findingsIn, findingText, parseDriftRules} from '../../src/report/reconciliation-findings.ts'
import {toJson, toReport} from '../../src/report/reconciliation-view.ts'
import {openForWriting} from '../../src/store/open.ts'
import type {WritableStore} from '../../src/store/query.ts'
import {billedMonth} from './billed-month.ts'
import {withoutStyle} from './without-style.ts'

let store: WritableStore
beforeAll(async () => void (store = await billedMonth()))
afterAll(() => store[Symbol.dispose]())

const october = parsePeriod({period: '2026-10'}, 0)
const always = {from: null, to: null}
const reconciliation = (by: readonly GroupBy[] = ['provider'], period = october) =>
  loadReconciliation(store, {period, by})

const VIEWS: readonly (readonly [name: string, by: readonly GroupBy[]])[] = [
  ['reconcile', ['provider']],
  ['reconcile-project-day', ['account', 'project', 'day']],
]

describe.each(VIEWS)('%s', (name, by) => {
  test.each([60, 80, 120, 200])('%i columns', async width => {
    const text = toTable(toReport(reconciliation(by)), {width, colour: false})
    expect(text.split('\n').filter(line => widthOf(line) > width)).toEqual([])
    if (width < 200) await expect(`${text}\n`).toMatchFileSnapshot(`golden/${name}-${width}.txt`)
  })

  test('colour changes nothing but colour', () => {
    const report = toReport(reconciliation(by))
    expect(stripVTControlCharacters(toTable(report, {width: 80, colour: true}))).toBe(
      toTable(report, {width: 80, colour: false}),
    )
  })

  test('markdown', () =>
    expect(`${toMarkdown(toReport(reconciliation(by)))}\n`).toMatchFileSnapshot(`golden/${name}.md`))
  test('html', () =>
    expect(`${withoutStyle(toHtml(toReport(reconciliation(by))))}\n`).toMatchFileSnapshot(
      `golden/${name}.html`,
    ))
  test('csv', () =>
    expect(`${toCsv(toReport(reconciliation(by)))}\n`).toMatchFileSnapshot(`golden/${name}.csv`))
  test('json', () =>
    expect(`${JSON.stringify(toJson(reconciliation(by), null), null, 2)}\n`).toMatchFileSnapshot(
      `golden/${name}.json`,
    ))
})

describe('it adds up', () => {
  test.each([
    ['October', october],
    ['three days of it', parsePeriod({since: '2026-10-01', until: '2026-10-02'}, 0)],
    ['everything', always],
  ])('%s: the lines of every grouping are the ledger', (_, period) => {
    const ledger = totalsOf(loadSpend(store, {period, asOf: 'event'}).spend)
    for (const by of [...GROUPINGS.map(name => [name]), GROUPINGS]) {
      const {lines} = reconciliation(by, period)
      expect(lines.reduce((sum, {attributed}) => sum + attributed, 0n)).toBe(ledger.total)
      expect(lines.reduce((sum, {records}) => sum + records, 0)).toBe(ledger.records)
      for (const {billed, explained, undetailed, other, attributed, unbilled} of lines) {
        expect(explained + undetailed + other).toBe(billed ?? 0n)
        expect((billed ?? 0n) + unbilled).toBe(attributed)
      }
    }
  })

  test('every invoice ties, to the nano-dollar', () => {
    const {invoices} = toJson(reconciliation(['provider'], always), null)
    expect(
      invoices.map(({invoices: [id], billed_usd, difference_usd}) => [id, billed_usd, difference_usd]),
    ).toEqual([
      ['INV-0710', '401.00', '0.00'],
      ['AWS-4410', '87.50', '0.00'],
      ['INV-0711', '60.00', '0.00'],
    ])
    for (const {billed_usd, calls_usd, reports_usd, lines_usd, other_usd, not_itemised_usd} of invoices) {
      const parts = [calls_usd, reports_usd, lines_usd, other_usd, not_itemised_usd].map(
        usd => parseUsd(usd)!,
      )
      expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(parseUsd(billed_usd))
    }
  })

  test('an invoice that reaches beyond the period is named and not compared', () => {
    const {closing} = toReport(reconciliation(['provider'], parsePeriod({until: '2026-11-10'}, 0)))
    expect(closing[0]).toBe(
      'invoice INV-0711 of openai reaches beyond this period (November 2026) and is not compared',
    )
  })
})

test('an empty database', () => {
  using fresh = openForWriting(':memory:')
  expect(() => loadReconciliation(fresh, {period: october, by: ['provider']})).toThrow(
    ':memory:: holds no usage',
  )
})

describe('--fail-on', () => {
  const found = (...rules: string[]) =>
    findingsIn(reconciliation().lines, parseDriftRules(rules)).map(finding => [
      finding.line.provider,
      findingText(finding),
    ])

  test.each<[string, string[][]]>([
    ['drift>20%', []],
    ['drift>2%', [['openai', '$8.84 of $351.00 breaks drift>2%']]],
    ['drift>8.5usd', [['openai', '$8.84 of $351.00 breaks drift>8.5usd']]],
    ['unbilled', [['anthropic', '$12.40 of $12.40 breaks unbilled']]],
    ['unbilled>100usd', []],
    ['undetailed>10%', [['aws', '$70.00 of $87.50 breaks undetailed>10%']]],
    ['unmatched', []],
    [
      'undetailed>10%|unbilled',
      [
        ['aws', '$70.00 of $87.50 breaks undetailed>10%'],
        ['anthropic', '$12.40 of $12.40 breaks unbilled'],
      ],
    ],
  ])('%s', (rule, expected) => expect(found(rule)).toEqual(expected))

  test.each(['drift', 'drift>', 'drift>1', 'drift<1%', 'owned', '', 'unbilled>5 %'])(
    '"%s" is no rule',
    text => {
      const error = (() => {
        try {
          return parseDriftRules([text])
        } catch (thrown) {
          return thrown
        }
      })()
      expect(error).toBeInstanceOf(UserError)
      expect(error).toMatchObject({
        message: `--fail-on "${text}" is not a rule`,
        exit: 2,
        mend: 'write drift>1%, drift>50usd, unbilled, undetailed or unmatched, these also with >N% or >Nusd, joined by |',
      })
    },
  )
})
