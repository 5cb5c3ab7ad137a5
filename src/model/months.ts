import {DAY_MS, dayOf} from './time.ts'

/** Epoch days, [from, to); of them [wholeFrom, wholeTo) are whole months, none where the two are one. */
export interface Months {
  readonly [bound: string]: number
  readonly from: number
  readonly to: number
  readonly wholeFrom: number
  readonly wholeTo: number
}

/** The epoch day on which the month of a day begins, or one so many months later. */
export function monthOf(day: number, later = 0): number {
  const date = new Date(day * DAY_MS)
  return dayOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1))
}

/** Days as whole months and what lies before and after them. */
export function monthsIn({from, to}: {readonly from: number; readonly to: number}): Months {
  const wholeFrom = Math.min(to, monthOf(from) === from ? from : monthOf(from, 1))
  return {from, to, wholeFrom, wholeTo: Math.max(wholeFrom, monthOf(to))}
}
