import {expect, test} from 'vitest'
import {widthOf} from '../../src/report/formats/layout.ts'
import {toTable} from '../../src/report/formats/table.ts'
import type {Report} from '../../src/report/report.ts'

const NAMES = [
  'Payments',
  '決済プラットフォーム開発チーム東京本社',
  '🚀 Growth 👩‍💻 & Experimentation Platform',
  'a-team-with-a-name-that-no-screen-of-sixty-columns-has-room-for-beside-its-money',
]
const COSTS = [9_999_999_999_990_000_000n, -3_000_000_000n, 1n, 0n]

const report: Report = {
  title:
    'A title longer than a narrow screen has columns for, which is cut where the screen ends, like a name',
  subtitle: 's',
  closing: ['c'],
  tables: [
    {
      key: 't',
      title:
        'And a heading that is longer than a narrow screen, which goes on in the next line as sentences do',
      empty: '',
      columns: [
        {key: 'name', label: 'Team', kind: 'text'},
        {key: 'budget', label: 'Budget', kind: 'text', drop: 1},
        {key: 'cost', label: 'Cost', kind: 'usd'},
        {key: 'share', label: 'Share', kind: 'share'},
        {key: 'bar', label: '', kind: 'bar'},
        {key: 'records', label: 'Records', kind: 'count'},
      ],
      rows: NAMES.map((name, index) => ({
        ...{name, budget: `4410 ${name}`, cost: COSTS[index]!, records: 10 ** (2 * index)},
        ...{share: index * 250_000, bar: index * 250_000},
      })),
    },
    {
      key: 'none',
      title: null,
      columns: [],
      rows: [],
      empty: 'There is nothing to show here, and this says so in more words than sixty columns hold.',
    },
  ],
}

/** The column after a text's end. */
const endOf = (line: string, text: string): number => {
  const at = line.lastIndexOf(text)
  return at < 0 ? -1 : widthOf(line.slice(0, at + text.length))
}

test.each([60, 80, 120, 200])('%i columns: nothing is wider, numbers end one under the other', width => {
  const lines = toTable(report, {width, colour: false}).split('\n')
  expect(lines.filter(line => widthOf(line) > width)).toEqual([])
  const rows = lines.filter(line => / %( |$)/.test(line))
  expect(rows).toHaveLength(NAMES.length)
  for (const texts of [
    ['$9,999,999,999.99', '-$3.00', '$0.000000001', '$0.00'],
    ['0.0 %', '25.0 %', '50.0 %', '75.0 %'],
    ['1', '100', '10,000', '1,000,000'],
  ]) {
    const ends = rows.map((row, index) => endOf(row, texts[index]!))
    expect(new Set(ends).size).toBe(1)
    expect(ends[0]).toBeGreaterThan(0)
  }
})

test.each([
  [120, [0, 8, 15, 23]],
  [60, [0, 4, 8, 12]],
])('in %i columns bars are as long as there is room, and keep their proportions', (width, lengths) => {
  const [table] = report.tables
  const short = {
    ...report,
    tables: [{...table!, rows: table!.rows.map(row => ({...row, name: 'web', budget: null}))}],
  }
  const bars = toTable(short, {width, colour: false})
    .split('\n')
    .filter(line => / %( |$)/.test(line))
    .map(line => [...line].filter(character => character === '█').length)
  expect(bars).toEqual(lengths)
})

test('a screen too narrow for a name cuts its end', () => {
  const text = toTable(report, {width: 60, colour: false})
  expect(text).toMatch(/^a-team-\S*… /m)
  expect(text).toMatch(/^決済\S*…/m)
})
