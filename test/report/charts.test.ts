/** Drawings of charts: what they say is what they were given, nothing overlaps, and names stay names. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {parseUsd} from '../../src/model/money.ts'
import {type Chart, type Series, tableOf} from '../../src/report/chart.ts'
import {chartSvg} from '../../src/report/formats/charts/index.ts'
import {scaleOf, tickText} from '../../src/report/formats/charts/scale.ts'
import {textWidth} from '../../src/report/formats/charts/svg.ts'

const usd = (text: string): bigint => parseUsd(text)!

describe('a scale', () => {
  test.each([
    [['4700'], ['$0', '$2k', '$4k', '$6k']],
    [['10'], ['$0', '$5', '$10']],
    [['0.000000001'], ['$0', '$0.000000001']],
    [['1500000'], ['$0', '$500k', '$1M', '$1.5M']],
    [
      ['-30', '100'],
      ['-$50', '$0', '$50', '$100'],
    ],
    [['-12'], ['-$15', '-$10', '-$5', '$0']],
    [['2400000000'], ['$0', '$1B', '$2B', '$3B']],
    [[], ['$0', '$1']],
  ])('of %j', (amounts, ticks) => {
    expect(scaleOf(amounts.map(usd), 4).ticks.map(tickText)).toEqual(ticks)
  })

  test('holds every amount, rises, and has few, round, even, differently written ticks', () => {
    const amounts = fc.array(fc.bigInt({min: -(10n ** 19n), max: 10n ** 19n}), {maxLength: 5})
    fc.assert(
      fc.property(amounts, fc.integer({min: 2, max: 8}), (all, steps) => {
        const {ticks, at} = scaleOf(all, steps)
        expect(ticks.length).toBeLessThanOrEqual(steps + 2)
        expect(ticks).toContain(0n)
        const step = ticks[1]! - ticks[0]!
        expect(String(step)).toMatch(/^[125]0*$/)
        expect(new Set(ticks.map((tick, index) => tick - BigInt(index) * step)).size).toBe(1)
        expect(new Set(ticks.map(tickText)).size).toBe(ticks.length)
        for (const amount of all) {
          expect(at(amount)).toBeGreaterThanOrEqual(0)
          expect(at(amount)).toBeLessThanOrEqual(1)
        }
        expect([at(ticks[0]!), at(ticks.at(-1)!)]).toEqual([0, 1])
      }),
    )
  })

  test('a tick is written exactly', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1n, 2n, 5n),
        fc.nat(19),
        fc.integer({min: -6, max: 6}),
        (factor, power, times) => {
          const tick = factor * 10n ** BigInt(power) * BigInt(times)
          const [, sign, digits, unit] = /^(-?)\$([\d.]+)([kMB]?)$/.exec(tickText(tick))!
          const size = {'': 1n, k: 1_000n, M: 1_000_000n, B: 1_000_000_000n}[unit!]!
          expect(usd(`${sign}${digits}`) * size).toBe(tick)
        },
      ),
    )
  })
})

const SERIES: readonly Series[] = [
  {tone: 'owned', label: 'owned'},
  {tone: 'unresolved', label: 'unresolved'},
]
const parts = fc.tuple(fc.bigInt(-(10n ** 13n), 10n ** 15n), fc.bigInt(0n, 10n ** 15n))
const name = fc.string({unit: 'grapheme', minLength: 1, maxLength: 60, size: 'max'})

const charts: fc.Arbitrary<Chart> = fc.oneof(
  fc.array(parts, {minLength: 1, maxLength: 66}).map(
    (all): Chart => ({
      ...{kind: 'stacked-time', key: 'k', title: 'Time', series: SERIES},
      points: all.map((each, index) => ({day: 20_000 + index, days: 1, parts: each})),
    }),
  ),
  fc
    .array(fc.record({label: name, parts}), {minLength: 1, maxLength: 20})
    .map((bars): Chart => ({...{kind: 'bars', key: 'k', title: 'Bars', of: 'Team', series: SERIES, bars}})),
  fc
    .array(fc.record({label: name, short: fc.constant('0.5'), parts}), {minLength: 1, maxLength: 8})
    .map(
      (bins): Chart => ({...{kind: 'histogram', key: 'k', title: 'Bins', of: 'Sure', series: SERIES, bins}}),
    ),
  fc.array(fc.record({label: name, change: fc.bigInt(-(10n ** 14n), 10n ** 14n)}), {maxLength: 8}).map(
    (steps): Chart => ({
      ...{kind: 'waterfall', key: 'k', title: 'Steps', steps},
      from: {label: 'before', value: 5n},
      to: {label: 'after', value: steps.reduce((sum, {change}) => sum + change, 5n)},
    }),
  ),
  fc
    .array(fc.record({label: name, value: fc.option(fc.bigInt(0n, 10n ** 15n))}), {
      minLength: 1,
      maxLength: 40,
    })
    .map((points): Chart => ({kind: 'sparkline', key: 'k', title: 'Spark', of: 'Day', points})),
)

interface Written {
  readonly from: number
  readonly to: number
  readonly y: number
}

/** Where text stands in a drawing. */
const written = (drawing: string): Written[] =>
  [
    ...drawing.matchAll(/<text x="([-\d.]+)" y="([-\d.]+)"(?: text-anchor="(\w+)")?[^>]*>([^<]*)<\/text>/g),
  ].map(([, x, y, anchor = 'start', text]) => {
    const plain = text!.replace(/&(amp|lt|gt|quot|#39);/g, '_')
    const width = textWidth(plain)
    const from = Number(x) - (anchor === 'end' ? width : anchor === 'middle' ? width / 2 : 0)
    return {from, to: from + width, y: Number(y)}
  })

test('no two labels overlap, and none leaves the drawing', () => {
  fc.assert(
    fc.property(charts, fc.constantFrom(330, 560, 1100), (chart, width) => {
      const all = written(chartSvg(chart, width))
      for (const {from, to} of all) {
        expect(from).toBeGreaterThanOrEqual(-1)
        expect(to).toBeLessThanOrEqual(width + 1)
      }
      for (const [index, a] of all.entries())
        for (const b of all.slice(index + 1))
          if (Math.abs(a.y - b.y) < 11) expect(a.to <= b.from + 0.2 || b.to <= a.from + 0.2).toBe(true)
    }),
  )
})

test('numbers are numbers, and boxes are never less than nothing', () => {
  fc.assert(
    fc.property(charts, fc.constantFrom(330, 560, 1100), (chart, width) => {
      const drawing = chartSvg(chart, width)
      expect(drawing).not.toMatch(/NaN|Infinity|="-[\d.]+" height|width="-|height="-/)
    }),
  )
})

test('names are data', () => {
  const hostile = '</title><script>alert(1)</script>" onload="x'
  const drawing = chartSvg(
    {
      kind: 'bars',
      key: 'k',
      title: hostile,
      of: 'Team',
      series: SERIES,
      bars: [{label: hostile, parts: [1n, 0n]}],
    },
    1100,
  )
  expect(drawing).not.toContain('<script')
  expect(drawing).not.toMatch(/" onload/)
})

test('a gap in a small line is a gap, and what stands alone is a dot', () => {
  const value = (amount: bigint | null, index: number) => ({label: `d${index}`, value: amount})
  const chart = {
    kind: 'sparkline',
    key: 'k',
    title: 'S',
    of: 'Day',
    points: [1n, 2n, null, 3n].map(value),
  } as const
  const drawing = chartSvg(chart, 108)
  expect(drawing).toContain('<path d="M16.5 34L41.5 24M91.5 14" class="spark"/>')
  expect(drawing.match(/class="spark dot"/g)).toHaveLength(1)
  expect(drawing).toContain('<title>d2: not known</title>')
})

test('every chart is a table too', () => {
  fc.assert(
    fc.property(charts, chart => {
      const {columns, rows} = tableOf(chart)
      for (const row of rows) for (const {key} of columns) expect(row).toHaveProperty(key)
    }),
  )
})
