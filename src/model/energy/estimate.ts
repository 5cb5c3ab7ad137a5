/**
 * What a call took in electricity and emitted, as a range, from its tokens and its model's size. Physical quantities are floats; they are
 * rounded to two significant digits where they are shown, and nowhere before: sums of ranges add.
 */
import {GATEWAY_CACHE} from '../fact.ts'
import {modelBase} from '../model-name.ts'
import {providerName} from '../provider.ts'
import {
  CACHE_READ,
  HOST,
  INPUT_PER_BILLION,
  LONG_CONTEXT,
  OTHER_PUE,
  OUTPUT,
  PUE,
  SPREAD,
} from './constants.ts'
import {GRID} from './grid.ts'
import {isImagesOrAudio, type ModelSize, sizeOf} from './model-sizes.ts'
import {zoneOf} from './zones.ts'

/** What a company knows better: `energy` of `venturi.yaml`. */
export interface EnergySettings {
  /** `provider-region` or `provider`: zone. */
  readonly zones?: {readonly [place: string]: string} | undefined
  /** Zone: gCO2e per kWh. */
  readonly intensity?: {readonly [zone: string]: number} | undefined
  readonly models?: {readonly [model: string]: ModelSize} | undefined
}

/** What a call's energy hangs on besides its tokens. */
export interface Use {
  readonly provider: string | null
  /** The one that answered, else the one asked for. */
  readonly model: string | null
  readonly tier: string | null
  readonly region: string | null
}

/** Why there is no figure. */
export type NoFigure =
  | 'unknown_size'
  | 'no_model'
  | 'no_tokens'
  | 'images_or_audio'
  /** No model ran. */
  | 'gateway_cache'
  /** Its period was closed before energy was kept. */
  | 'closed_before'

/** From parameter counts; T0 is metered, T1 a published coefficient of the model, T2 from latency and utilisation. */
export const TIER = 'T3'

/** What tokens take, host and data centre included. */
export interface EnergyRate {
  /** Wh per million tokens; cached ones are told apart by their name. */
  readonly input: number
  readonly output: number
  readonly cache_read: number
  readonly cache_write: number
  /** The range is ÷ and × this. */
  readonly spread: number
  readonly tier: typeof TIER
  readonly zone: string
  /** gCO2e per kWh. */
  readonly intensity: number
  readonly size: ModelSize
}

export type RateOf = (use: Use) => EnergyRate | NoFigure

/** Counts as the store has them: null is not known. */
export interface Tokens {
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly cacheWriteTokens: number | null
}

export interface Range {
  readonly low: number
  readonly mid: number
  readonly high: number
}

export interface Energy {
  /** Watt-hours. */
  readonly wh: Range
  /** Grams of CO2 equivalent. */
  readonly gco2e: Range
}

/** mWh of the accelerators per output token of a model. */
export const perOutputToken = ({total, active}: Pick<ModelSize, 'total' | 'active'>): number =>
  OUTPUT.scale *
  active ** OUTPUT.activeExponent *
  total ** OUTPUT.totalExponent *
  (OUTPUT.batch / OUTPUT.fittedBatch) ** OUTPUT.batchExponent

/** Rates by use; each is worked out once. */
export function energyRates(settings: EnergySettings = {}): RateOf {
  const zones = new Map(Object.entries(settings.zones ?? {}))
  const intensity = new Map([...GRID, ...Object.entries(settings.intensity ?? {})])
  const sizes = new Map(
    Object.entries(settings.models ?? {}).map(([model, size]) => [modelBase(model), size] as const),
  )
  const known = new Map<string, EnergyRate | NoFigure>()
  const work = ({provider, model, tier, region}: Use): EnergyRate | NoFigure => {
    if (tier === GATEWAY_CACHE) return 'gateway_cache'
    if (model === null || model === '') return 'no_model'
    if (isImagesOrAudio(model) && !sizes.has(modelBase(model))) return 'images_or_audio'
    const size = sizeOf(model, sizes)
    if (size === undefined) return 'unknown_size'
    const by = providerName(provider ?? '')
    const zone = zoneOf({provider: by, region, model}, zones)
    // 1 mWh a token is 1,000 Wh a million tokens.
    const factor = 1000 * HOST * (PUE[by] ?? OTHER_PUE)
    const input = INPUT_PER_BILLION * size.active * factor
    return {
      ...{input, output: size.embeds ? 0 : perOutputToken(size) * factor},
      ...{cache_read: input * CACHE_READ, cache_write: input},
      ...{spread: size.open ? SPREAD.open : SPREAD.closed, tier: TIER},
      ...{zone, intensity: intensity.get(zone)!, size},
    }
  }
  return use => {
    const key = keyOf(use)
    let rate = known.get(key)
    if (rate === undefined) known.set(key, (rate = work(use)))
    return rate
  }
}

export const keyOf = ({provider, model, tier, region}: Use): string =>
  JSON.stringify([provider, model, tier, region])

/** Rates by `keyOf`, as kept with a closed period. */
export interface KeptRates {
  readonly [use: string]: EnergyRate
}

/** Passes rates through and remembers those that gave a figure. */
export function keeping(rates: RateOf): {readonly rates: RateOf; readonly kept: () => KeptRates} {
  const used = new Map<string, EnergyRate>()
  return {
    rates: use => {
      const rate = rates(use)
      if (typeof rate === 'object') used.set(keyOf(use), rate)
      return rate
    },
    kept: () => Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** Rates of a closed period, whatever is known by now; undefined: none were kept, so its records have none. */
export function keptRates(kept: KeptRates | undefined): RateOf {
  if (kept === undefined) return () => 'closed_before'
  const by = new Map(Object.entries(kept))
  const now = energyRates()
  return use => {
    const then = by.get(keyOf(use))
    if (then !== undefined) return then
    const rate = now(use)
    return typeof rate === 'string' ? rate : 'unknown_size'
  }
}

/** Energy of tokens; null: their counts are not known, or there are none. */
export function energyOf(rate: EnergyRate, tokens: Tokens): Energy | null {
  const {inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens} = tokens
  if (inputTokens === null || (outputTokens === null && !rate.size.embeds)) return null
  const mid =
    (inputTokens * rate.input +
      (outputTokens ?? 0) * rate.output +
      (cacheReadTokens ?? 0) * rate.cache_read +
      (cacheWriteTokens ?? 0) * rate.cache_write) /
    1e6
  if (!(mid > 0)) return null
  const wh = {low: mid / rate.spread, mid, high: mid * rate.spread}
  return {wh, gco2e: times(wh, rate.intensity / 1000)}
}

export const times = ({low, mid, high}: Range, by: number): Range => ({
  ...{low: low * by, mid: mid * by, high: high * by},
})

export const plus = (a: Range, b: Range): Range => ({
  ...{low: a.low + b.low, mid: a.mid + b.mid, high: a.high + b.high},
})

/** Two significant digits. */
export const shownNumber = (value: number): number => Number(value.toPrecision(2))

export const shown = ({low, mid, high}: Range): Range => ({
  ...{low: shownNumber(low), mid: shownNumber(mid), high: shownNumber(high)},
})

/** Whether one call reads so much that its figure is too low. */
export const isLongContext = ({inputTokens, cacheReadTokens, cacheWriteTokens}: Tokens): boolean =>
  (inputTokens ?? 0) + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) > LONG_CONTEXT
