/** A company's own prices from `venturi.yaml`: they win over the catalogue. */
import {type Nanos, parseUsd} from '../model/money.ts'
import {DAY_MS, parseTime} from '../model/time.ts'
import {catalogueProvider, locate} from './model-name.ts'
import {NO_FEES, type PriceRow} from './price-row.ts'

/** One entry under `rates:`; `from` and `to` are days (UTC), both included; prices are decimals as written. */
export interface ContractRate {
  /** Absent: whoever bills it. */
  readonly provider?: string | undefined
  readonly model: string
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly per_million_usd: {
    readonly input: string
    readonly output: string
    /** Absent: cached tokens cost what input tokens cost. */
    readonly cache_read?: string | undefined
    readonly cache_write?: string | undefined
    /** Written to a cache that lives an hour; absent: as `cache_write`. */
    readonly cache_write_1h?: string | undefined
  }
}

/** A rate read once: when it holds and the row it stands for. */
export interface CompiledRate {
  readonly provider: string | null
  readonly model: string
  /** Epoch ms, included. */
  readonly from: number
  /** Epoch ms, excluded. */
  readonly until: number
  readonly row: PriceRow
}

/** Where contract rates stand. */
export const RATES = 'venturi.yaml'

/** Rates ready to be asked, the most particular first: a named provider before none, then the latest start. */
export function compileRates(rates: readonly ContractRate[]): CompiledRate[] {
  return rates
    .map(compile)
    .sort(
      (a, b) => Number(b.provider !== null) - Number(a.provider !== null) || compareStarts(b.from, a.from),
    )
}

const compareStarts = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)

function compile({provider, model, from, to, per_million_usd: prices}: ContractRate): CompiledRate {
  const price = (key: keyof typeof prices): Nanos | null => {
    const written = prices[key]
    if (written === undefined) return null
    const nanos = parseUsd(written)
    if (nanos === null || nanos < 0n)
      throw new RangeError(`rate of ${model}: ${key} "${written}" is not a price`)
    return nanos
  }
  const cacheWrite1h = price('cache_write_1h')
  const day = (text: string): number => {
    const at = parseTime(text)
    if (at === null) throw new RangeError(`rate of ${model}: "${text}" is not a day`)
    return at
  }
  return {
    provider: provider === undefined ? null : named(provider),
    model,
    from: from === undefined ? Number.NEGATIVE_INFINITY : day(from),
    until: to === undefined ? Number.POSITIVE_INFINITY : day(to) + DAY_MS,
    row: {
      catalogue: RATES,
      provider: provider ?? '',
      matchedModel: model,
      validFrom: from ?? null,
      base: {
        input: price('input'),
        output: price('output'),
        cacheRead: price('cache_read'),
        cacheWrite: price('cache_write'),
        parts: cacheWrite1h === null ? {} : {cacheWrite1hTokens: cacheWrite1h},
      },
      tiers: [],
      fees: NO_FEES,
      overlaid: false,
      note: null,
    },
  }
}

const named = (provider: string): string => catalogueProvider(provider) ?? provider.trim().toLowerCase()

/**
 * Rates for a model whatever their dates: the provider agrees, and the rate's model is the model as written, what is left
 * of it without prefixes, or the catalogue's name of it.
 */
export function ratesFor(
  rates: readonly CompiledRate[],
  provider: string | null,
  models: readonly string[],
): CompiledRate[] {
  const names = new Set(models.flatMap(model => [model.trim().toLowerCase(), bare(provider, model)]))
  const providers = new Set([
    ...(provider === null ? [] : [named(provider)]),
    ...models.flatMap(model => {
      const location = locate(provider, model)
      return 'reason' in location || location.provider === null ? [] : [location.provider]
    }),
  ])
  return rates.filter(
    rate =>
      (rate.provider === null || providers.has(rate.provider)) &&
      (names.has(rate.model.trim().toLowerCase()) || names.has(bare(rate.provider, rate.model))),
  )
}

function bare(provider: string | null, model: string): string {
  const location = locate(provider, model)
  return 'reason' in location ? model.trim().toLowerCase() : location.model
}
