/** Budgets from finance's own file to the ledger: found by the name and the cost center that finance gives. */
import {expect, test} from 'vitest'
import {folderWith, venturi} from './cli.ts'
import {CATALOG, log, MARCH} from './two-teams.ts'

test('budgets of a month, found by name, by cost center, or not at all', () => {
  const cwd = folderWith({
    'dumps/catalog.yaml': CATALOG,
    'dumps/march.jsonl': log(...MARCH),
    'dumps/centers.csv': 'cost_center,name,organization,valid_from,valid_to\n0410,RIV,rivers,2022-01-01,\n',
    'dumps/budgets.csv': [
      'organization,period_start,period_end,amount,currency,cost_center,kind',
      'Marsh,2025-03-01,2025-04-01,3.00,USD,,limit',
      ',2025-03-01,2025-04-01,10.00,USD,0410,limit',
      'nobody,2025-03-01,2025-04-01,10.00,USD,,limit',
    ].join('\n'),
  })
  expect(venturi(cwd, ['ingest', 'dumps']).status).toBe(0)
  expect(venturi(cwd, ['attribute']).status).toBe(0)
  const ledger = () => venturi(cwd, ['report', 'ledger', '--period', '2025-03', '--json']).json()
  expect(ledger().budgets).toMatchObject([
    {name: 'RIV', spent_usd: '0.25', headroom_usd: '9.75'},
    {name: 'marsh', spent_usd: '3.500000001', headroom_usd: '-0.500000001'},
    {name: 'nobody', problem: 'not_found', spent_usd: null},
  ])
  // A second export of the same budgets is the same budgets.
  const {status} = venturi(cwd, ['ingest', '-'], {
    input:
      'organization,period_start,period_end,amount,currency,cost_center,kind\nMarsh,2025-03-01,2025-04-01,3.00,USD,,limit\n',
  })
  expect(status).toBe(0)
  expect(venturi(cwd, ['attribute']).status).toBe(0)
  expect(ledger().budgets).toHaveLength(3)
  expect(venturi(cwd, ['report', 'burn', '--until', '2025-03-31']).stdout).toContain(
    'marsh: $3.50 of $3.00, $0.50 over.',
  )
})
