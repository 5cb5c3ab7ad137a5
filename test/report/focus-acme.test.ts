/** The bundled company as FOCUS: every rule that applies, the ledger's total, its invoices, and back again. */
import {closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parse} from 'csv-parse/sync'
import {parquetReadObjects} from 'hyparquet'
import {fileWriter} from 'hyparquet-writer'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {loadTruth} from '../../fixtures/generate/truth.ts'
import {listFiles} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import {attributeStore, readWorld} from '../../src/engine/run.ts'
import type {AttributeSummary} from '../../src/engine/summary.ts'
import {type FocusRow, focusTable} from '../../src/model/focus.ts'
import {formatUsd, parseUsd} from '../../src/model/money.ts'
import {FocusExport, focusToCsv} from '../../src/report/focus/export.ts'
import {writeFocusParquet} from '../../src/report/formats/focus-parquet.ts'
import {loadBooks} from '../../src/report/load-books.ts'
import {explainedRecordsOf} from '../../src/report/load-closed.ts'
import {isPersonal} from '../../src/server/graph/people.ts'
import {loadModel} from '../../src/server/model/load.ts'
import {priceRows} from '../../src/server/price-rows.ts'
import {openForReading, openForWriting} from '../../src/store/open.ts'
import type {WritableStore} from '../../src/store/query.ts'
import {venturi} from '../commands/cli.ts'
import {datasetOf, judge, listed, tally} from './focus-rules.ts'

const EVERYTHING = {from: null, to: null}
/** What is in this company's bills: use measured in tokens, projects and workspaces, accounts of several kinds, regions, tags. */
const OURS = [
  'USAGE_MEASUREMENT_SUPPORTED',
  'SUB_ACCOUNT_SUPPORTED',
  'MULTIPLE_SUB_ACCOUNT_TYPES_SUPPORTED',
  'MULTIPLE_BILLING_ACCOUNT_TYPES_SUPPORTED',
  'REGION_SUPPORTED',
  'TAGGING_SUPPORTED',
]

type Line = {readonly [column: string]: string}
const usd = (text: string): bigint => parseUsd(text)!
const sum = (amounts: Iterable<bigint>): bigint => [...amounts].reduce((total, amount) => total + amount, 0n)

describe('the bundled company as FOCUS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'venturi-focus-'))
  const oracle = loadTruth('fixtures/acme')
  const {model} = loadModel({}, '')
  let csv: string
  /** Every bucket and line of a bill, and every seventh call: rows of 1.2 for the rules, which are many. */
  let sample: string
  let store: WritableStore
  let summary: AttributeSummary
  let lines: readonly Line[]
  const rowsNow = () =>
    new FocusExport().rowsOf(explainedRecordsOf(store, EVERYTHING, {unsettled: 0}), loadBooks(store))

  beforeAll(async () => {
    store = openForWriting(join(folder, 'acme.db'))
    await ingestFiles(store, await listFiles(['fixtures/acme'], process.cwd()), {price: priceRows({})})
    summary = attributeStore(store, {model})
    csv = [...focusToCsv(focusTable('1.3'), rowsNow())].join('')
    sample = [...focusToCsv(focusTable('1.2'), sampled(rowsNow()))].join('')
    lines = parse(csv, {columns: true}) as Line[]
  }, 240_000)
  afterAll(() => {
    store[Symbol.dispose]()
    rmSync(folder, {recursive: true})
  })

  test('keeps every rule of 1.2 that applies', () => {
    const verdicts = judge(datasetOf(sample), OURS)
    expect(listed(verdicts, 'failed', 'advised')).toEqual([])
    expect(tally(verdicts)).toEqual({
      ...{passed: 199, alternative: 3, permitted: 1, criteria: 183, absent: 4, 'no rows': 16, prose: 215},
    })
  })

  test('and of SKUs and prices, but for the columns that a price list would fill', () => {
    const priced = judge(datasetOf(sample), [
      ...OURS,
      'PUBLIC_PRICE_LIST_SUPPORTED',
      'UNIT_PRICING_SUPPORTED',
    ])
    expect(listed(priced, 'failed', 'advised').map(line => line.slice(line.indexOf(':') + 2))).toEqual([
      expect.stringMatching(/^ListUnitPrice MUST be present/),
      expect.stringMatching(/^SkuPriceDetails MUST be present/),
      expect.stringMatching(/^The CostAndUsage dataset/),
      expect.stringMatching(/^The CostAndUsage dataset/),
    ])
    expect(priced.get('SkuPriceId-C-008-M')?.status).toBe('passed')
  })

  test('its words on consumption, which the model checks the wrong way round', () => {
    const use = lines.filter(({ChargeCategory}) => ChargeCategory === 'Usage')
    expect(use.length).toBeGreaterThan(60_000)
    expect(
      use.filter(({ConsumedQuantity, ConsumedUnit}) => ConsumedQuantity === '' || ConsumedUnit === ''),
    ).toEqual([])
  })

  test('BilledCost sums to the ledger, by class too', () => {
    const of = (spend: string) =>
      formatUsd(sum(lines.filter(row => row.x_SpendClass === spend).map(row => usd(row.BilledCost!))))
    expect(formatUsd(sum(lines.map(row => usd(row.BilledCost!))))).toBe(summary.ledger.total_usd)
    expect([of('owned'), of('contested'), of('unresolved')]).toEqual([
      summary.ledger.owned_usd,
      summary.ledger.contested_usd,
      summary.ledger.unresolved_usd,
    ])
  })

  test('every invoice is the sum of its rows', () => {
    const found = new Map<string, bigint>()
    for (const {InvoiceId, BilledCost} of lines)
      found.set(InvoiceId!, (found.get(InvoiceId!) ?? 0n) + usd(BilledCost!))
    const bills = store.database
      .prepare('SELECT invoice, amount_nanos AS amount FROM invoiced')
      .safeIntegers()
      .all() as {
      invoice: string
      amount: bigint
    }[]
    expect(bills.length).toBe(oracle.truth.bills.length)
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(bills.map(({invoice, amount}) => [invoice, amount])),
    )
  })

  test('parts of a split are whole: ratios sum to one, costs and tokens to the record', () => {
    const parts = Map.groupBy(
      lines.filter(({AllocatedMethodId}) => AllocatedMethodId !== ''),
      ({x_AttributionId}) => x_AttributionId!,
    )
    const whole = new Map(
      [...explainedRecordsOf(store, EVERYTHING, {unsettled: 0})].map(({record}) => [record.id, record]),
    )
    expect(parts.size).toBeGreaterThan(4_000)
    for (const [id, rows] of parts) {
      const ratios = rows.map(
        row => JSON.parse(row.AllocatedMethodDetails!).Elements[0].AllocatedRatio as number,
      )
      expect(ratios.reduce((total, ratio) => total + Math.round(ratio * 1_000_000), 0)).toBe(1_000_000)
      expect(rows.filter(row => row.AllocatedResourceId === '').length).toBeLessThan(2)
      const record = whole.get(id)
      if (record === undefined) continue
      expect(formatUsd(sum(rows.map(row => usd(row.BilledCost!))))).toBe(record.cost.billed_usd)
      expect(sum(rows.map(row => BigInt(row.x_InputTokens || 0)))).toBe(
        BigInt(record.usage.input_tokens ?? 0),
      )
    }
  })

  test('names nobody', () => {
    const {graph} = readWorld(store, [], Date.now())
    const people = graph.nodes.filter(isPersonal)
    // OpenAI gives service accounts ids of the same shape, and one may be told as both.
    const accounts = new Set(
      graph.nodes
        .flatMap(({aliases}) => aliases)
        .filter(known => known.startsWith('openai:service_account/'))
        .map(known => known.slice(known.indexOf('/') + 1)),
    )
    expect(people.length).toBeGreaterThan(50)
    const ids = people.flatMap(({name, aliases}) => [
      name,
      ...aliases.map(known => known.slice(known.search(/[/:]/) + 1)),
      ...aliases.map(known => known.slice(known.lastIndexOf('/') + 1)),
    ])
    const words = new Set(csv.split(/[\s,"/?&=:;{}()]+/))
    // Requests have ids of numbers, and so have workers.
    const told = ids.filter(id => !/^\d+$/.test(id) && !accounts.has(id) && words.has(id))
    expect([...new Set(told)]).toEqual([])
  })

  test('our own connector reads it back: the same total and tokens of every kind', () => {
    writeFileSync(join(folder, 'focus.csv'), csv)
    const run = (...args: string[]) => venturi(folder, [...args, '--db', 'back.db', '--json'])
    expect(run('ingest', 'focus.csv').json().totals).toMatchObject({issues: 0})
    expect(run('attribute').json().ledger.total_usd).toBe(summary.ledger.total_usd)
    using back = openForReading(join(folder, 'back.db'))
    const tokens = back.database
      .prepare(
        'SELECT sum(input_tokens) AS i, sum(output_tokens) AS o, sum(cache_read_tokens) AS r, sum(cache_write_tokens) AS w FROM usage',
      )
      .get()
    const total = (column: string) => Number(sum(lines.map(line => BigInt(line[column] || 0))))
    expect(tokens).toEqual({
      i: total('x_InputTokens'),
      o: total('x_OutputTokens'),
      r: total('x_CacheReadTokens'),
      w: total('x_CacheWriteTokens'),
    })
  }, 120_000)

  test('Parquet holds the same, exactly', async () => {
    const path = join(folder, 'focus.parquet')
    const table = focusTable('1.3')
    writeFocusParquet(table, rowsNow(), fileWriter(path), {FocusVersion: '1.3', DataGenerator: 'venturi'})
    const file = fileOf(path)
    const rows = await parquetReadObjects({
      file,
      columns: ['BilledCost', 'x_SpendClass', 'ChargePeriodStart', 'Tags', 'PricingQuantity'],
    })
    expect(rows.length).toBe(lines.length)
    // The reader gives decimals as floats: what is written is whole nano-dollars, so rounding to them is exact.
    expect(rows.map(row => BigInt(Math.round(Number(row.BilledCost) * 1e9)))).toEqual(
      lines.map(line => usd(line.BilledCost!)),
    )
    for (const at of [0, 1, 20_001, lines.length - 1]) {
      const [row, line] = [rows[at]!, lines[at]!]
      expect([row.x_SpendClass, row.Tags ?? '']).toEqual([line.x_SpendClass, line.Tags])
      expect((row.ChargePeriodStart as Date).toISOString().replace('.000Z', 'Z')).toBe(line.ChargePeriodStart)
      expect(Number(row.PricingQuantity)).toBeCloseTo(Number(line.PricingQuantity), 6)
    }
  }, 120_000)
})

function* sampled(rows: Iterable<FocusRow>): Generator<FocusRow> {
  let calls = 0
  for (const row of rows) if (row.x_Granularity !== 'request' || calls++ % 7 === 0) yield row
}

function fileOf(path: string) {
  const {size} = statSync(path)
  return {
    byteLength: size,
    slice(from: number, to = size): ArrayBuffer {
      const bytes = Buffer.alloc(to - from)
      const file = openSync(path, 'r')
      readSync(file, bytes, 0, to - from, from)
      closeSync(file)
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    },
  }
}
