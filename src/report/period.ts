/** The days a report is about: whole days, UTC. */
import {UserError} from '../model/errors.ts'
import {monthOf} from '../model/months.ts'
import {dayOf, formatDay, parseTime} from '../model/time.ts'

/** Days in [from, to); null: unbounded. */
export interface Period {
  readonly from: number | null
  readonly to: number | null
}

export interface PeriodText {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly period?: string | undefined
  readonly week?: string | undefined
}

/**
 * What `--since`, `--until`, `--period` and `--week` say at the instant `now` (epoch ms).
 *
 *     since, until   YYYY-MM-DD | YYYYMMDD | Nd (N days before today); the end day is included
 *     period         YYYY-MM
 *     week           YYYY-Www, Monday to Sunday (ISO 8601)
 */
export function parsePeriod({since, until, period, week}: PeriodText, now: number): Period {
  if (week !== undefined) {
    if (since !== undefined || until !== undefined || period !== undefined)
      throw new UserError(
        '--week cannot go with --period, --since or --until',
        'give either the week or the days',
      )
    return weekDays(week)
  }
  if (period !== undefined) {
    if (since !== undefined || until !== undefined)
      throw new UserError(
        '--period cannot go with --since or --until',
        'give either the month or the two days',
      )
    return month(period)
  }
  const from = since === undefined ? null : day(since, '--since', now)
  const last = until === undefined ? null : day(until, '--until', now)
  if (from !== null && last !== null && last < from)
    throw new UserError(
      `--until ${until} (${formatDay(last)}) is before --since ${since} (${formatDay(from)})`,
      'swap the two',
    )
  return {from, to: last === null ? null : last + 1}
}

function month(text: string): Period {
  const start = /^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? parseTime(`${text}-01`) : null
  if (start === null)
    throw new UserError(`--period "${text}" is not a month`, 'write it as YYYY-MM, as in 2026-10')
  const from = dayOf(start)
  return {from, to: monthOf(from, 1)}
}

/** The first week of a year holds its 4th of January. */
function weekDays(text: string): Period {
  const [, year, number] = /^(20\d{2})-?W(\d{2})$/.exec(text) ?? []
  const fourth = year === undefined ? null : parseTime(`${year}-01-04`)
  if (fourth !== null) {
    const from = mondayOf(dayOf(fourth)) + 7 * (Number(number) - 1)
    const thursday = formatDay(from + 3)
    if (thursday.startsWith(year!)) return {from, to: from + 7}
  }
  throw new UserError(`--week "${text}" is not a week`, 'write it as YYYY-Www, as in 2026-W42')
}

/** 1970 began on a Thursday. */
const mondayOf = (day: number): number => day - ((day + 3) % 7)

function day(text: string, flag: string, now: number): number {
  const ago = /^(\d{1,4})d$/.exec(text)
  if (ago) return dayOf(now) - Number(ago[1])
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  const plain = compact ? compact.slice(1).join('-') : text
  const at = /^\d{4}-\d{2}-\d{2}$/.test(plain) ? parseTime(plain) : null
  if (at === null || formatDay(dayOf(at)) !== plain)
    throw new UserError(
      `${flag} "${text}" is not a day`,
      'write it as YYYY-MM-DD, YYYYMMDD or 30d (thirty days ago)',
    )
  return dayOf(at)
}

/** Bounds for SQL: an unbounded side lies outside every day a store can hold. */
export const boundsOf = ({from, to}: Period): {readonly from: number; readonly to: number} => ({
  from: from ?? 0,
  to: to ?? 100_000,
})

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** A period for people: `October 2026`, `2026-10-01 to 2026-10-15`; an open side takes the data's own day. */
export function showPeriod(
  {from, to}: Period,
  data: {readonly first: number | null; readonly last: number | null},
): string {
  const first = from ?? data.first
  const last = to === null ? data.last : to - 1
  if (first === null || last === null) return 'no usage'
  const start = formatDay(first)
  const end = formatDay(last)
  if (start.endsWith('-01') && formatDay(last + 1).endsWith('-01') && start.slice(0, 7) === end.slice(0, 7))
    return `${MONTHS[Number(start.slice(5, 7)) - 1]} ${start.slice(0, 4)}`
  return start === end ? start : `${start} to ${end}`
}
