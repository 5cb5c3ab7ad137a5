/** A folder of everything: each file by the right connector, a truthful summary, and nothing new the second time. */
import {cpSync, mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {listFiles} from '../src/connectors/files.ts'
import {connectors} from '../src/connectors/index.ts'
import {type IngestSummary, ingestFiles, totalsOf} from '../src/connectors/ingest.ts'
import {openForWriting} from '../src/store/open.ts'

const SAMPLES = 'fixtures/connectors'
const folder = mkdtempSync(join(tmpdir(), 'venturi-mixed-'))
const store = openForWriting(join(folder, 'v.db'))
const dumps = join(folder, 'dumps')
let first: IngestSummary
let again: IngestSummary

const ingest = async () =>
  await ingestFiles(store, await listFiles(['dumps'], folder), {price: () => null, mostIssues: 10_000})

beforeAll(async () => {
  cpSync(SAMPLES, dumps, {
    recursive: true,
    filter: source => !/(^|\/)(expected|LICENSES\.md|\.DS_Store)(\/|$)/.test(source),
  })
  first = await ingest()
  again = await ingest()
}, 300_000)

afterAll(() => {
  store[Symbol.dispose]()
  rmSync(folder, {recursive: true, force: true})
})

const placeOf = (path: string): string =>
  path
    .split('/dumps/')
    .at(-1)!
    .replace(/^dumps\//, '')

test('every file of every format is there', () => {
  expect(new Set(first.files.map(({path}) => placeOf(path).split('/')[0]))).toEqual(
    new Set(readdirSync(SAMPLES)),
  )
})

test('each is read by its own connector', () => {
  const wrong = first.files
    .map(({path, format, status}) => ({path: placeOf(path), format, status}))
    .filter(({path, format}) => format !== 'empty' && format !== path.split('/')[0])
  expect(wrong).toEqual([])
  expect([...new Set(first.files.map(({status}) => status))].sort()).toEqual(['ingested'])
  expect(new Set(first.files.map(({format}) => format).filter(format => format !== 'empty'))).toEqual(
    new Set(connectors.map(({id}) => id as string)),
  )
})

test('the summary counts what the store holds', () => {
  const {rows, issues} = totalsOf(first.files)
  const count = (sql: string) => store.database.prepare(sql).pluck().get() as number
  expect(rows).toBeGreaterThan(1000)
  expect(first.issues.length).toBe(issues)
  expect(count('SELECT count(*) FROM issue')).toBe(issues)
  expect(count('SELECT sum(rows) FROM batch')).toBe(rows)
})

test('the second time nothing is new', () => {
  const changed = again.files.filter(({status, format}) => status !== 'unchanged' && format !== 'empty')
  expect(changed).toEqual([])
  expect({...totalsOf(again.files), files: 0}).toEqual({
    files: 0,
    rows: 0,
    facts: 0,
    duplicates: 0,
    issues: 0,
  })
})
