/** The views end to end: flags in, text, JSON and exit code out, on a real database file. */
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import Explain from '../../src/commands/explain.ts'
import ExportRecords from '../../src/commands/export/records.ts'
import Report from '../../src/commands/report.ts'
import {lenses} from '../../src/report/lenses/index.ts'
import {acme} from '../report/acme.ts'

const folder = mkdtempSync(join(tmpdir(), 'venturi-views-'))
const db = join(folder, 'acme.db')
acme(db).store[Symbol.dispose]()
afterAll(() => rmSync(folder, {recursive: true}))

let out = ''
let err = ''
beforeEach(() => {
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation(((text: string | Uint8Array, ...rest: unknown[]) => {
    out += String(text)
    for (const done of rest) if (typeof done === 'function') done()
    return true
  }) as never)
  vi.spyOn(process.stderr, 'write').mockImplementation((text => {
    err += String(text)
    return true
  }) as typeof process.stderr.write)
  vi.spyOn(console, 'log').mockImplementation(text => {
    out += `${text}\n`
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
})

const run = async (command: typeof Report | typeof Explain | typeof ExportRecords, ...args: string[]) => {
  await command.run([...args, '--db', db], process.cwd())
  return {out, err, exit: process.exitCode ?? 0}
}

describe('report', () => {
  test('ledger is the default', async () => {
    expect((await run(Report)).out).toMatch(/^AI spend by owner\n2026-10-14 to 2026-10-18/)
  })

  test('--json', async () => {
    const {out: text} = await run(Report, 'ledger', '--period', '2026-10', '--json')
    expect(JSON.parse(text)).toMatchObject({
      schema_version: '1',
      period: {since: '2026-10-01T00:00:00Z', until: '2026-11-01T00:00:00Z'},
      as_of: 'event',
      totals: {owned_usd: '42785.8142', unpriced_records: 1},
      chargeback_ready_workloads: 2,
    })
  })

  test('--format json and --json are the same', async () => {
    const plain = (await run(Report, 'chargeback', '--format', 'json')).out
    out = ''
    expect((await run(Report, 'chargeback', '--json')).out).toBe(plain)
  })

  test('--format csv', async () => {
    expect((await run(Report, 'chargeback', '--format', 'csv')).out).toMatch(
      /^table,organization,budget,cost_usd/,
    )
  })

  describe('all', () => {
    const ids = lenses.map(({id}) => id)
    const all = async (format: string) =>
      (await run(Report, 'all', '--period', '2026-10', '--format', format)).out
    const RECONCILED =
      /^owned \$42,785.8142 \+ contested \$6,100.010000001 \+ unresolved \$3,400.00 = total \$52,285.824200001; billed/

    test('json has every lens under its id, as it is alone', async () => {
      const {schema_version, ...each} = JSON.parse(await all('json'))
      expect([schema_version, Object.keys(each)]).toEqual(['1', ids])
      for (const id of ids) {
        out = ''
        const {schema_version: _, ...alone} = JSON.parse(
          (await run(Report, id, '--period', '2026-10', '--json')).out,
        )
        expect(each[id]).toEqual(alone)
      }
    })

    test('text has every lens as it is alone, and reconciles in its last line', async () => {
      const book = await all('markdown')
      for (const id of ids) {
        out = ''
        expect(book).toContain(
          (await run(Report, id, '--period', '2026-10', '--format', 'markdown')).out.trim(),
        )
      }
      expect(book.trim().split('\n').at(-1)!.replaceAll(/[*\\]/g, '')).toMatch(RECONCILED)
      out = ''
      const table = (await all('table')).trim().split('\n\n').at(-1)!
      expect(table.replaceAll('\n', ' ')).toMatch(RECONCILED)
    })

    test('csv is one table whose first column says of which lens', async () => {
      const [, ...lines] = (await all('csv')).trim().split('\n')
      const told = new Set(lines.map(line => line.slice(0, line.indexOf('.'))))
      // A lens without a row has no line.
      expect([...told]).toEqual(ids.filter(id => told.has(id)))
      expect(told.size).toBeGreaterThan(ids.length / 2)
    })

    test('html has a contents of them all', async () => {
      const page = await all('html')
      expect([...page.matchAll(/<a href="#([\w-]+)">/g)].map(([, id]) => id)).toEqual(ids)
      for (const id of ids) expect(page).toContain(`<section class="lens" id="${id}"`)
      const named = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
      expect(new Set(named).size).toBe(named.length)
      const opened = [...page.matchAll(/ popovertarget="([^"]+)"/g)].map(([, id]) => id)
      expect(opened.filter(id => !named.includes(id))).toEqual([])
    })
  })

  test.each([[['nonsense']], [['--period', '2026-13']], [['--since', 'soon']], [['--format', 'pdf']]])(
    '%j is wrong usage',
    async args => {
      const {out: text, err: told, exit} = await run(Report, ...args)
      expect([text, exit]).toEqual(['', 2])
      expect(told).toContain('Try this: ')
    },
  )
})

test('facts newer than their attribution are remarked on, beside the report', async () => {
  const stale = join(folder, 'stale.db')
  const {store} = acme(stale)
  store.database.exec(`INSERT INTO meta VALUES ('changed', '1')`)
  store[Symbol.dispose]()
  await Report.run(['--db', stale], process.cwd())
  expect(err).toContain(
    'Something has been read or decided since the last attribution: owners may be out of date. Try this: venturi attribute.\n',
  )
})

describe('explain', () => {
  test('one record', async () => {
    const {out: text} = await run(Explain, 'chatcmpl-heron-0001', '--json')
    const {schema_version, record, waterfall, log_odds} = JSON.parse(text)
    expect([schema_version, record.event_id, waterfall.length, log_odds]).toEqual([
      '1',
      'chatcmpl-heron-0001',
      3,
      3.708,
    ])
  })

  test('not found', async () => {
    const {err: told, exit} = await run(Explain, 'chatcmpl-zebra')
    expect(exit).toBe(2)
    expect(told).toMatch(/^chatcmpl-zebra: no such record\nTry this: one of the nearest: attr_/)
  })
})

describe('export records', () => {
  test('to stdout', async () => {
    const {out: text} = await run(ExportRecords, '--period', '2026-10')
    expect(text.trimEnd().split('\n')).toHaveLength(8)
  })

  test('to a file', async () => {
    const file = join(folder, 'records.csv')
    const {out: text} = await run(ExportRecords, '--format', 'csv', '--output', file, '--json')
    expect(JSON.parse(text)).toEqual({
      schema_version: '1',
      format: 'csv',
      output: file,
      records: 8,
      unsettled: 0,
    })
    expect(readFileSync(file, 'utf8').split('\n')[0]).toMatch(/^id,schema_version,event_id/)
  })

  test('--json without a file', async () => {
    const {exit, out: text} = await run(ExportRecords, '--json')
    expect(exit).toBe(2)
    expect(JSON.parse(text).error.mend).toBe('name a file with --output')
  })
})
