/** Reads the overlay: service tiers as exact fractions, and corrections to the catalogue. */
import {DAY_MS, parseTime} from '../model/time.ts'
import type {NoPrice} from './model-name.ts'
import {overlay} from './overlay-data.ts'
import {type Fraction, ONE} from './price-row.ts'

export const OVERLAY_VERSION: string = overlay.version

/** Tiers a price is taken at. */
export type TierName = 'standard' | 'batch' | 'flex' | 'priority'

/** The tier a price was taken at; `note` says when that is not plainly what was asked for. */
export interface AppliedTier {
  readonly tier: TierName
  readonly fraction: Fraction
  readonly note: string | null
}

type Pair = readonly [numerator: number, denominator: number]

interface TierFactor {
  readonly factor: Pair
  readonly about?: string
  readonly models?: {readonly [model: string]: Pair}
}

const entriesOf = <T>(table: {readonly [key: string]: T}): readonly (readonly [string, T])[] =>
  Object.entries(table)

const WORDS = new Map(
  entriesOf(overlay.tierWords).flatMap(([tier, words]) =>
    words.split(/\s+/).map(word => [word, tier as keyof typeof overlay.tierWords] as const),
  ),
)
const FACTORS = new Map(
  entriesOf(overlay.tiers).map(([provider, tiers]) => [
    provider,
    new Map(
      entriesOf<TierFactor>(tiers).map(([tier, {models = {}, ...rest}]) => [
        tier,
        {...rest, models: new Map(entriesOf(models))},
      ]),
    ),
  ]),
)

const toFraction = ([numerator, denominator]: Pair): Fraction => ({
  numerator: BigInt(numerator),
  denominator: BigInt(denominator),
})

/**
 * The price fraction of a service tier for a model of a catalogue provider. A tier nobody knows means standard, flagged;
 * capacity bought by the hour has no price per token.
 */
export function applyTier(
  provider: string,
  model: string | null,
  asWritten: string | null,
): AppliedTier | NoPrice {
  const written = asWritten?.trim() ?? ''
  const tier = written === '' ? 'standard' : WORDS.get(written.toLowerCase().replace(/[^a-z]/g, ''))
  if (tier === 'standard') return {tier, fraction: ONE, note: null}
  if (tier === 'provisioned')
    return {reason: `service tier "${written.slice(0, 40)}" is billed by the hour, not by the token`}
  const known = tier && FACTORS.get(provider)?.get(tier)
  if (!tier || !known)
    return {
      tier: 'standard',
      fraction: ONE,
      note: `no price known for service tier "${written.slice(0, 40)}" of ${provider}: standard price`,
    }
  const own = known.models.get(model ?? '')
  return {
    tier,
    fraction: toFraction(own ?? known.factor),
    note: own === undefined && known.about !== undefined ? `${tier} is ${known.about}` : null,
  }
}

const MOVING: ReadonlySet<string> = new Set(overlay.movingAliases)

/** Whether the model behind a name changes from time to time. */
export const isMoving = (model: string): boolean => {
  const name = model.trim().toLowerCase().replace(/^.*\//, '')
  return name.endsWith('-latest') || MOVING.has(name)
}

/** What an endpoint bound to a region costs of the global price, where that differs. */
export function regionalFactor(provider: string, model: string): Fraction | null {
  const {provider: seller, models, except, factor} = overlay.regionalPremium
  const applies =
    provider === seller && model.startsWith(models) && !except.some(start => model.startsWith(start))
  return applies ? toFraction(factor) : null
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
