import {describe, expect, test} from 'vitest'
import {folderWith, venturi} from './cli.ts'

const AT = ['--at', '2026-10-14']
const CONFIG = `rates:
  - provider: azure
    model: gpt-4.1
    from: 2026-10-01
    per_million_usd: {input: "1.80", output: "7.20"}
azure_deployments: {heron-chat: gpt-4.1}
`
const HAIKU = 'claude-haiku-4-5'

/** Golden files: run with -u after a wanted change, and read what changed. */
describe.each<[string, readonly string[], string?]>([
  ['tokens', ['azure/gpt-4.1-mini', '--input-tokens', '12000', '--output-tokens', '800']],
  ['no-tokens', ['claude-sonnet-4-5']],
  ['batch', ['claude-sonnet-4-5', '--service-tier', 'batch', '--input-tokens', '1000000']],
  ['unknown-tier', ['gpt-4o', '--tier', 'scale', '--input-tokens', '1000']],
  ['provisioned', ['azure/gpt-4o', '--tier', 'ProvisionedManaged', '--input-tokens', '1000']],
  ['long-context', ['claude-sonnet-4-5', '--input-tokens', '200001']],
  ['parts', [HAIKU, '--cache-write-tokens', '1000', '--cache-write-1h-tokens', '400', '--web-searches', '2']],
  ['dated', ['gpt-5.6-sol', '--input-tokens', '1000', '--provider', 'openai']],
  ['unknown', ['house-model', '--provider', 'openai', '--input-tokens', '1']],
  ['deployment', ['azure/Heron-Chat', '--input-tokens', '1000000'], CONFIG],
  ['requests', ['perplexity/sonar', '--input-tokens', '1000', '--output-tokens', '100']],
])('%s', (name, args, config) => {
  const cwd = () => folderWith(config === undefined ? {} : {'venturi.yaml': config})

  test('text', async () => {
    const {status, stdout, stderr} = venturi(cwd(), ['price', ...args, ...AT])
    expect([status, stderr]).toEqual([0, ''])
    await expect(stdout).toMatchFileSnapshot(`golden/price-${name}.txt`)
  })

  test('json', async () => {
    const {status, stdout} = venturi(cwd(), ['price', ...args, ...AT, '--json'])
    expect(status).toBe(0)
    await expect(stdout).toMatchFileSnapshot(`golden/price-${name}.json`)
  })
})

describe('questions on stdin', () => {
  const lines = [
    '\uFEFF{"model":"gpt-4o","at":"2026-10-14","input_tokens":1000}\r',
    '',
    '{"model":"gpt-4o","prompt_tokens":5}',
    '{"model":"claude-haiku-4-5","at":"2026-10-14T09:30:00Z","service_tier":"batch","output_tokens":1000}',
    '{"model":"gpt-4o"',
    '{"model":"house-model","at":"2026-10-14","input_tokens":1}',
  ].join('\n')

  test('are answered in their order; a bad one is told with its line and stops nothing', async () => {
    const {status, stdout, stderr} = venturi(folderWith(), ['price', '-'], {input: lines})
    expect(status).toBe(0)
    await expect(stdout).toMatchFileSnapshot('golden/price-stdin.txt')
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^-:3: unknown field "prompt_tokens"\. Try this: use provider, model, at, /),
      '-:5: "{\\"model\\":\\"gpt-4o\\"" is not JSON. Try this: write one JSON object a line, as {"model":"gpt-5","input_tokens":1000}.',
      '',
    ])
  })

  test('as JSON, bad lines travel as issues', () => {
    const {status, stderr, json} = venturi(folderWith(), ['price', '-', '--json'], {input: lines})
    expect([status, stderr]).toEqual([0, expect.stringContaining('-:3: ')])
    const {schema_version, prices, issues} = json()
    expect(schema_version).toBe('1')
    expect(prices.map((price: {cost_usd: string | null}) => price.cost_usd)).toEqual([
      '0.0025',
      '0.0025',
      null,
    ])
    expect(issues).toMatchObject([
      {path: '-', line: 3, code: 'bad-question'},
      {path: '-', line: 5, code: 'bad-question', message: '"{\\"model\\":\\"gpt-4o\\"" is not JSON'},
    ])
  })

  test('none that can be answered: exit 2, and every line is told', () => {
    const {status, json} = venturi(folderWith(), ['price', '-', '--json'], {input: 'no\nneither\n'})
    expect(status).toBe(2)
    expect(json()).toMatchObject({prices: [], issues: [{line: 1}, {line: 2}]})
  })

  test('none at all is no fault', () => {
    const {status, stdout, stderr} = venturi(folderWith(), ['price', '-'])
    expect([status, stdout, stderr]).toEqual([0, '', ''])
  })
})

test.each([
  [
    ['gpt-4o', '--at', 'yesterday'],
    'at "yesterday" is not a time\nTry this: write it as 2026-10-14 or 2026-10-14T09:30:00Z\n',
  ],
  [[' '], 'model " " is not a model id\nTry this: name a model, as "gpt-5"\n'],
])('%j is refused with what to do', (args, stderr) => {
  expect(venturi(folderWith(), ['price', ...args])).toMatchObject({status: 2, stdout: '', stderr})
})

test.each([
  ['from: 2026-02-30', 'rates.0.from: a day of the calendar, like 2026-10-01'],
  ['from: 2026-10-02\n    to: 2026-10-01', 'rates.0.to: ends before it begins'],
])('a rate that cannot hold (%s) is refused with its place', (dates, message) => {
  const rate = `rates:\n  - model: gpt-4o\n    ${dates}\n    per_million_usd: {input: "1", output: "2"}\n`
  const {status, stderr} = venturi(folderWith({'venturi.yaml': rate}), ['price', 'gpt-4o'])
  expect([status, stderr]).toEqual([2, expect.stringContaining(`venturi.yaml: ${message}\nTry this: `)])
})

test('changed rates reach what has been read with the next attribute', () => {
  const row = {
    ...{request_id: 'c', call_type: 'acompletion', api_key: 'k', spend: 0, startTime: '2026-10-14 09:00:00'},
    ...{model: 'gpt-4.1', custom_llm_provider: 'azure', prompt_tokens: 1000, completion_tokens: 0},
  }
  const cwd = folderWith({'spend.jsonl': `${JSON.stringify(row)}\n`, 'later/venturi.yaml': CONFIG})
  venturi(cwd, ['ingest', 'spend.jsonl'])
  const first = venturi(cwd, ['attribute', '--json'])
  expect(first.json()).toMatchObject({repriced: 0, ledger: {total_usd: '0.002'}})
  const config = ['--config', 'later/venturi.yaml', '--db', '.venturi/venturi.db']
  const doctor = venturi(cwd, ['doctor', ...config])
  expect(doctor.stdout).toMatch(/have changed since rows were\s+priced/)
  const second = venturi(cwd, ['attribute', ...config])
  expect(second.stderr).toBe('Prices have changed: 1 record was priced again.\n')
  expect(venturi(cwd, ['attribute', ...config, '--json']).json()).toMatchObject({
    ...{repriced: 0, ledger: {total_usd: '0.0018'}},
  })
})
