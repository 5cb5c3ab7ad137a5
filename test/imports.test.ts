import {readdirSync, readFileSync} from 'node:fs'
import {posix} from 'node:path'
import {describe, expect, test} from 'vitest'

/** The folders a folder may import. Files of `src` itself count as the folder `.`. */
const MAY: {readonly [folder: string]: readonly string[]} = {
  '.': ['config', 'model', 'report', 'server', 'store'],
  commands: [
    '.',
    'config',
    'server',
    'report',
    'review',
    'gate',
    'engine',
    'connectors',
    'pricing',
    'store',
    'model',
  ],
  server: ['config', 'report', 'review', 'gate', 'engine', 'connectors', 'pricing', 'store', 'model'],
  config: ['model'],
  report: ['store', 'model'],
  review: ['store', 'model'],
  gate: ['store', 'model'],
  engine: ['store', 'model'],
  connectors: ['store', 'model'],
  pricing: ['store', 'model'],
  store: ['model'],
  model: [],
}

/** Where the store is touched. Every other file of these folders is a function of its arguments. */
const EDGES: {readonly [folder: string]: RegExp} = {
  connectors: /^connectors\/(ingest|live\/(keep|pull))\.ts$/,
  engine: /^engine\/run(-\w+)?\.ts$/,
  report: /^report\/(load[\w-]*|find|records|lens)\.ts$|^report\/lenses\//,
}

/** What an answer looks like is the engine's word, what a source is told is the configuration's; others may say it as a type. */
const TYPES_ALLOWED = new Set(['report → engine/outcome.ts', 'connectors → config/sources.ts'])

/** The named parts of the system that pure folders leave to their edge. */
const IMPURE = /^node:(fs|process|child_process|worker_threads)|^(better-sqlite3)$/
const PURE = /^(engine|gate|model|pricing)\//

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

const sources = readdirSync('src', {recursive: true, encoding: 'utf8'})
  .map(name => name.replaceAll('\\', '/'))
  .filter(name => /\.tsx?$/.test(name))

const imports: readonly Import[] = sources.flatMap(from =>
  [...readFileSync(`src/${from}`, 'utf8').matchAll(IMPORT)].map(([, type, named, called]) => ({
    from,
    to:
      named?.startsWith('.') || called?.startsWith('.')
        ? posix.join(posix.dirname(from), named ?? called!)
        : (named ?? called!),
    typeOnly: type !== undefined,
  })),
)

const folderOf = (file: string): string => (file.includes('/') ? file.split('/')[0]! : '.')
const isOurs = (to: string): boolean => sources.includes(to)
const told = ({from, to}: Import): string => `${from} imports ${to}`

test('the imports are seen at all', () => {
  expect(imports.map(told)).toContain('connectors/ingest.ts imports store/save.ts')
  expect(imports.length).toBeGreaterThan(sources.length)
})

test('every folder has its place', () => {
  expect([...new Set(sources.map(folderOf))].filter(folder => !(folder in MAY))).toEqual([])
})

test('folders import only what lies below them', () => {
  const wrong = imports
    .filter(({to}) => isOurs(to))
    .filter(({from, to}) => folderOf(from) !== folderOf(to) && !MAY[folderOf(from)]!.includes(folderOf(to)))
    .filter(({from, to, typeOnly}) => !(typeOnly && TYPES_ALLOWED.has(`${folderOf(from)} → ${to}`)))
  expect(wrong.map(told)).toEqual([])
})

describe.each(Object.entries(EDGES))('in %s', (folder, edge) => {
  test('only the edge touches the store', () => {
    const wrong = imports.filter(
      ({from, to}) => folderOf(from) === folder && folderOf(to) === 'store' && isOurs(to) && !edge.test(from),
    )
    expect(wrong.map(told)).toEqual([])
  })
})

test('relative imports name a file that is there, with its ending', () => {
  const wrong = imports.filter(({to}) => !isOurs(to) && /^(\.|\w+\/[\w/-]+\.tsx?$)/.test(to))
  expect(wrong.map(told)).toEqual([])
})

test('what every command needs to start is little', () => {
  const whole = imports.filter(
    ({from, to, typeOnly}) => to === '@oclif/core' && !typeOnly && from !== 'oclif.ts',
  )
  expect(whole.map(told)).toEqual([])
  const reached = new Set(['start.ts'])
  for (const from of reached)
    for (const {to} of imports.filter(item => item.from === from && !item.typeOnly)) reached.add(to)
  expect([...reached].filter(to => /^(better-sqlite3|zod|ink|yaml|csv-parse|@octokit)/.test(to))).toEqual([])
})

test('engine, gate, pricing and model touch no disk and start nothing', () => {
  const wrong = imports.filter(({from, to}) => PURE.test(from) && IMPURE.test(to))
  expect(wrong.map(told)).toEqual([])
})
