import {appendFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {type Content, diagnose, type Finding, type Gathered} from '../../src/server/doctor/checks.ts'
import {folderWith, venturi} from './cli.ts'

const TODAY = 20_748
const CONTENT: Content = {
  ...{schema: 2, files: 3, rows: 1200, issues: 0, usage: true, issueCodes: [], firstIssues: []},
  ...{attributed: true, stale: false, stalePrices: false, signatures: 4, unpriced: []},
  channels: [{channel: 'litellm', day: TODAY - 1}],
  asked: [],
}

function findings(content: Partial<Content> = {}, gathered: Partial<Gathered> = {}): Finding[] {
  return diagnose({
    node: 'v24.21.0',
    config: {path: 'venturi.yaml', problem: null},
    listed: [],
    database: {path: 'v.db', bytes: 21_400_000, content: {...CONTENT, ...content}},
    catalogue: {name: 'genai-prices 0.1.8', day: TODAY - 60},
    today: TODAY,
    ...gathered,
  })
}
const told = (found: readonly Finding[]) =>
  found
    .filter(({status}) => status !== 'ok')
    .map(({check, status, message, mend}) => `${status} ${check}: ${message} > ${mend}`)

test('all well', () => {
  expect(findings().map(({check, message}) => `${check}: ${message}`)).toEqual([
    'node: v24.21.0',
    'config: venturi.yaml',
    'database: v.db, schema 2, 21 MB',
    'ingest: 3 files, 1,200 rows, 0 issues',
    'attribution: up to date, 4 signatures',
    'prices: genai-prices 0.1.8, prices of 2026-08-23, 60 days old',
    'models: every model in use has a price',
    'sources: litellm: last use on 2026-10-21',
  ])
  expect(findings().every(({mend}) => mend === null)).toBe(true)
})

const issue = {message: 'spend "12,50" is not a decimal number', mend: 'write it with a point, as 12.50'}
test.each<[string, Finding[], string[]]>([
  [
    'an old Node',
    findings({}, {node: 'v22.11.0'}),
    ['fail node: v22.11.0 is too old > install Node 22.12 or newer, best 24'],
  ],
  [
    'old prices',
    findings({}, {catalogue: {name: 'genai-prices 0.1.8', day: TODAY - 61}}),
    [
      'warn prices: genai-prices 0.1.8, prices of 2026-08-22, 61 days old > update venturi, or write newer prices under rates: in venturi.yaml',
    ],
  ],
  [
    'an empty store',
    findings({files: 0, rows: 0, usage: false, attributed: false, channels: []}),
    ['warn ingest: nothing has been read yet > run `venturi ingest PATH`'],
  ],
  [
    'not attributed',
    findings({attributed: false, stale: true}),
    ['warn attribution: nothing is attributed yet > run `venturi attribute`'],
  ],
  [
    'stale',
    findings({stale: true}),
    ['warn attribution: facts or declarations are newer than the attributions > run `venturi attribute`'],
  ],
  [
    'issues',
    findings({
      issues: 9,
      issueCodes: [{code: 'bad-amount', count: 9}],
      firstIssues: [42, 43, 50].map(line => ({...issue, path: 'a.csv', line, code: 'bad-amount'})),
    }),
    [
      'warn issues: bad-amount, 9 rows: spend "12,50" is not a decimal number, at a.csv:42, a.csv:43, a.csv:50, … > write it with a point, as 12.50',
    ],
  ],
  [
    'models without a price',
    findings({
      unpriced: [
        {model: 'x-1', reason: 'not in the catalogue', records: 4, unknown: 3},
        {model: 'x-2', reason: 'not in the catalogue', records: 2, unknown: 0},
        {model: 'gpt-image-1', reason: null, records: 2, unknown: 2},
      ],
    }),
    [
      'warn models: no price, so the cost is not known: x-1 (3 records) > write their prices under rates:, or what stands behind an Azure name under azure_deployments:, in venturi.yaml, then run `venturi attribute`',
      'warn models: no tokens in the rows, so the cost is not known: gpt-image-1 (2 records) > ingest the bill or cost report that covers them',
    ],
  ],
  [
    'more models than fit a line',
    findings({
      unpriced: Array.from({length: 7}, (_, index) => ({
        ...{model: `x-${index}`, reason: 'not in the catalogue', records: 1, unknown: 1},
      })),
    }),
    [expect.stringContaining('x-4 (1 record) and 2 more, see --json > ')],
  ],
  [
    'rates that rows were not priced with',
    findings({stalePrices: true}),
    [
      'warn prices: rates, deployments or the catalogue have changed since rows were priced > run `venturi attribute`: it prices them again',
    ],
  ],
  [
    'one source behind, one from tomorrow but one',
    findings({
      channels: [
        {channel: 'litellm', day: TODAY - 8},
        {channel: 'otel', day: TODAY},
        {channel: 'bedrock', day: TODAY + 2},
      ],
    }),
    [
      'warn sources: litellm: last use on 2026-10-14, 10 days behind the freshest source > export litellm again and ingest it',
      'warn sources: bedrock: last use on 2026-10-24, in the future > check the clock of this machine and of the source',
    ],
  ],
  [
    'everything long ago',
    findings({channels: [{channel: 'otel', day: TODAY - 36}]}),
    ['warn sources: otel: last use on 2026-09-16, 36 days ago > export otel again and ingest it'],
  ],
])('%s', (_, found, expected) => {
  expect(told(found)).toEqual(expected)
})

test('live sources: what each lacks, and how long ago it was read', () => {
  const scope = 'an admin key'
  const found = findings(
    {
      asked: [
        {source: 'anthropic', day: TODAY - 1, interrupted: false},
        {source: 'okta', day: TODAY - 3, interrupted: false},
        {source: 'github', day: TODAY, interrupted: true},
      ],
    },
    {
      listed: [
        {source: 'openai', missing: [{variable: 'OPENAI_ADMIN_KEY', scope}]},
        ...['anthropic', 'okta', 'github'].map(source => ({source, missing: []})),
      ],
    },
  )
  expect(told(found)).toEqual([
    'warn live: openai: OPENAI_ADMIN_KEY is not set > set OPENAI_ADMIN_KEY to an admin key',
    'warn live: openai: never read to its end > run `venturi ingest --source openai`',
    'warn live: okta: last read on 2026-10-19, 3 days ago > run `venturi ingest --source okta`',
    'warn live: github: its last reading did not come to its end > run `venturi ingest --source github` again',
  ])
  expect(found.at(-3)?.message).toBe('anthropic: last read on 2026-10-21')
})

test('a listed source is looked up in the environment', () => {
  const cwd = folderWith({'venturi.yaml': 'sources: [{type: okta, url: "https://acme.okta.com"}]\n'})
  const lines = (env: {[name: string]: string}) =>
    venturi(cwd, ['doctor'], {env: {OKTA_API_TOKEN: '', ...env}}).stdout
  expect(lines({})).toMatch(/^! live {6}okta: OKTA_API_TOKEN is not set$/m)
  expect(lines({OKTA_API_TOKEN: 'CANARY'})).toMatch(/^! live {6}okta: never read to its end$/m)
  expect(lines({OKTA_API_TOKEN: 'CANARY'})).not.toContain('CANARY')
})

test('a model that only the bill prices is named', () => {
  const found = findings({unpriced: [{model: 'x-2', reason: 'not in the catalogue', records: 2, unknown: 0}]})
  expect(found).toContainEqual({
    check: 'models',
    status: 'ok',
    message: 'no price, but the bill decides: x-2 (2 records)',
    mend: null,
  })
})

test('without a database: said with its mend, exit 0', () => {
  const {status, json} = venturi(folderWith(), ['doctor', '--json'])
  expect(status).toBe(0)
  expect(json()).toMatchObject({schema_version: '1', issues: []})
  expect(json().findings).toContainEqual({
    check: 'database',
    status: 'warn',
    message: 'none yet at .venturi/venturi.db',
    mend: 'run `venturi ingest PATH`, or name one with --db',
  })
})

test('what cannot work is a fail, exit 2, and the other checks still run', () => {
  const cwd = folderWith({'venturi.yaml': 'rates: 3\n', 'bad.db': 'not a database, whatever its name says'})
  const {status, stdout, stderr} = venturi(cwd, ['doctor', '--db', 'bad.db'])
  expect(status).toBe(2)
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^✓ node {6}v/)
  expect(stdout).toMatch(/^✗ config .*rates/m)
  expect(stdout).toMatch(/^✗ database .*bad\.db/m)
  expect(stdout).toMatch(/^✓ prices|^! prices/m)
  expect(stdout).toMatch(/\n2 to mend before venturi can work.*\.\n$/)
})

test('a database with an issue, before and after attribution, and stale again', () => {
  const line = (id: string, spend: string) =>
    `${JSON.stringify({request_id: id, call_type: 'acompletion', api_key: 'k1', spend, startTime: '2026-10-03 10:00:00', endTime: '2026-10-03 10:00:01', model: 'gpt-5', model_group: 'gpt-5', custom_llm_provider: 'openai', prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, metadata: {}})}\n`
  const cwd = folderWith({'spend.jsonl': line('a', '0.5') + line('b', '12,50')})
  const status = (check: string) => {
    const {json} = venturi(cwd, ['doctor', '--json'])
    return json().findings.find((finding: Finding) => finding.check === check)
  }
  expect(venturi(cwd, ['ingest', 'spend.jsonl']).status).toBe(0)
  const {json} = venturi(cwd, ['doctor', '--json'])
  expect(json().issues).toMatchObject([{path: 'spend.jsonl', line: 2, code: 'bad-amount'}])
  expect(status('attribution')).toMatchObject({status: 'warn', mend: 'run `venturi attribute`'})
  venturi(cwd, ['attribute'])
  expect(status('attribution')).toMatchObject({status: 'ok'})
  writeFileSync(join(cwd, 'venturi.yaml'), 'owners: [{of: "litellm:key/k1", team: payments}]\n')
  expect(status('attribution')).toMatchObject({status: 'warn'})
  appendFileSync(join(cwd, 'spend.jsonl'), line('c', '0.25'))
  venturi(cwd, ['ingest', 'spend.jsonl'])
  expect(status('attribution')).toMatchObject({
    status: 'warn',
    message: 'facts or declarations are newer than the attributions',
  })
})
