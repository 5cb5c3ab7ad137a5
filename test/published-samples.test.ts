import {readFileSync} from 'node:fs'
import {gunzipSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {listFiles} from '../src/connectors/files.ts'
import {type IngestSummary, ingestFiles} from '../src/connectors/ingest.ts'
import {formatUsd} from '../src/model/money.ts'
import {priceRows} from '../src/server/price-rows.ts'
import {openForWriting} from '../src/store/open.ts'

/** Samples that others published (see LICENSES.md beside each), with what one ingest of all of them must make of each. */
const SAMPLES = [
  {file: 'connectors/focus/focus-1.0-sample-200.csv', format: 'focus', usage: 200, billed: '3.04795697'},
  {file: 'connectors/focus/focus-1.2-azure-25.csv', format: 'focus', usage: 25, billed: '624.247883876'},
  {file: 'connectors/focus/focus-1.3-aws-25.csv', format: 'focus', usage: 25, billed: '1020.137437762'},
  {file: 'connectors/focus/focus-1.3-split-equal.csv', format: 'focus', usage: 0, billed: '0.00', issues: 3},
  {
    file: 'connectors/litellm-spend/abridged-upstream.json',
    format: 'litellm-spend',
    usage: 1,
    billed: '0.000225',
  },
  {file: 'connectors/otlp-traces/otlp-trace.json', format: 'otlp-traces', usage: 0, billed: '0.00'},
  {file: 'connectors/backstage/acme-catalog.yaml', format: 'backstage', usage: 0, billed: '0.00'},
  {file: 'ownership-otel-semconv/CODEOWNERS', format: 'codeowners', usage: 0, billed: '0.00'},
  {file: 'ownership-otel-semconv/history.tsv.gz', format: 'git-history', usage: 0, billed: '0.00'},
]

const store = openForWriting(':memory:')
afterAll(() => store[Symbol.dispose]())
let summary: IngestSummary
beforeAll(async () => {
  const files = await listFiles(
    SAMPLES.map(({file}) => file),
    'fixtures',
  )
  summary = await ingestFiles(store, files, {price: priceRows({})})
})

const count = (sql: string, ...values: readonly (string | number)[]): number =>
  store.database
    .prepare(`SELECT count(*) ${sql}`)
    .pluck()
    .get(...values) as number

test.each(SAMPLES)('$file', ({file, format, usage, billed, issues = 0}) => {
  expect(summary.files.find(({path}) => path === file)).toMatchObject({
    format,
    status: 'ingested',
    issues,
    duplicates: 0,
  })
  expect(count('FROM usage JOIN batch ON batch.id = batch_id WHERE path = ?', file)).toBe(usage)
  const sum = store.database.prepare(
    'SELECT ifnull(sum(cost_nanos), 0) FROM usage JOIN batch ON batch.id = batch_id WHERE path = ?',
  )
  expect(formatUsd(sum.pluck().safeIntegers().get(file) as bigint)).toBe(billed)
})

test('all of them together', () => {
  expect(summary.files).toHaveLength(SAMPLES.length)
  expect(count('FROM usage')).toBe(251)
  const total = store.database
    .prepare('SELECT sum(cost_nanos) FROM usage')
    .pluck()
    .safeIntegers()
    .get() as bigint
  expect(formatUsd(total)).toBe('1647.433503608')
})

test('the gateway’s record: ids in strings, no zone, "None" for no', () => {
  const row = store.database
    .prepare("SELECT id, at, input_tokens, output_tokens, failed, trace FROM usage WHERE channel = 'litellm'")
    .get()
  expect(row).toEqual({
    id: 'chatcmpl-2283081b-dc89-41f6-93e6-d4f914774027',
    at: Date.UTC(2025, 0, 24, 9, 20, 46, 847),
    input_tokens: 10,
    output_tokens: 20,
    failed: 0,
    trace: '1234567890',
  })
})

describe('the catalog', () => {
  test('17 entities: a company, its parts and teams, people, systems and components', () => {
    const kinds = store.database
      .prepare(
        "SELECT kind, count(DISTINCT alias) AS known FROM entity WHERE alias LIKE 'backstage:%' GROUP BY kind ORDER BY kind",
      )
      .all()
    expect(kinds).toEqual([
      {kind: 'identity', known: 7},
      {kind: 'organization', known: 6},
      {kind: 'project', known: 1},
      {kind: 'service', known: 3},
    ])
  })

  test('two guests in two namespaces are two people', () =>
    expect(count("FROM entity WHERE alias LIKE 'backstage:user/%/guest'")).toBe(2))

  test('the group tree has three levels', () =>
    expect(
      store.database
        .prepare(`
          WITH RECURSIVE up(alias, depth) AS (
            VALUES ('backstage:group/default/team-a', 0)
            UNION SELECT to_alias, depth + 1 FROM link JOIN up ON from_alias = alias WHERE relation = 'part_of')
          SELECT alias FROM up ORDER BY depth`)
        .pluck()
        .all(),
    ).toEqual(
      ['team-a', 'backstage', 'infrastructure', 'acme-corp'].map(name => `backstage:group/default/${name}`),
    ))
})

test('the code owners: 119 rules, 29 teams, 1 user, in the order written', () => {
  const rules = store.database.prepare('SELECT line, owners FROM rule ORDER BY rowid').all() as {
    line: number
    owners: string
  }[]
  const owners = new Set(rules.flatMap(rule => JSON.parse(rule.owners) as string[]))
  expect(rules).toHaveLength(119)
  expect(rules.map(({line}) => line)).toEqual(rules.map(({line}) => line).sort((a, b) => a - b))
  expect([...owners].filter(owner => owner.includes('/'))).toHaveLength(29)
  expect([...owners].filter(owner => !owner.includes('/'))).toHaveLength(1)
})

describe('the history', () => {
  // Counted from the rows of the file itself, a row a path.
  const rows = gunzipSync(readFileSync('fixtures/ownership-otel-semconv/history.tsv.gz'))
    .toString()
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(row => row.split('\t'))
  const commits = store.database.prepare('SELECT author, files, folders FROM repository_commit')

  test('a commit each, with all its paths and its author', () => {
    const kept = commits.all() as {author: string; files: number}[]
    expect(kept).toHaveLength(new Set(rows.map(([commit]) => commit)).size)
    expect(kept.reduce((sum, {files}) => sum + files, 0)).toBe(rows.length)
    expect(new Set(kept.map(({author}) => author)).size).toBe(new Set(rows.map(row => row[2])).size)
    expect([kept.length, rows.length]).toEqual([1806, 13_695])
  })

  test('folders hold the paths below them', () => {
    const kept = commits.all() as {folders: string}[]
    const below = (folder: string) =>
      kept
        .flatMap(({folders}) => JSON.parse(folders) as [string, number][])
        .filter(([at]) => at === folder || at.startsWith(`${folder}/`))
        .reduce((sum, [, files]) => sum + files, 0)
    for (const folder of ['docs', 'model', '.github'])
      expect(below(folder)).toBe(rows.filter(row => row[3]!.startsWith(`${folder}/`)).length)
  })

  test('it is the repository that its code owners are of', () =>
    expect(store.database.prepare('SELECT DISTINCT repository FROM repository_commit').pluck().all()).toEqual(
      store.database.prepare('SELECT DISTINCT repository FROM rule').pluck().all(),
    ))
})
