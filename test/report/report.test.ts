import {stripVTControlCharacters} from 'node:util'
import {afterAll, describe, expect, test} from 'vitest'
import {readConfig} from '../../src/config/config.ts'
import {csvField, toCsv} from '../../src/report/formats/csv.ts'
import {toHtml} from '../../src/report/formats/html.ts'
import {widthOf} from '../../src/report/formats/layout.ts'
import {toMarkdown} from '../../src/report/formats/markdown.ts'
import {toTable} from '../../src/report/formats/table.ts'
import {lenses} from '../../src/report/lenses/index.ts'
import {parsePeriod} from '../../src/report/period.ts'
import type {Report} from '../../src/report/report.ts'
import {quotesOf} from '../../src/server/pricing/quotes.ts'
import {openForWriting} from '../../src/store/open.ts'
import {acme} from './acme.ts'
import {withoutStyle} from './without-style.ts'

const {store} = acme()
afterAll(() => store[Symbol.dispose]())
const quote = quotesOf(readConfig(null))
const october = {period: parsePeriod({period: '2026-10'}, 0), asOf: 'event', quote} as const

describe.each(lenses.map(lens => [lens.id, lens] as const))('%s', (id, lens) => {
  const {report, json} = lens.view(store, october)

  test.each([60, 80, 120, 200])('%i columns', async width => {
    const text = toTable(report, {width, colour: false})
    expect(text.split('\n').filter(line => widthOf(line) > width)).toEqual([])
    expect(text).not.toContain('\u001b')
    if (width < 200) await expect(`${text}\n`).toMatchFileSnapshot(`golden/${id}-${width}.txt`)
  })

  test('colour changes nothing but colour', () => {
    const coloured = toTable(report, {width: 80, colour: true})
    expect(coloured).toContain('\u001b[')
    expect(stripVTControlCharacters(coloured)).toBe(toTable(report, {width: 80, colour: false}))
  })

  test('markdown', () => expect(`${toMarkdown(report)}\n`).toMatchFileSnapshot(`golden/${id}.md`))
  test('html', () => expect(`${withoutStyle(toHtml(report))}\n`).toMatchFileSnapshot(`golden/${id}.html`))
  test('csv', () => expect(`${toCsv(report)}\n`).toMatchFileSnapshot(`golden/${id}.csv`))
  test('json', () => expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot(`golden/${id}.json`))

  test('a month without usage', () => {
    const empty = lens.view(store, {period: parsePeriod({period: '2026-01'}, 0), asOf: 'event'})
    expect(toTable(empty.report, {width: 80, colour: false})).toContain('total $0.00')
  })

  test('an empty database', () => {
    using fresh = openForWriting(':memory:')
    expect(() => lens.view(fresh, october)).toThrow(':memory:: holds no usage')
  })
})

test('names are data', () => {
  const hostile: Report = {
    title: 'T',
    subtitle: 's',
    tables: [
      {
        key: 't',
        title: null,
        columns: [{key: 'name', label: 'Name', kind: 'text'}],
        rows: [{name: '=cmd|@acme/team <b>\u001b[31mred\n[x](http://a) `code`'}],
        empty: '',
      },
    ],
    closing: [],
  }
  expect(toTable(hostile, {width: 80, colour: false})).not.toContain('\u001b')
  expect(toMarkdown(hostile)).toContain(
    '| =cmd&#124;&#64;acme/team &lt;b&gt; \\[31mred \\[x\\](http&#58;//a) \\`code\\` |',
  )
  expect(toHtml(hostile)).toContain(
    '<th scope="row">=cmd|@acme/team &lt;b&gt; [31mred [x](http://a) `code`</th>',
  )
  expect(toCsv(hostile).split('\n')[1]).toMatch(/^t,"'=cmd/)
})

test.each([
  ['=1+1', "'=1+1"],
  ['+49', '+49'.replace('+', "'+")],
  ['-3.00', '-3.00'],
  ['-x', "'-x"],
  ['@acme', "'@acme"],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  [null, ''],
  [0, '0'],
])('csv field %s', (value, text) => expect(csvField(value)).toBe(text))
