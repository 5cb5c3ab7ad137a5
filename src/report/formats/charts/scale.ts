/** From money to places on a drawing, and the round amounts that are written along it. */
import {formatUsd, NANOS_PER_USD, type Nanos} from '../../../model/money.ts'

export interface Scale {
  /** Round amounts, evenly apart, lowest first; the first and last end the scale. */
  readonly ticks: readonly Nanos[]
  /** 0 at the lowest, 1 at the highest. */
  readonly at: (amount: Nanos) => number
}

const floorTo = (amount: Nanos, step: Nanos): Nanos => {
  const rest = amount % step
  return amount - rest - (rest < 0n ? step : 0n)
}

/**
 * Holds 0 and all amounts, with at most about `steps` steps of 1, 2 or 5 times a power of ten.
 *
 * @example scaleOf([0n, 4_700_000_000_000n], 4).ticks.map(tickText) // $0, $2k, $4k, $6k
 */
export function scaleOf(amounts: readonly Nanos[], steps: number): Scale {
  const ordered = [0n, ...amounts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const [low, high] = [ordered[0]!, ordered.at(-1)!]
  const step = stepOf(high - low, BigInt(steps))
  const first = floorTo(low, step)
  const last = high === low ? step : -floorTo(-high, step)
  const ticks: Nanos[] = []
  for (let tick = first; tick <= last; tick += step) ticks.push(tick)
  // Pixels are floats; amounts are not: a millionth of a drawing is finer than anybody sees.
  return {ticks, at: amount => Number(((amount - first) * 1_000_000n) / (last - first)) / 1_000_000}
}

function stepOf(range: Nanos, steps: bigint): Nanos {
  if (range === 0n) return NANOS_PER_USD
  for (let power = 1n; ; power *= 10n)
    for (const factor of [1n, 2n, 5n]) if (factor * power * steps >= range) return factor * power
}

const UNITS = [
  [1_000_000_000n, 'B'],
  [1_000_000n, 'M'],
  [1_000n, 'k'],
] as const

/** A round amount, briefly and exactly: `$0`, `$0.05`, `$250`, `$1.5k`, `-$2M`. */
export function tickText(amount: Nanos): string {
  const sign = amount < 0n ? '-' : ''
  const abs = amount < 0n ? -amount : amount
  const [size, letter] = UNITS.find(([unit]) => abs >= unit * NANOS_PER_USD) ?? [1n, '']
  // Ticks are multiples of a power of ten, so nothing is cut by the division.
  const text = formatUsd(abs / size).replace(/\.00$/, '')
  return `${sign}$${letter === '' ? text : text.replace(/(\.\d)0$/, '$1')}${letter}`
}
