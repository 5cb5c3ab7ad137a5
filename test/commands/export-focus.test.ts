/** FOCUS files as a person writes them: versions, formats, periods, closed months, and what is said when it cannot be. */
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {asyncBufferFromFile, parquetReadObjects} from 'hyparquet'
import {expect, test} from 'vitest'
import {folderWith, venturi} from './cli.ts'
import {APRIL, CATALOG, log, MARCH} from './two-teams.ts'

function company() {
  const cwd = folderWith({
    'dumps/catalog.yaml': CATALOG,
    'dumps/march.jsonl': log(...MARCH),
    'dumps/april.jsonl': log(...APRIL),
    'late.jsonl': log({id: 'm9', day: '2025-03-30', usd: '8.00'}),
  })
  const run = (...args: string[]) => venturi(cwd, args, {env: {VENTURI_ACTOR: 'quill@fen.example'}})
  expect([run('ingest', 'dumps').status, run('attribute').status]).toEqual([0, 0])
  return {cwd, run, focus: (...args: string[]) => run('export', 'focus', ...args)}
}

test('to stdout, to files, as JSON about them', async () => {
  const {cwd, focus} = company()
  const {stdout, stderr} = focus('--period', '2025-03')
  expect(stdout).toMatch(/^AllocatedMethodDetails,.*\n.*2025-03-01T00:00:00Z/)
  expect(stderr).toContain('4 rows of 4 records, $7.750000001')
  expect(focus('--period', '2025-03', '--focus-version', '1.2').stdout).toMatch(/^BilledCost,/)

  const told = focus('--period', '2025-03', '--output', 'f.csv', '--json').json()
  expect(told).toMatchObject({
    ...{schema_version: '1', focus_version: '1.3', format: 'csv', file: 'f.csv'},
    ...{rows: 4, records: 4, unpriced_records: 0, unsettled: 0, totals: {billed_usd: '7.750000001'}},
    metadata: {FocusVersion: '1.3'},
  })
  expect(readFileSync(join(cwd, 'f.csv'), 'utf8')).toBe(stdout)

  expect(focus('--format', 'parquet', '--output', 'f.parquet').status).toBe(0)
  const rows = await parquetReadObjects({file: await asyncBufferFromFile(join(cwd, 'f.parquet'))})
  expect(rows.length).toBe(MARCH.length + APRIL.length)
  expect(rows[0]).toMatchObject({
    BillingCurrency: 'USD',
    InvoiceId: null,
    x_ChargebackEligible: expect.any(Boolean),
  })
})

test('a closed month stays as it was', () => {
  const {run, focus} = company()
  const before = focus('--period', '2025-03').stdout
  run('close', '2025-03')
  run('ingest', 'late.jsonl')
  run('override', 'add', '--of', 'm4', '--team', 'lakes', '--why', 'theirs')
  run('attribute', '--all')
  expect(focus('--period', '2025-03').stdout).toBe(before)
})

test('what cannot be says how to mend it, and writes nothing', () => {
  const {cwd, focus} = company()
  const told = (...args: string[]) => {
    const {status, stdout, stderr} = focus(...args)
    return [status, stdout, stderr]
  }
  expect(told('--format', 'parquet')).toEqual([
    2,
    '',
    'Parquet is not text\nTry this: name a file with --output\n',
  ])
  expect(focus('--json').json()).toMatchObject({
    error: {message: '--json would mix with the rows', exit_code: 2},
  })
  expect(told('--focus-version', '1.4', '--output', 'x.csv')[0]).toBe(2)
  expect(existsSync(join(cwd, 'x.csv'))).toBe(false)
})
