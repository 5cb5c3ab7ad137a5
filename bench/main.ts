/**
 * Measures venturi from outside, as whole processes, beside the floors that bound it. Never fails: it is no test.
 *
 * npm run bench [-- --rows N] [--runs N] [--json]
 * npm run bench -- --signatures N     attribute alone, for N signatures, a third and a tenth of them
 */
import {spawnSync} from 'node:child_process'
import {existsSync, mkdtempSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import Database from 'better-sqlite3'
import {type SpendLog, spendLog} from './generate.ts'
import {bySignatures} from './signatures.ts'

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(here)
const MOST_OUTPUT = 1 << 28

export interface Measure {
  readonly name: string
  readonly unit: 'rows/s' | 's' | 'ms' | 'MB'
  /** Null: could not be measured, and `remark` says why. */
  readonly value: number | null
  /** `≥ 300,000`, `< 500`; null for a floor. */
  readonly target: string | null
  readonly met: boolean | null
  readonly remark: string
}

interface Run {
  readonly status: number | null
  readonly output: string
  readonly error: string
  /** Milliseconds from start to exit. */
  readonly took: number
  /** Peak resident memory in MB; null where GNU time is not at hand. */
  readonly peak: number | null
}

const GNU_TIME = '/usr/bin/time'
const measuresPeak =
  existsSync(GNU_TIME) && spawnSync(GNU_TIME, ['-f', '%M', 'true'], {encoding: 'utf8'}).status === 0

function run(command: string, ...args: readonly string[]): Run {
  const start = performance.now()
  const measured = measuresPeak ? [GNU_TIME, '-q', '-f', '%M', command, ...args] : [command, ...args]
  const {status, stdout, stderr, error} = spawnSync(measured[0]!, measured.slice(1), {
    encoding: 'utf8',
    maxBuffer: MOST_OUTPUT,
  })
  const took = performance.now() - start
  const peak = measuresPeak ? Number(stderr?.trimEnd().split('\n').at(-1)) : Number.NaN
  return {
    status: error ? null : status,
    output: stdout ?? '',
    error: stderr ?? '',
    took,
    peak: Number.isFinite(peak) ? Math.round(peak / 1024) : null,
  }
}

const venturi = (...args: readonly string[]): Run =>
  run(process.execPath, join(root, 'bin', 'run.js'), ...args)

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

const measure = (
  name: string,
  unit: Measure['unit'],
  value: number | null,
  target: {readonly least?: number; readonly most?: number} = {},
  remark = '',
): Measure => {
  const {least, most} = target
  const bound = least ?? most
  const shown = bound?.toLocaleString('en-US', {maximumFractionDigits: 0})
  return {
    name,
    unit,
    value,
    target: shown === undefined ? null : `${least === undefined ? '<' : '≥'} ${shown}`,
    met: value === null || bound === undefined ? null : least === undefined ? value < bound : value >= least,
    remark,
  }
}

const perSecond = (rows: number, milliseconds: number): number => Math.round((rows / milliseconds) * 1000)

/** Why a run gave no figure: the command is not there yet, or its first line of complaint. */
function complaint({status, error}: Run): string {
  if (status === null) return 'could not be started'
  if (/command .* not found/i.test(error)) return 'not there yet'
  return `exit ${status}: ${error.trim().split('\n')[0] ?? ''}`.slice(0, 60)
}

function floorsOf(log: SpendLog, rows: number, folder: string): Measure[] {
  const found: Measure[] = []
  if (run('sqlite3', '--version').status === 0) {
    const {status, took, ...rest} = run(
      'sqlite3',
      join(folder, 'import.db'),
      `.import --csv "${log.csv.replaceAll('\\', '/')}" spend`,
    )
    const done = status === 0
    found.push(
      measure(
        'floor: sqlite3 .import',
        'rows/s',
        done ? perSecond(rows, took) : null,
        {},
        done ? 'the same rows as CSV into text columns, no key' : complaint({status, took, ...rest}),
      ),
    )
  } else found.push(measure('floor: sqlite3 .import', 'rows/s', null, {}, 'no sqlite3 on this machine'))
  const bare = run(process.execPath, join(here, 'floor-insert.ts'), log.csv, join(folder, 'bare.db'))
  found.push(
    measure(
      'floor: bare inserts',
      'rows/s',
      bare.status === 0 ? perSecond(rows, Number(bare.output)) : null,
      {},
      bare.status === 0 ? 'better-sqlite3, rows already parsed, no key' : complaint(bare),
    ),
  )
  return found
}

interface Floors {
  readonly sqliteImport: number | null
  readonly bareInsert: number | null
}

const beside = (speed: number, floor: number | null): string =>
  floor === null ? '' : `${(speed / floor).toFixed(2)} × the bare insert`

function ingest(
  log: SpendLog,
  rows: number,
  database: string,
  {sqliteImport, bareInsert}: Floors,
): Measure[] {
  const result = venturi('ingest', log.jsonl, '--db', database)
  if (result.status !== 0) return [measure('ingest', 'rows/s', null, {}, complaint(result))]
  const speed = perSecond(rows, result.took)
  const megabytes = statSync(log.jsonl).size / 1e6
  return [
    measure(
      'ingest JSON Lines',
      'rows/s',
      speed,
      {least: 300_000},
      `${Math.round((megabytes / result.took) * 1000)} MB/s, ${Math.round((megabytes * 1e6) / rows)} bytes a row; ${beside(speed, bareInsert)}`,
    ),
    measure(
      'ingest beside .import',
      'rows/s',
      speed,
      sqliteImport === null ? {} : {least: sqliteImport},
      sqliteImport === null ? '' : `${(speed / sqliteImport).toFixed(2)} times as fast`,
    ),
    measure(
      'ingest, peak memory',
      'MB',
      result.peak,
      {most: 500},
      result.peak === null ? 'needs GNU time at /usr/bin/time' : '',
    ),
  ]
}

/** Another way to say the same rows, into a database of its own. */
function ingestAlso(name: string, file: string, rows: number, folder: string, {bareInsert}: Floors): Measure {
  const result = venturi('ingest', file, '--db', join(folder, `${name}.db`))
  if (result.status !== 0) return measure(`ingest ${name}`, 'rows/s', null, {}, complaint(result))
  const speed = perSecond(rows, result.took)
  return measure(
    `ingest ${name}`,
    'rows/s',
    speed,
    {},
    `${beside(speed, bareInsert)}; ${result.peak ?? '?'} MB`,
  )
}

/** Pricing alone, in a process of its own so that its code is as warm as at ingest. */
function pricing(): Measure[] {
  const result = run(process.execPath, join(here, 'pricing.ts'))
  if (result.status !== 0) return [measure('prices', 'rows/s', null, {}, complaint(result))]
  const [floor = 0, priced = 0] = result.output.split(' ').map(Number)
  return [
    measure('floor: multiply and add', 'rows/s', floor, {}, 'four counts by four whole numbers'),
    measure(
      'prices',
      'rows/s',
      priced,
      {least: 1_000_000},
      `${(floor / priced).toFixed(0)} times the floor, ${Math.round(1e9 / priced)} ns a row`,
    ),
  ]
}

function attribute(database: string): Measure {
  const result = venturi('attribute', '--db', database)
  const done = result.status === 0
  return measure(
    'attribute',
    's',
    done ? Math.round(result.took / 100) / 10 : null,
    {most: 5},
    done ? '' : complaint(result),
  )
}

/** The median of several runs after one that warms the caches. */
function short(name: string, most: number, runs: number, args: readonly string[]): Measure {
  const first = venturi(...args)
  if (first.status !== 0) return measure(name, 'ms', null, {most}, complaint(first))
  const took = Array.from({length: runs}, () => venturi(...args).took)
  const range = `${Math.round(Math.min(...took))} to ${Math.round(Math.max(...took))} in ${runs} runs`
  return measure(name, 'ms', Math.round(median(took)), {most}, range)
}

function someRecord(database: string): string {
  if (!existsSync(database)) return 'none'
  const store = new Database(database, {readonly: true})
  try {
    const id = store.prepare('SELECT id FROM usage ORDER BY day DESC LIMIT 1').pluck().get()
    return String(id ?? 'none')
  } finally {
    store.close()
  }
}

function table(measures: readonly Measure[]): string {
  const verdict = ({met}: Measure) => (met === null ? '' : met ? 'yes' : 'no')
  const rows = measures.map(found => [
    found.name,
    found.value === null ? '–' : `${found.value.toLocaleString('en-US')} ${found.unit}`,
    found.target === null ? '' : found.target,
    verdict(found),
    found.remark,
  ])
  const all = [['what', 'measured', 'target', 'met', 'remark'], ...rows]
  const widths = all[0]!.map((_, column) => Math.max(...all.map(row => row[column]!.length)))
  return all
    .map(row =>
      row
        .map((cell, column) =>
          column === 1 || column === 2 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const {values: options} = parseArgs({
  options: {
    rows: {type: 'string', default: '1000000'},
    runs: {type: 'string', default: '5'},
    json: {type: 'boolean', default: false},
    signatures: {type: 'string'},
  },
})
if (options.signatures !== undefined) {
  const most = Number(options.signatures)
  process.stdout.write(`${bySignatures([10, 3, 1].map(part => Math.ceil(most / part)))}\n`)
  process.exit()
}
const [rows, runs] = [Number(options.rows), Number(options.runs)]
const folder = mkdtempSync(join(tmpdir(), 'venturi-bench-'))
try {
  process.stderr.write(`${rows.toLocaleString('en-US')} rows, Node ${process.version}\n`)
  const log = spendLog(rows)
  const database = join(folder, 'venturi.db')
  const below = floorsOf(log, rows, folder)
  const floors = {sqliteImport: below[0]!.value, bareInsert: below[1]!.value}
  const measures = [
    ...below,
    ...ingest(log, rows, database, floors),
    ingestAlso('CSV', log.csv, rows, folder, floors),
    ingestAlso('OTLP', log.otlp, rows, folder, floors),
    ...pricing(),
    attribute(database),
    short('report ledger', 300, runs, ['report', 'ledger', '--db', database]),
    short('explain, cold start', 400, runs, ['explain', someRecord(database), '--db', database]),
    short('--help', 200, runs, ['--help']),
  ]
  process.stdout.write(
    options.json
      ? `${JSON.stringify({rows, runs, node: process.version, measures}, null, 2)}\n`
      : `${table(measures)}\n`,
  )
} finally {
  rmSync(folder, {recursive: true, force: true})
}
