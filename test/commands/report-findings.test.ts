/** What CI relies on: findings of an access review exit 3, with the report still printed. */
import {expect, test} from 'vitest'
import {litellmLog} from '../engine/reports.ts'
import {folderWith, venturi} from './cli.ts'

test('report security --fail-on', () => {
  const cwd = folderWith({
    'dumps/spend.jsonl': litellmLog({id: 'a', day: 1, tokens: [100, 10], usd: '11.00'}),
  })
  expect(venturi(cwd, ['ingest', 'dumps']).status).toBe(0)
  expect(venturi(cwd, ['attribute']).status).toBe(0)
  const checked = venturi(cwd, ['report', 'security', '--fail-on', 'orphaned>10usd|leaver'])
  expect([checked.status, checked.stderr]).toEqual([3, 'heron-prod: $11.00 breaks orphaned>10usd\n'])
  expect(checked.stdout).toMatch(/^Access review\n/)
  expect(venturi(cwd, ['report', 'security', '--fail-on', 'orphaned>11usd']).status).toBe(0)
  expect(venturi(cwd, ['report', 'ledger', '--fail-on', 'orphaned'])).toMatchObject({
    status: 2,
    stderr: 'report ledger has no findings for --fail-on\nTry this: use it with: report security\n',
  })
})
