/** How sure is sure enough, in the one place that says so. */

/** The policy ceiling: nothing is ever shown as surer. */
export const CAP = 0.95
/** The highest confidence of an answer that stays contested: bounded, or ambiguous. */
export const CONTESTED_CAP = 0.79
/** From here on money may be charged to the named organization. */
export const CHARGEBACK_FLOOR = 0.8

export type ConfidenceBand = 'high' | 'medium' | 'low' | 'none'

export const bandOf = (coper: number): ConfidenceBand =>
  coper >= CHARGEBACK_FLOOR ? 'high' : coper >= 0.5 ? 'medium' : coper > 0 ? 'low' : 'none'

/** Charged back only what one owner has, surely enough. While a dispute is open its spend class is contested. */
export const isEligible = (spendClass: string, coper: number): boolean =>
  spendClass === 'owned' && coper >= CHARGEBACK_FLOOR
