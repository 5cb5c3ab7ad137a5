/**
 * What a period will have cost at its end: a run rate by weekday, with a band from how far the days of this very series lie from it.
 *
 * The last four weeks of days (at least ten; below fourteen weekdays are not told apart) give each weekday its mean. The days to come
 * cost their means. With s² the mean square of the residuals over their degrees of freedom, the sum over the days to come has the variance
 *
 *     s² · (days to come + Σ over weekdays (days to come of it)² / (days known of it))
 *
 * its own noise and that of the means; the band is t times its root, t the 90th percentile of Student's distribution: about 80 % of such
 * months end within it. A trend or a change of level is not foreseen. Whole nano-dollars throughout. Pure.
 */
import type {Nanos} from '../model/money.ts'

export const FEWEST_DAYS = 10
const MOST_DAYS = 28
const WEEKDAYS_FROM = 14

/** Sums over the days to come. */
export interface Forecast {
  readonly mid: Nanos
  readonly low: Nanos
  readonly high: Nanos
  /** How many days it is made from, and whether it tells weekdays apart. */
  readonly days: number
  readonly weekdays: boolean
}

/** `history`: cost of each day up to the first to come, which is `from`; `[from, to)` are to come. Null: too few days are known. */
export function forecast(history: readonly Nanos[], from: number, to: number): Forecast | null {
  const known = history.slice(-MOST_DAYS)
  if (known.length < FEWEST_DAYS) return null
  const weekdays = known.length >= WEEKDAYS_FROM
  const first = from - known.length
  const classOf = (day: number): number => (weekdays ? day % 7 : 0)
  const sums = new Map<number, {sum: Nanos; count: number; ahead: number}>()
  for (const [index, cost] of known.entries()) {
    const kind = classOf(first + index)
    const sum = sums.get(kind) ?? {sum: 0n, count: 0, ahead: 0}
    sums.set(kind, sum)
    sum.sum += cost
    sum.count++
  }
  for (let day = from; day < to; day++) sums.get(classOf(day))!.ahead++
  const mid = [...sums.values()].reduce(
    (total, {sum, count, ahead}) => total + (sum * BigInt(ahead)) / BigInt(count),
    0n,
  )
  const squares = known.reduce((total, cost, index) => {
    const {sum, count} = sums.get(classOf(first + index))!
    const residual = cost - sum / BigInt(count)
    return total + residual * residual
  }, 0n)
  const freedom = known.length - sums.size
  // Thousandths of a day.
  const spread = [...sums.values()].reduce(
    (total, {count, ahead}) => total + Math.round((1000 * ahead * ahead) / count),
    1000 * (to - from),
  )
  const deviation = root((squares * BigInt(spread)) / (1000n * BigInt(freedom)))
  const band = (deviation * BigInt(student90(freedom))) / 10_000n
  return {mid, low: mid - band, high: mid + band, days: known.length, weekdays}
}

/** Ten-thousandths; within 0.02 of the table from seven degrees of freedom on. */
const student90 = (freedom: number): number => Math.round(12_816 + 8_460 / freedom)

/** Rounded down. */
function root(square: bigint): bigint {
  if (square < 2n) return square
  let guess = 1n << BigInt((square.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (guess + square / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}
