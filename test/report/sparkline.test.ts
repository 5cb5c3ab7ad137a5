import {expect, test} from 'vitest'
import {toCsv} from '../../src/report/formats/csv.ts'
import {toHtml} from '../../src/report/formats/html.ts'
import {toMarkdown} from '../../src/report/formats/markdown.ts'
import {sparkline, trendText} from '../../src/report/formats/sparkline.ts'
import {toTable} from '../../src/report/formats/table.ts'
import type {Report, Trend} from '../../src/report/report.ts'

test.each<[string, Trend, string]>([
  ['from zero to the greatest', [0, 1, 2, 3, 4, 5, 6, 7], '▁▂▃▄▅▆▇█'],
  ['a day not known is a gap, a day of nothing is not', [4, null, 0, 2], '█ ▁▅'],
  ['nothing but zero', [0, 0], '▁▁'],
  ['the same every day', [3, 3], '██'],
  ['credits lie below nothing', [-7n, 0n, 7n], '▁▅█'],
  ['money past what a float holds', [2n ** 70n, 0n], '█▁'],
  ['nothing at all', [], ''],
])('%s', (_, trend, drawn) => expect(sparkline(trend)).toBe(drawn))

test.each([
  [[0, 0, 7, 7], 2, '▁█'],
  [[null, null, 1, null], 2, ' █'],
  [[1, 2], 5, '▅█'],
  [Array.from({length: 31}, (_, day) => day), 8, '▁▂▃▄▅▆▇█'],
])('%j in %i characters', (trend, room, drawn) => expect(sparkline(trend, room)).toBe(drawn))

test('the numbers themselves', () => expect(trendText([1, null, 0, 1_500_000_000n])).toBe('1 – 0 1.50'))

const month = Array.from({length: 31}, (_, day) => (day === 3 ? null : BigInt(day) * 1_000_000_000n))
const report: Report = {
  title: 'Trend',
  subtitle: 's',
  closing: ['c'],
  tables: [
    {
      key: 't',
      title: null,
      empty: '',
      columns: [
        {key: 'name', label: 'Team', kind: 'text'},
        {key: 'trend', label: 'By day', kind: 'spark'},
        {key: 'cost', label: 'Cost', kind: 'usd'},
      ],
      rows: [
        {name: 'A team whose name is rather long for a screen', trend: month, cost: 465_000_000_000n},
        {name: 'b', trend: null, cost: 0n},
      ],
    },
  ],
}

test('a wide screen shows every day, a narrow one the shape', () => {
  expect(toTable(report, {width: 120, colour: false}).split('\n').slice(3, 6)).toEqual([
    'Team                                           By day                              Cost',
    'A team whose name is rather long for a screen  ▁▁▁ ▂▂▂▃▃▃▃▄▄▄▄▅▅▅▅▅▆▆▆▆▇▇▇▇███  $465.00',
    'b                                                                                 $0.00',
  ])
  expect(toTable(report, {width: 60, colour: false}).split('\n').slice(3, 6)).toEqual([
    'Team                      By day                        Cost',
    'A team whose name is ra…  ▁▁▁ ▂▂▃▃▃▄▄▄▄▅▅▅▆▆▆▆▇▇▇██  $465.00',
    'b                                                      $0.00',
  ])
})

test('elsewhere', () => {
  expect(
    toCsv({...report, tables: [{...report.tables[0]!, rows: [{trend: [1, null], name: 'a', cost: null}]}]}),
  ).toBe('table,name,trend,cost\nt,a,1 –,')
  expect(toMarkdown(report)).toContain('| ▁▁▁\u00a0▂▂▂▃▃▃▃▄▄▄▄▅▅▅▅▅▆▆▆▆▇▇▇▇███ |')
  expect(toHtml(report)).toMatch(
    /<span role="img" aria-label="0.00 1.00 2.00 – 4.00 [\d. ]+ 30.00" style="white-space: pre">▁▁▁ ▂/,
  )
})
