/** Reads the overlay: service tiers as exact fractions, and corrections to the catalogue. */
import {DAY_MS, parseTime} from '../model/time.ts'
import {overlay} from './overlay-data.ts'
import type {Fraction} from './price-row.ts'

export const OVERLAY_VERSION: string = overlay.version

export type TierName = 'standard' | 'batch' | 'flex' | 'priority'

/** The tier a price was taken at; `note` says when that is not plainly what was asked for. */
export interface AppliedTier {
  readonly tier: TierName
  readonly fraction: Fraction
  readonly note: string | null
}

const ONE: Fraction = {numerator: 1n, denominator: 1n}
const WORDS = new Map<string, TierName>(Object.entries(overlay.tierWords))

interface TierFactor {
  readonly factor: readonly [number, number]
  readonly about?: string
}
const FACTORS = new Map(
  Object.entries(overlay.tiers).map(([provider, tiers]) => [
    provider,
    new Map<string, TierFactor>(Object.entries(tiers)),
  ]),
)

/** The price fraction of a service tier at a catalogue provider; a tier nobody knows means standard, flagged. */
export function applyTier(provider: string, asWritten: string | null): AppliedTier {
  const written = asWritten?.trim() ?? ''
  const word = written.toLowerCase().replace(/[\s-]+/g, '_')
  const tier = word === '' ? 'standard' : WORDS.get(word)
  if (tier === 'standard') return {tier, fraction: ONE, note: null}
  const known = tier && FACTORS.get(provider)?.get(tier)
  if (!tier || !known)
    return {
      tier: 'standard',
      fraction: ONE,
      note: `no price known for service tier "${written.slice(0, 40)}" of ${provider}: standard price`,
    }
  const [numerator, denominator] = known.factor
  return {
    tier,
    fraction: {numerator: BigInt(numerator), denominator: BigInt(denominator)},
    note: known.about ? `${tier} is ${known.about}` : null,
  }
}

/** When a model's daily price windows hold. */
export interface WindowCorrection {
  /** ISO date of the first day of the windows. */
  readonly from: string
  holds(at: number): boolean
}

/** The correction for a model's daily price windows, or null where the catalogue stands as it is. */
export function windowCorrection(model: string): WindowCorrection | null {
  const found = overlay.dailyWindows.find(({models}) => models.some(name => name === model))
  if (!found) return null
  const from = startOf(found.from)
  const weekendsFrom = startOf(found.weekends.from)
  const offset = found.weekends.offsetHours * 3_600_000
  return {
    from: found.from,
    holds(at) {
      if (at < from) return false
      // 1970-01-01 was a Thursday: day 2 and 3 of each such week are Saturday and Sunday.
      const weekday = Math.floor((at + offset) / DAY_MS) % 7
      return at + offset < weekendsFrom || (weekday !== 2 && weekday !== 3)
    },
  }
}

function startOf(day: string): number {
  const at = parseTime(day)
  if (at === null) throw new RangeError(`overlay: "${day}" is not a day`)
  return at
}
