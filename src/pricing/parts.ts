/** Tokens within the four counts that a price may tell apart: whether they can be, and what is left beside them. */
import {PART_OF, type UsageParts} from '../model/fact.ts'
import {type Counts, kindOf, PARTS, type PartPrices, type PerMillion} from './price-row.ts'

export const isCount = (count: number): boolean => count >= 0 && Number.isSafeInteger(count)

/** What is wrong with parts: no counts, or more than the count they are a part of; null: nothing. */
export function badPart(parts: UsageParts, {input, output, cacheRead, cacheWrite}: Counts): string | null {
  const left = {input, output, cacheRead, cacheWrite}
  for (const part of PARTS) {
    const count = parts[part] ?? 0
    if (!isCount(count)) return `${words(part)} ${count} is not a count`
    left[kindOf(part)] -= count
    if (left[kindOf(part)] < 0) return `more ${words(part)} than ${words(PART_OF[part])}`
  }
  const {webSearches = 0} = parts
  return isCount(webSearches) ? null : `web searches ${webSearches} is not a count`
}

/** `cacheWrite1hTokens` as people say it: `cache write 1h tokens`. */
export const words = (name: string): string => name.replace(/[A-Z]|1h/g, ' $&').toLowerCase()

/** What of a count no part with a price of its own explains. */
export const plainOf = (
  kind: keyof PerMillion,
  count: number,
  prices: PartPrices,
  parts: UsageParts = {},
): number =>
  PARTS.reduce(
    (left, part) => (kindOf(part) === kind && prices[part] !== undefined ? left - (parts[part] ?? 0) : left),
    count,
  )
