import {cpSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gunzipSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {openForReading} from '../src/store/open.ts'
import {venturi} from './commands/cli.ts'

/** Every content, secret, phone, salary and address field of the fixtures holds it. */
const CANARY = /canary/i
/** How keys and tokens begin. A whole word: `task-9f31` is none. */
const SECRET =
  /(?<![\w-])(sk-(?:ant-|proj-|svcacct-|admin-)?[\w.]{4,}|AKIA[A-Z0-9]{8,}|ghp_\w{8,}|xox[abp]-\w+|eyJ[\w-]{10,}\.)/

const unzipped = (file: string): string => {
  const bytes = readFileSync(file)
  try {
    return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('latin1')
  } catch {
    return ''
  }
}
const filesOf = (folder: string): string[] =>
  readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))

/** The word with what stands around it, so that a failure says where it leaked. */
const leaks = (text: string, word: RegExp): string[] =>
  [...text.matchAll(new RegExp(word.source, `g${word.flags}`))]
    .slice(0, 3)
    .map(({index}) => text.slice(Math.max(0, index - 60), index + 60))

const folder = mkdtempSync(join(tmpdir(), 'venturi-privacy-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))
let said: {readonly [command: string]: string} = {}

// One world for all: reading it takes a while.
beforeAll(() => {
  cpSync('fixtures/acme', join(folder, 'dumps', 'acme'), {recursive: true})
  cpSync('fixtures/connectors', join(folder, 'dumps', 'samples'), {
    recursive: true,
    filter: path => !/\/expected$/.test(path),
  })
  const run = (...args: string[]) => {
    const {status, stdout, stderr} = venturi(folder, [...args, '--db', 'v.db'])
    return status === 0 ? `${stdout}\n${stderr}` : `${args.join(' ')} exited ${status}: ${stderr}`
  }
  const ingest = run('ingest', 'dumps', '--json')
  const attribute = run('attribute')
  const days = ['--since', '2026-10-14', '--until', '2026-10-15']
  const records = run('export', 'records', ...days)
  const {id} = JSON.parse(records.slice(0, records.indexOf('\n'))) as {id: string}
  said = {
    ingest,
    attribute,
    records,
    csv: run('export', 'records', ...days, '--format', 'csv'),
    ledger: run('report', 'ledger'),
    html: run('report', 'ledger', '--format', 'html'),
    chargeback: run('report', 'chargeback', '--json'),
    lenses: run('report', 'all', '--json'),
    page: run('report', 'all', '--format', 'html'),
    focus: run('export', 'focus', ...days),
    doctor: run('doctor', '--json'),
    explain: run('explain', id),
    issues: run('doctor'),
  }
}, 240_000)

test('there is something to leak', () => {
  const texts = filesOf(join(folder, 'dumps')).map(unzipped)
  expect(texts.filter(text => CANARY.test(text)).length).toBeGreaterThan(150)
  expect(texts.filter(text => SECRET.test(text)).length).toBeGreaterThan(15)
  using store = openForReading(join(folder, 'v.db'))
  expect(store.database.prepare('SELECT count(*) FROM usage').pluck().get()).toBeGreaterThan(50_000)
})

describe.each([
  ['content', CANARY],
  ['a secret or a part of one', SECRET],
])('%s', (_, word) => {
  test('is in no text of any table', () => {
    using store = openForReading(join(folder, 'v.db'))
    const found: string[] = []
    const tables = store.database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all() as string[]
    for (const table of tables) {
      const columns = store.database
        .prepare('SELECT name FROM pragma_table_info(?) WHERE type = ?')
        .pluck()
        .all(table, 'TEXT') as string[]
      for (const column of columns)
        for (const value of store.database
          .prepare(`SELECT DISTINCT "${column}" FROM "${table}" WHERE "${column}" IS NOT NULL`)
          .pluck()
          .iterate())
          if (word.test(String(value))) found.push(`${table}.${column}: ${value}`)
    }
    expect(found.slice(0, 10)).toEqual([])
  })

  test('is in no byte of the database', () => {
    for (const file of readdirSync(folder).filter(name => name.startsWith('v.db')))
      expect(leaks(readFileSync(join(folder, file), 'latin1'), word), file).toEqual([])
  })

  test('is in nothing that any command says', () => {
    for (const [command, text] of Object.entries(said)) {
      expect(text, command).not.toMatch(/ exited \d+: /)
      expect(leaks(text, word), command).toEqual([])
    }
  })
})

test('a page names nobody, though answers do', () => {
  using store = openForReading(join(folder, 'v.db'))
  const names = store.database
    .prepare(
      "SELECT DISTINCT name FROM entity WHERE kind = 'identity' AND alias GLOB '*:user/*' AND name IS NOT NULL AND ifnull(type, '') NOT IN ('service_account', 'bot', 'api_key', 'app')",
    )
    .pluck()
    .all() as string[]
  const named = (text: string): string[] => {
    const words = ` ${text
      .toLowerCase()
      .replace(/['’]s\b/g, '')
      .split(/[^\p{L}\p{N}_-]+/u)
      .join(' ')} `
    return names.filter(name => name.length > 5 && words.includes(` ${name.toLowerCase()} `))
  }
  const answers = store.database.prepare('SELECT answer FROM outcome').pluck().all() as string[]
  expect(named(answers.join('\n')).length).toBeGreaterThan(20)
  expect(named(said.html!)).toEqual([])
})
