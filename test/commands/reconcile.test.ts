/** The command end to end: files in, a reconciliation out, and what CI relies on. */
import {expect, test} from 'vitest'
import {invoices, litellmLog, openaiCosts} from '../engine/reports.ts'
import {folderWith, venturi} from './cli.ts'

const month = () =>
  folderWith({
    'dumps/invoices.csv': invoices({id: 'INV-7', usd: '12.00'}),
    'dumps/costs.json': openaiCosts({day: 1, usd: '10.00'}, {day: 2, usd: '2.00'}),
    'dumps/spend.jsonl': litellmLog(
      {id: 'a', day: 1, tokens: [100, 10], usd: '11.00'},
      {id: 'b', day: 2, tokens: [100, 10], usd: '2.00'},
      {id: 'c', day: 3, tokens: [100, 10], usd: '1.00', provider: 'anthropic', model: 'claude-sonnet-4-5'},
    ),
  })

test('what is billed, what is attributed and why they differ; findings exit 3 with the output still printed', () => {
  const cwd = month()
  expect(venturi(cwd, ['ingest', 'dumps']).status).toBe(0)
  expect(venturi(cwd, ['attribute']).status).toBe(0)

  const plain = venturi(cwd, ['reconcile', '--period', '2026-10'])
  expect([plain.status, plain.stderr]).toEqual([0, ''])
  expect(plain.stdout).toContain('invoice INV-7 of openai, October 2026: billed $12.00 = calls $12.00; ties')

  const checked = venturi(cwd, ['reconcile', '--by', 'provider,day', '--fail-on', 'drift>5%|unbilled'])
  expect(checked.status).toBe(3)
  expect(checked.stdout).toMatch(/^Bills against attributed usage\n/)
  expect(checked.stderr).toBe(
    'openai, 2026-10-01: $1.00 of $10.00 breaks drift>5%\nanthropic, 2026-10-03: $1.00 of $1.00 breaks unbilled\n',
  )

  const json = venturi(cwd, ['reconcile', '--fail-on', 'unbilled', '--fail-on', 'drift>50%', '--json'])
  expect(json.status).toBe(3)
  expect(json.json()).toMatchObject({
    schema_version: '1',
    period: {since: null, until: null},
    by: ['provider'],
    rows: [
      {provider: 'openai', side: 'both', billed_usd: '12.00', detail_usd: '13.00', drift_ppm: 83_333},
      {provider: 'anthropic', side: 'detail', billed_usd: null, attributed_usd: '1.00', drift_usd: null},
    ],
    invoices: [{invoices: ['INV-7'], billed_usd: '12.00', calls_usd: '12.00', difference_usd: '0.00'}],
    totals: {billed_usd: '12.00', attributed_usd: '13.00', total_usd: '13.00', invoiced_usd: '12.00'},
    findings: [{rule: 'unbilled', provider: 'anthropic', amount_usd: '1.00'}],
  })
  expect(venturi(cwd, ['reconcile', '--format', 'json']).json().findings).toBe(null)
})

test('a rule that cannot be read, a grouping that does not exist, no database: exit 2', () => {
  const cwd = folderWith()
  const told = (...args: string[]) => {
    const {status, stdout, stderr} = venturi(cwd, ['reconcile', ...args])
    return [status, stdout, stderr]
  }
  expect(told('--fail-on', 'drift>much')).toEqual([
    2,
    '',
    '--fail-on "drift>much" is not a rule\nTry this: write drift>1%, drift>50usd, unbilled, undetailed or unmatched, these also with >N% or >Nusd, joined by |\n',
  ])
  expect(told('--by', 'team')[0]).toBe(2)
  expect(told()).toEqual([2, '', expect.stringContaining('no database yet')])
})
