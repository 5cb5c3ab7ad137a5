/** What the pages show of the bundled company is what the commands print. */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'

const BIN = resolve('bin/run.js')
const folder = mkdtempSync(join(tmpdir(), 'venturi-docs-'))
const db = join(folder, 'venturi.db')

const venturi = (columns: number, ...args: readonly string[]): string =>
  spawnSync(process.execPath, [BIN, ...args], {
    ...{encoding: 'utf8', maxBuffer: 1 << 26},
    env: {...process.env, COLUMNS: String(columns), NO_COLOR: '1'},
  }).stdout

beforeAll(() => {
  venturi(80, 'ingest', 'fixtures/acme', '--db', db)
  venturi(80, 'attribute', '--db', db)
}, 120_000)
afterAll(() => rmSync(folder, {recursive: true}))

const BLOCK = /^```\w*\n\$ venturi (report [^\n>]*)\n(.*?)^```/gms

const blocks = readdirSync('docs')
  .filter(name => name.endsWith('.md'))
  .flatMap(name =>
    [...readFileSync(join('docs', name), 'utf8').matchAll(BLOCK)].map(
      ([, command, shown]) => [name, command!.trim(), shown!] as const,
    ),
  )

test('pages show reports', () => expect(blocks.length).toBeGreaterThan(6))

test.each(blocks)(
  '%s: venturi %s',
  (_, command, shown) => {
    const wanted = shown.split('\n').filter(line => !/^\s*…?$/.test(line))
    // Each page is as wide as its table wants.
    const missing = [80, 90, 100, 110, 120].map(columns => {
      const printed = new Set(venturi(columns, ...command.split(' '), '--db', db).split('\n'))
      return wanted.filter(line => !printed.has(line))
    })
    expect(missing.toSorted((a, b) => a.length - b.length)[0]).toEqual([])
  },
  60_000,
)
