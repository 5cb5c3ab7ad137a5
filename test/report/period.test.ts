import {expect, test} from 'vitest'
import {formatDay} from '../../src/model/time.ts'
import {parsePeriod, showPeriod} from '../../src/report/period.ts'

const NOW = Date.parse('2026-10-20T23:59:59Z')
const days = (text: Parameters<typeof parsePeriod>[0]) => {
  const {from, to} = parsePeriod(text, NOW)
  return [from === null ? null : formatDay(from), to === null ? null : formatDay(to)]
}

test.each([
  [{}, null, null],
  [{period: '2026-10'}, '2026-10-01', '2026-11-01'],
  [{period: '2026-12'}, '2026-12-01', '2027-01-01'],
  [{since: '2026-10-01', until: '2026-10-15'}, '2026-10-01', '2026-10-16'],
  [{since: '20261001'}, '2026-10-01', null],
  [{until: '20261001'}, null, '2026-10-02'],
  [{since: '30d'}, '2026-09-20', null],
  [{since: '2d', until: '1d'}, '2026-10-18', '2026-10-20'],
])('%j', (text, from, to) => expect(days(text)).toEqual([from, to]))

test.each([
  [
    {since: 'yesterday'},
    '--since "yesterday" is not a day',
    'write it as YYYY-MM-DD, YYYYMMDD or 30d (thirty days ago)',
  ],
  [
    {until: '2026-02-30'},
    '--until "2026-02-30" is not a day',
    'write it as YYYY-MM-DD, YYYYMMDD or 30d (thirty days ago)',
  ],
  [{period: '2026-13'}, '--period "2026-13" is not a month', 'write it as YYYY-MM, as in 2026-10'],
  [
    {period: '2026-10', since: '1d'},
    '--period cannot go with --since or --until',
    'give either the month or the two days',
  ],
  [
    {since: '2026-10-02', until: '2026-10-01'},
    '--until 2026-10-01 (2026-10-01) is before --since 2026-10-02 (2026-10-02)',
    'swap the two',
  ],
])('%j is refused', (text, message, mend) =>
  expect(() => days(text)).toThrow(expect.objectContaining({message, mend})),
)

test.each([
  [{period: '2026-10'}, 'October 2026'],
  [{since: '2026-10-01', until: '2026-10-31'}, 'October 2026'],
  [{since: '2026-10-01', until: '2026-10-01'}, '2026-10-01'],
  [{since: '2026-10-05'}, '2026-10-05 to 2026-10-18'],
  [{}, '2026-09-30 to 2026-10-18'],
])('%j is shown', (text, shown) =>
  expect(showPeriod(parsePeriod(text, NOW), {first: 20726, last: 20744})).toBe(shown),
)
