import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {
  DAY_MS,
  dayOf,
  formatDay,
  formatTime,
  parseTime,
  parseUnixSeconds,
  plausible,
} from '../../src/model/time.ts'

const FIRST = Date.UTC(2015, 0, 1)
const LAST = Date.UTC(2100, 0, 1) - 1
const instant = fc.integer({min: FIRST + DAY_MS, max: LAST - DAY_MS})

describe('written times', () => {
  test.each([
    ['2026-09-14', '2026-09-14T00:00:00Z'],
    ['2026-09-14T10:22:31Z', '2026-09-14T10:22:31Z'],
    ['2026-09-14 10:22:31', '2026-09-14T10:22:31Z'],
    ['2026-09-14 10:22:31.120000', '2026-09-14T10:22:31.120Z'],
    ['2026-09-14T10:22:31,5Z', '2026-09-14T10:22:31.500Z'],
    ['2026-09-14T10:22:31.123456789Z', '2026-09-14T10:22:31.123Z'],
    ['2026-09-14T10:22', '2026-09-14T10:22:00Z'],
    ['2026-09-14 10:22:31 UTC', '2026-09-14T10:22:31Z'],
    ['2026-09-14t10:22:31z', '2026-09-14T10:22:31Z'],
    ['2026-09-14T10:22:31+02:00', '2026-09-14T08:22:31Z'],
    ['2026-09-14T10:22:31-0530', '2026-09-14T15:52:31Z'],
    ['2026-09-30T23:00:00-02:00', '2026-10-01T01:00:00Z'],
    ['2028-02-29', '2028-02-29T00:00:00Z'],
    ['2026-12-31T24:00:00Z', '2027-01-01T00:00:00Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
    [' 2026-09-14\r', '2026-09-14T00:00:00Z'],
    ['2015-01-01', '2015-01-01T00:00:00Z'],
    ['2099-12-31T23:59:59.999Z', '2099-12-31T23:59:59.999Z'],
  ])('%j is %s', (text, time) => expect(formatTime(parseTime(text)!)).toBe(time))

  test.each([
    '',
    'yesterday',
    '14.09.2026',
    '09/14/2026',
    '2026-9-14',
    '20260914',
    '46279',
    '2026-02-29',
    '2026-02-30',
    '2026-04-31',
    '2026-00-10',
    '2026-13-01',
    '2026-10-00',
    '2026-10-32',
    '2026-10-01T25:00:00Z',
    '2026-10-01T24:00:01Z',
    '2026-10-01T24:30:00Z',
    '2026-10-01T99:00:00Z',
    '2026-10-01T10:60:00Z',
    '2026-10-01T10:00:61Z',
    '2026-10-01T10:00:00+25:00',
    '2026-10-01T10:00:00+02:75',
    '1970-01-01T00:00:00Z',
    '2014-12-31T23:59:59Z',
    '2100-01-01',
    '2500-01-01T00:00:00Z',
    '2026-10-01T10:00:00 CEST',
    '2026-10-01T10:00:00Z; DROP TABLE usage',
  ])('%j is no time venturi believes', text => expect(parseTime(text)).toBeNull())
})

test('a time written out and read again is the same', () =>
  fc.assert(fc.property(instant, at => parseTime(formatTime(at)) === at)))

test('the zone only says where the clock stood', () =>
  fc.assert(
    fc.property(instant, fc.integer({min: -14 * 60, max: 14 * 60}), (at, minutes) => {
      const two = (value: number) => String(value).padStart(2, '0')
      const zone = `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
      return parseTime(new Date(at + minutes * 60_000).toISOString().replace('Z', zone)) === at
    }),
  ))

test('a text that names a day is that day or nothing', () =>
  fc.assert(
    fc.property(
      fc.integer({min: 2014, max: 2101}),
      fc.integer({min: 0, max: 14}),
      fc.integer({min: 0, max: 33}),
      (year, month, day) => {
        const text = [year, String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-')
        const at = parseTime(text)
        return at === null || formatDay(dayOf(at)) === text
      },
    ),
  ))

test('every instant of a day lies in that day', () =>
  fc.assert(
    fc.property(instant, at => {
      const start = parseTime(formatDay(dayOf(at)))!
      return start <= at && at < start + DAY_MS
    }),
  ))

describe('unix seconds', () => {
  test.each([
    [1790553600, 1_790_553_600_000],
    ['1790553600', 1_790_553_600_000],
    ['1790553600.0', 1_790_553_600_000],
    [1790553600.25, 1_790_553_600_250],
  ])('%j is %d', (value, at) => expect(parseUnixSeconds(value)).toBe(at))

  // Milliseconds and microseconds are a wrong unit; so are 1970 and 2500.
  test.each([
    0,
    1,
    -1790553600,
    16_725_225_600,
    1_790_553_600_000,
    '1790553600000',
    Number.NaN,
    Infinity,
    '',
    ' ',
    '1e9',
    'x',
    null,
    undefined,
    {},
    true,
  ])('%j is not one', value => expect(parseUnixSeconds(value)).toBeNull())
})

test('2015 to 2099 is where AI usage can lie', () =>
  expect([FIRST - 1, FIRST, LAST, LAST + 1, Number.NaN].map(plausible)).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]))
