/** The lines every report ends in. */
import {type Nanos, showExactUsd} from '../model/money.ts'
import type {Totals} from './lines.ts'
import type {Loaded} from './load.ts'

/** Exact, because it must add up: `owned $42,800.00 + contested $6,100.01 + unresolved $3,400.00 = total $52,300.01`. */
export function reconcilingLines(
  {total, owned, contested, unresolved}: Totals,
  loaded: Loaded,
  where = ', see venturi reconcile',
): string[] {
  const parts = [
    `owned ${showExactUsd(owned)}`,
    `contested ${showExactUsd(contested)}`,
    `unresolved ${showExactUsd(unresolved)}`,
  ]
  return [`${parts.join(' + ')} = total ${showExactUsd(total)}; ${billedText(loaded, total, where)}`]
}

/** `where`: where the difference is told apart. */
function billedText({invoiced}: Loaded, total: Nanos, where: string): string {
  if (invoiced === null) return 'no invoice for this period has been read'
  const {amount, invoices} = invoiced
  const what = `billed ${showExactUsd(amount)} on ${invoices} ${invoices === 1 ? 'invoice' : 'invoices'}`
  if (amount === total) return `${what}: the same`
  const gap = amount > total ? amount - total : total - amount
  return `${what}: ${showExactUsd(gap)} ${amount > total ? 'more' : 'less'}${where}`
}

/** Parts per million of a whole; 0 of nothing. Rounded to the nearest. */
export const ppmOf = (part: Nanos, whole: Nanos): number =>
  whole === 0n ? 0 : Math.round(Number((part * 10_000_000n) / whole) / 10)
