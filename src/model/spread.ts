/**
 * What each row of a cell costs once a bill has settled the cell's sum. Rows are taken in time order; row k gets
 * ⌊B·Wₖ/W⌋ − ⌊B·Wₖ₋₁/W⌋, with Wₖ what the rows weigh up to and with it: they sum to B exactly, and one row can be
 * computed without the others.
 *
 * @example B = 10 over three equal rows: 3, 3, 4
 */
import type {Nanos} from '../model/money.ts'

export type WeightBy = 'cost' | 'tokens' | 'rows'

export interface CellMoney {
  readonly records: bigint
  readonly tokens: bigint
  readonly estNanos: Nanos | null
  readonly billedNanos: Nanos | null
}

/** Whether a bill decided, and the rows' own costs no longer hold. */
export const isSpread = ({billedNanos, estNanos}: CellMoney): boolean =>
  billedNanos !== null && billedNanos !== estNanos

/** Rows weigh what they say they cost; where none says, their tokens; where none are counted, all the same. */
export const weightBy = ({estNanos, tokens}: CellMoney): WeightBy =>
  estNanos !== null && estNanos > 0n ? 'cost' : tokens > 0n ? 'tokens' : 'rows'

export const totalWeight = (cell: CellMoney): bigint =>
  ({cost: cell.estNanos ?? 0n, tokens: cell.tokens, rows: cell.records})[weightBy(cell)]

export interface Weighed {
  readonly costNanos: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly cacheWriteTokens: number | null
}

export function weightOf(row: Weighed, by: WeightBy): bigint {
  if (by === 'rows') return 1n
  if (by === 'cost') return BigInt(row.costNanos ?? 0)
  const {inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens} = row
  return BigInt((inputTokens ?? 0) + (outputTokens ?? 0) + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0))
}

const floorDivide = (dividend: bigint, divisor: bigint): bigint => {
  const whole = dividend / divisor
  return dividend % divisor < 0n ? whole - 1n : whole
}

/** The part of `billed` of a row of this weight, when all up to and with it weigh `upTo`. */
export const shareOf = (billed: Nanos, total: bigint, upTo: bigint, weight: bigint): Nanos =>
  floorDivide(billed * upTo, total) - floorDivide(billed * (upTo - weight), total)
