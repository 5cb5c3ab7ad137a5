/** The README's first command, run once as a process of its own, because it reads a whole company. */
import {existsSync, mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {billsToText, show, shownToJson, shownToText} from '../../src/server/demo/show.ts'
import {openForReading} from '../../src/store/open.ts'
import {venturi} from './cli.ts'

const home = mkdtempSync(join(tmpdir(), 'venturi-test-'))
const temp = mkdtempSync(join(tmpdir(), 'venturi-test-'))
afterAll(() => {
  for (const folder of [home, temp]) rmSync(folder, {recursive: true, force: true})
})

let demo: ReturnType<typeof venturi>
beforeAll(() => {
  demo = venturi(home, ['demo', '--json'], {env: {TMPDIR: temp, VENTURI_DB: join(home, 'mine.db')}})
}, 180_000)

test('one object, money as text, and the bills are the total', () => {
  expect(demo.status).toBe(0)
  const {schema_version, ledger, explanation, reconciliation} = demo.json()
  expect(schema_version).toBe('1')
  expect(reconciliation).toMatchObject({invoices: 3, difference_usd: '0.00'})
  expect(reconciliation.billed_usd).toMatch(/^\d{5}\.\d\d$/)
  expect(reconciliation.total_usd).toBe(reconciliation.billed_usd)
  expect(ledger.totals.total_usd).toBe(reconciliation.total_usd)
  expect(explanation.record).toMatchObject({spend_class: 'owned', granularity: 'request'})
  const {evidence_basis} = explanation.record.interpretation
  expect(new Set(evidence_basis).size).toBeGreaterThanOrEqual(2)
})

test('stages with seconds, the database and what to do with it go to stderr', () => {
  const [first, read, attributed, last, ...rest] = demo.stderr.trimEnd().split('\n')
  const {db} = demo.json()
  expect(first).toMatch(/^reading the bundled company, \d+ files, into /)
  expect(first!.endsWith(db)).toBe(true)
  expect(read).toMatch(/^read [\d,]+ rows, \d+ issues \(\d+\.\d s\)$/)
  expect(attributed).toMatch(/^attributed [\d,]+ records by [\d,]+ signatures \(\d+\.\d s\)$/)
  expect(last).toMatch(/^added up the ledger and explained one record \(\d+\.\d s\)$/)
  expect(rest).toEqual([
    '',
    'Look further:',
    `  venturi report ledger --db ${db}`,
    `  venturi doctor --db ${db}`,
  ])
  expect(existsSync(db)).toBe(true)
})

test("the database is a temporary one, never the user's", () => {
  expect(readdirSync(home)).toEqual([])
  expect(readdirSync(temp).filter(name => name.startsWith('venturi'))).toHaveLength(1)
  expect(demo.json().db.startsWith(join(temp, 'venturi-demo-'))).toBe(true)
})

test('the ledger and the record are those of the other commands', () => {
  const {db, ledger, explanation} = demo.json()
  expect(venturi(home, ['report', 'ledger', '--json', '--db', db]).json()).toMatchObject(ledger)
  const explained = venturi(home, ['explain', explanation.record.id, '--json', '--db', db]).json()
  expect(explained).toMatchObject(explanation)
})

test('text: the ledger, one explained record, and the line that reconciles', () => {
  using store = openForReading(demo.json().db)
  const shown = show(store)
  const text = shownToText(shown, {width: 80, colour: false})
  expect(text).toMatch(/^AI spend by owner\nOctober 2026/)
  expect(text).toMatch(/\nWeighing .+, in log-odds\n/)
  expect(text).toMatch(/\nbills \(3 invoices\) (\$[\d,.]+) = total \1$/)
  expect(demo.json()).toMatchObject(JSON.parse(JSON.stringify(shownToJson(shown))))
})

test('bills that do not meet the records say so', () => {
  const bills = {invoices: 1, billed: 2_000_000_000n, total: 1_999_999_999n}
  expect(billsToText(bills)).toBe('bills (1 invoice) $2.00 ≠ total $1.999999999')
})
