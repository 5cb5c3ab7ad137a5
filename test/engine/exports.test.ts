/** Reports that are exported again: the latest word counts, whatever order the files are read in. */
import {describe, expect, test} from 'vitest'
import {timeIn} from '../../src/engine/exports.ts'
import {anthropicCosts, type Files, focus, openaiCosts, openaiUsage, settled} from './reports.ts'

interface Case {
  readonly name: string
  readonly files: Files
  readonly exportedAt?: {readonly [path: string]: number}
  readonly total: string
  /** Codes of what could not be told. */
  readonly issues?: readonly string[]
}

const cases: readonly Case[] = [
  {
    name: 'a later export holds, with what went down and without what vanished',
    files: {
      'a.json': openaiCosts(
        {day: 1, usd: '10'},
        {day: 1, usd: '3', item: 'gpt-5, output_tokens'},
        {day: 2, usd: '5'},
      ),
      'b.json': openaiCosts({day: 1, usd: '7'}, {day: 2, usd: '5'}, {day: 3, usd: '1'}),
    },
    total: '13.00',
  },
  {
    name: 'days the later export does not reach stay with the earlier',
    files: {
      'a.json': openaiCosts({day: 1, usd: '10'}, {day: 2, usd: '5'}),
      'b.json': openaiCosts({day: 2, usd: '4'}, {day: 3, usd: '1'}),
    },
    total: '15.00',
  },
  {
    name: 'a time in the path says which is later, though both reach as far',
    files: {
      'exports/2026-11-03/costs.json': openaiCosts({day: 1, usd: '7'}, {day: 31, usd: '1'}),
      'exports/2026-11-01/costs.json': openaiCosts({day: 1, usd: '10'}, {day: 31, usd: '1'}),
    },
    total: '8.00',
  },
  {
    name: 'so does the time it was fetched',
    files: {
      'one.json': openaiCosts({day: 1, usd: '7'}),
      'two.json': openaiCosts({day: 1, usd: '10'}),
    },
    exportedAt: {'one.json': Date.UTC(2026, 10, 3), 'two.json': Date.UTC(2026, 10, 2)},
    total: '7.00',
  },
  {
    name: 'nothing says which is later: the one that holds more, and an issue',
    files: {
      'one.json': openaiCosts({day: 1, usd: '7'}),
      'two.json': openaiCosts({day: 1, usd: '10'}),
    },
    total: '10.00',
    issues: ['undated-export'],
  },
  {
    name: 'a few days exported again may be the later: an issue',
    files: {
      'month.json': openaiCosts({day: 1, usd: '1'}, {day: 5, usd: '10'}, {day: 31, usd: '1'}),
      'again.json': openaiCosts({day: 5, usd: '7'}),
    },
    total: '12.00',
    issues: ['undated-export'],
  },
  {
    name: 'the same said twice is no question',
    files: {
      'one.json': openaiCosts({day: 1, usd: '7'}),
      'two.json': openaiCosts({day: 1, usd: '7.0'}),
    },
    total: '7.00',
  },
  {
    name: 'pages of one export are one, and as late as its last page',
    files: {
      'early/costs.page-1.json': openaiCosts({day: 1, usd: '10'}, {day: 7, usd: '1'}),
      'early/costs.page-2.json': openaiCosts({day: 8, usd: '2'}),
      'late/costs.page-1.json': openaiCosts({day: 1, usd: '9'}, {day: 7, usd: '1'}),
      'late/costs.page-2.json': openaiCosts({day: 8, usd: '3'}, {day: 14, usd: '1'}),
    },
    total: '14.00',
  },
  {
    name: 'pages of one export that overlap count once',
    files: {
      'costs.page-1.json': openaiCosts({day: 1, usd: '10'}, {day: 2, usd: '1'}),
      'costs.page-2.json': openaiCosts({day: 2, usd: '1'}, {day: 3, usd: '2'}),
    },
    total: '13.00',
  },
  {
    name: 'two organizations are told apart by their projects',
    files: {
      'one.json': openaiCosts({day: 1, usd: '10', project: 'proj_a'}),
      'two.json': openaiCosts({day: 1, usd: '3', project: 'proj_z'}, {day: 2, usd: '1', project: 'proj_z'}),
    },
    total: '14.00',
  },
  {
    name: 'a default workspace is nobody’s mark: two organizations have one each',
    files: {
      'one.json': anthropicCosts(
        {day: 1, usd: '10', workspace: null},
        {day: 1, usd: '1', workspace: 'wrkspc_1'},
      ),
      'two.json': anthropicCosts(
        {day: 1, usd: '4', workspace: null},
        {day: 1, usd: '2', workspace: 'wrkspc_2'},
      ),
    },
    total: '17.00',
  },
  {
    name: 'another grouping replaces nothing: the finer stays, once',
    files: {
      'by-project.json': openaiCosts({day: 1, usd: '10'}, {day: 2, usd: '1'}),
      'by-key.json': openaiCosts({day: 1, usd: '6', key: 'key_1'}, {day: 1, usd: '4', key: 'key_2'}),
    },
    total: '11.00',
  },
  {
    name: 'a month of a bill delivered again, lower and with a line less',
    files: {
      'run-1/bill.csv': focus(
        {day: 1, usd: '50'},
        {day: 1, usd: '8', sku: 'USE1-NovaLite-input-tokens'},
        {day: 2, usd: '5'},
      ),
      'run-2/bill.csv': focus({day: 1, usd: '40'}, {day: 2, usd: '5'}, {day: 3, usd: '5'}),
    },
    total: '50.00',
  },
  {
    name: 'a bill in parts is one export',
    files: {
      '20261105/part_0_0001.csv': focus({day: 1, usd: '50'}, {day: 31, usd: '1'}),
      '20261105/part_1_0001.csv': focus({day: 1, usd: '7', sku: 'USE1-NovaLite-input-tokens'}),
      '20261103/part_0_0001.csv': focus({day: 1, usd: '90'}, {day: 31, usd: '1'}),
    },
    total: '58.00',
  },
  {
    name: 'an invoiced bill is later than one that is not',
    files: {
      'one.csv': focus({day: 1, usd: '50'}, {day: 31, usd: '10'}),
      'two.csv': focus({day: 1, usd: '30', invoice: 'INV-1'}, {day: 31, usd: '10', invoice: 'INV-1'}),
    },
    total: '40.00',
  },
  {
    name: 'exports limited to a subscription each stand side by side',
    files: {
      'one.csv': focus({day: 1, usd: '50', account: 'one'}),
      'two.csv': focus({day: 1, usd: '30', account: 'two'}, {day: 2, usd: '5', account: 'two'}),
    },
    total: '85.00',
  },
  {
    name: 'a later export limited to one account of four replaces that account alone',
    files: {
      'all.csv': focus(...['one', 'two', 'three', 'four'].map(account => ({day: 1, usd: '10', account}))),
      'one.csv': focus({day: 1, usd: '7', account: 'one'}, {day: 2, usd: '1', account: 'one'}),
    },
    total: '38.00',
  },
  {
    name: 'an account that is gone is gone, and said to be',
    files: {
      'a.csv': focus(...['one', 'two', 'three'].map(account => ({day: 1, usd: '10', account}))),
      'b.csv': focus(...['one', 'two'].map(account => ({day: 1, usd: '10', account})), {
        day: 2,
        usd: '1',
        account: 'one',
      }),
    },
    total: '21.00',
    issues: ['gone-from-export'],
  },
  {
    name: 'what is billed in November of October’s use does not replace October',
    files: {
      'october.csv': focus({day: 30, usd: '50'}, {day: 31, usd: '10'}),
      'november.csv': focus(
        {day: 31, usd: '2', period: '2026-11-01T00:00:00Z'},
        {day: 32, usd: '3', period: '2026-11-01T00:00:00Z'},
      ),
    },
    total: '65.00',
  },
  {
    name: 'what shares no charge with another is the rest of the bill, whatever the files are called',
    files: {
      'eu.csv': focus({day: 1, usd: '50'}, {day: 2, usd: '5'}),
      'us.csv': focus(
        {day: 1, usd: '7', sku: 'USE1-NovaLite-input-tokens'},
        {day: 3, usd: '1', sku: 'USE1-NovaLite-input-tokens'},
      ),
    },
    total: '63.00',
  },
  {
    name: 'a bill whose every amount was revised is the same bill',
    files: {
      'exports/2026-11-01/bill.csv': focus({day: 1, usd: '50'}, {day: 2, usd: '5'}),
      'exports/2026-11-03/bill.csv': focus({day: 1, usd: '40'}, {day: 2, usd: '4'}),
    },
    total: '44.00',
  },
  {
    name: 'of two exports that overlap within a day each tells its own hours',
    files: {
      'a.csv': focus({day: 1, hour: 3, usd: '1'}, {day: 1, hour: 9, usd: '2'}, {day: 1, hour: 14, usd: '4'}),
      'b.csv': focus(
        {day: 1, hour: 14, usd: '3'},
        {day: 1, hour: 20, usd: '8'},
        {day: 2, hour: 2, usd: '16'},
      ),
    },
    total: '30.00',
  },
  {
    name: 'usage reports too, and a model that vanished from one',
    files: {
      'a.json': openaiUsage(
        {day: 1, tokens: [2_000_000, 0]},
        {day: 1, tokens: [1_000_000, 0], model: 'gpt-5-nano-2025-08-07'},
      ),
      'b.json': openaiUsage({day: 1, tokens: [1_000_000, 0]}, {day: 2, tokens: [1_000_000, 0]}),
    },
    total: '2.50',
  },
]

/** Every order of up to three files; of more, the given, its reverse and a rotation. */
function orders(paths: readonly string[]): string[][] {
  if (paths.length <= 3)
    return paths.length <= 1
      ? [[...paths]]
      : paths.flatMap((path, index) =>
          orders([...paths.slice(0, index), ...paths.slice(index + 1)]).map(rest => [path, ...rest]),
        )
  return [[...paths], [...paths].reverse(), [...paths.slice(2), ...paths.slice(0, 2)]]
}

describe('exported again', () => {
  test.each(cases)('$name', async ({files, exportedAt = {}, total, issues = []}) => {
    for (const order of orders(Object.keys(files))) {
      const found = await settled(files, {order, exportedAt})
      expect([order, found.total]).toEqual([order, total])
      expect(found.issues.map(issue => issue.split(':')[0])).toEqual(issues)
      found.store[Symbol.dispose]()
    }
  })
})

test('the issue says which two, where they differ, and which counts', async () => {
  const {issues} = await settled({
    'one.json': openaiCosts({day: 1, usd: '7'}),
    'two.json': openaiCosts({day: 1, usd: '10'}),
  })
  expect(issues).toEqual([
    'undated-export: two.json and one.json differ on 2026-10-01, and nothing says which was exported later; the first is counted, $3.00 more',
  ])
})

test.each([
  ['exports/2026-11-03/costs.json', '2026-11-04T00:00:00Z'],
  ['cost_2026-09-01_2026-09-30.csv', '2026-10-01T00:00:00Z'],
  ['20261001-20261031/202611030615/part_0_0001.csv', '2026-11-03T06:15:00Z'],
  ['costs-20261103T061530Z.json', '2026-11-03T06:15:30Z'],
  ['costs-2026-13-45.json', null],
  ['chat-1234567890123.json', null],
])('the time in %s', (path, said) => expect(timeIn(path)).toBe(said === null ? -1 : Date.parse(said)))
