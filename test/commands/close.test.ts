/** Closing a month, and proving later that it is as it was, as a person does it. */

import {join} from 'node:path'
import Database from 'better-sqlite3'
import {expect, test} from 'vitest'
import {folderWith, venturi} from './cli.ts'
import {APRIL, CATALOG, log, MARCH} from './two-teams.ts'

const env = {VENTURI_ACTOR: 'quill@fen.example'}

test('a month is closed, stays as it is, and shows when it was tampered with', () => {
  const cwd = folderWith({
    'dumps/catalog.yaml': CATALOG,
    'dumps/march.jsonl': log(...MARCH),
    'dumps/april.jsonl': log(...APRIL),
    'late.jsonl': log({id: 'm9', day: '2025-03-30', usd: '8.00'}),
  })
  const ok = (...args: string[]): string => {
    const {status, stdout, stderr} = venturi(cwd, args, {env})
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('bug')])
    return stdout
  }
  ok('ingest', 'dumps')
  ok('attribute')
  const frozen = ok('export', 'records', '--period', '2025-03')
  const {closed} = JSON.parse(ok('close', '2025-03', '--json'))
  expect(closed).toMatchObject({
    ...{id: 1, period: '2025-03', since: '2025-03-01T00:00:00Z', until: '2025-04-01T00:00:00Z', records: 4},
    ...{total_usd: '7.750000001', adjustments: [], who: 'quill@fen.example', where: 'audit:1'},
  })

  ok('ingest', 'late.jsonl')
  ok('override', 'add', '--of', 'm4', '--team', 'lakes', '--why', 'theirs')
  ok('attribute', '--all')
  expect(ok('export', 'records', '--period', '2025-03')).toBe(frozen)
  const march = JSON.parse(ok('report', '--period', '2025-03', '--json'))
  expect(march).toMatchObject({
    totals: {total_usd: '7.750000001', owned_usd: '3.750000001', unresolved_usd: '4.00'},
    closed_periods: [
      {period: '2025-03', where: 'audit:1', changed_since_usd: '8.00', booked_to: ['2025-04']},
    ],
  })
  expect(march).not.toHaveProperty('adjustments')
  const april = JSON.parse(ok('report', '--period', '2025-04', '--json'))
  expect(april).toMatchObject({
    totals: {total_usd: '4.00'},
    adjustments: {total_usd: '8.00', owned_usd: '12.00', contested_usd: '0.00', unresolved_usd: '-4.00'},
  })
  expect(april.adjustments.lines).toMatchObject([
    {period: '2025-03', booked_to: '2025-04', organization: {name: 'marsh'}, cost_usd: '8.00', records: 1},
    {organization: {name: 'lakes'}, cost_usd: '4.00'},
    {organization: null, output_state: 'unknown', cost_usd: '-4.00', records: -1},
  ])
  expect(JSON.parse(ok('report', 'chargeback', '--period', '2025-04', '--json')).adjustments.total_usd).toBe(
    '12.00',
  )
  expect(ok('report', '--period', '2025-03').replaceAll(/\s+/g, ' ')).toMatch(
    /2025-03 was closed on \S+ \(audit:1\): its figures are frozen; what has changed since, \+\$8.00 in 3 lines, is booked to 2025-04/,
  )
  expect(ok('report', '--as-of', 'current', '--period', '2025-03', '--json')).toContain(
    '"total_usd": "15.750000001"',
  )

  const whole = JSON.parse(ok('audit', 'verify', '--json'))
  expect(whole).toMatchObject({
    ok: true,
    entries: 2,
    broken: null,
    periods: [{period: '2025-03', ok: true, sha256: closed.sha256}],
  })
  expect(ok('audit', 'verify', '--head', whole.head)).toMatch(
    /^audit trail: 2 entries, each as it was written; the last is [0-9a-f]{64}\n2025-03: 4 records, byte for byte as closed on/,
  )
  expect(venturi(cwd, ['close', '2025-03'], {env})).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^2025-03: closed already, by quill@fen.example \(audit:1\)\nTry this: /),
  })

  const database = new Database(join(cwd, '.venturi', 'venturi.db'))
  database.exec("DROP TRIGGER audit_is_not_changed; UPDATE audit SET actor = 'somebody' WHERE seq = 2")
  const broken = venturi(cwd, ['audit', 'verify'])
  expect([broken.status, broken.stdout]).toEqual([
    2,
    expect.stringMatching(/^audit trail: broken. Entry 2 has .*actor/),
  ])
  expect(venturi(cwd, ['audit', 'verify', '--json']).json()).toMatchObject({
    ok: false,
    broken: {seq: 2},
    periods: [{ok: true}],
  })
  expect(venturi(cwd, ['report'])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^the audit trail is broken: entry 2/),
  })
  database.exec(
    "UPDATE audit SET actor = 'quill@fen.example' WHERE seq = 2; DROP TRIGGER usage_is_kept_before_update",
  )
  database.exec("UPDATE usage SET cost_nanos = 5 WHERE id = 'm1'")
  database.close()
  const changed = venturi(cwd, ['audit', 'verify'])
  expect([changed.status, changed.stdout]).toEqual([
    2,
    expect.stringMatching(/\n2025-03: not as closed on .* by quill@fen.example. It had 4 records/),
  ])
})

test('a month that is not over is closed with --force alone', () => {
  const cwd = folderWith({'calls.jsonl': log({id: 'x', day: '2098-12-30', usd: '1.00'})})
  venturi(cwd, ['ingest', 'calls.jsonl'])
  expect(venturi(cwd, ['close', '2098-12'], {env}).stderr).toMatch(
    /^2098-12: not over before 2099-01-01\nTry this: .*--force/,
  )
  venturi(cwd, ['attribute'])
  expect(venturi(cwd, ['close', '2098-12', '--force'], {env}).stdout).toMatch(
    /^2098-12 is closed: 1 record, \$1.00, by quill/,
  )
})

test('a month closes where costs are split by rules and the model has a budget', () => {
  const cwd = folderWith({
    'dumps/catalog.yaml': CATALOG,
    'dumps/march.jsonl': log(...MARCH),
    'venturi.yaml': [
      'inference: {budget_seconds: 3600}',
      'allocations:',
      '  - of: litellm:key/shared',
      '    why: agreed in March',
      '    shares: {marsh: "0.5", rivers: "0.5"}',
    ].join('\n'),
  })
  for (const args of [['ingest', 'dumps'], ['attribute'], ['close', '2025-03']]) {
    const {status, stderr} = venturi(cwd, args, {env})
    expect([args[0], status, stderr]).toEqual([args[0], 0, expect.not.stringContaining('Try this')])
  }
  expect(venturi(cwd, ['doctor', '--json'], {env}).stdout).not.toContain('run `venturi attribute`')
})
