/**
 * The public price list as dated rows of exact integers. `@pydantic/genai-prices` finds the model; which of its rows
 * holds at an instant, and what the row says, is read here, once per (provider, model).
 *
 * The package matches many models by the start of their name, so that `claude-sonnet-5-5` finds `claude-sonnet-5`. What a
 * match leaves of the name must be a date, a version or a stage (`-20250929`, `-v1:0`, `-preview`); else it may be another
 * model, and another model's price is worse than none.
 */
import {
  type ConditionalPrice,
  calcPrice,
  type MatchLogic,
  type ModelInfo,
  type ModelPrice,
} from '@pydantic/genai-prices'
import type {Part} from '../model/fact.ts'
import type {Nanos} from '../model/money.ts'
import {parseUsd} from '../model/money.ts'
import {DAY_MS, dayOf} from '../model/time.ts'
import {type Location, locate, type NoPrice, short} from './model-name.ts'
import {regionalFactor, type WindowCorrection, windowCorrection} from './overlay.ts'
import {
  type ContextTier,
  type Fraction,
  ONE,
  PARTS,
  type PartPrices,
  type PriceRow,
  type Prices,
  scaledPrice,
} from './price-row.ts'

/** Name and exact version of the pinned price list; a test holds it to package.json. */
export const CATALOGUE = 'genai-prices 0.1.8'
/** The day that version was published: its prices are at least this old. */
export const CATALOGUE_DATE = '2026-09-23'

/** Every price a model has had, and which holds when. */
export interface PriceHistory {
  readonly provider: string
  readonly matchedModel: string
  readonly rows: readonly PriceRow[]
  /** Index into `rows` of the price that holds at an instant (epoch ms). */
  indexAt(at: number): number
}

const CACHE_LIMIT = 50_000
const histories = new Map<string, PriceHistory | NoPrice>()

/** The prices of a model as a gateway, span or bill writes it, or why there are none. */
export function priceHistory(provider: string | null, model: string): PriceHistory | NoPrice {
  const key = `${provider ?? ''}\n${model}`
  const cached = histories.get(key)
  if (cached) return cached
  const found = look(locate(provider, model), model)
  if (histories.size >= CACHE_LIMIT) histories.clear()
  histories.set(key, found)
  return found
}

/** The price row that holds at an instant (epoch ms), or why there is none. */
export function priceRow(provider: string | null, model: string, at: number): PriceRow | NoPrice {
  const history = priceHistory(provider, model)
  return 'reason' in history ? history : history.rows[history.indexAt(at)]!
}

function look(location: Location | NoPrice, asWritten: string): PriceHistory | NoPrice {
  if ('reason' in location) return location
  const {provider, model} = location
  const found = calcPrice({}, model, {
    ...(provider === null ? {} : {providerId: provider}),
    timestamp: new Date(0),
  })
  const missing = `model "${short(asWritten)}" is not in ${CATALOGUE}${provider ? ` for ${provider}` : ''}`
  if (!found) return {reason: `${missing}${variantOf(location)}`}
  if (!isThisModel(found.model, model))
    return {reason: `${missing}; "${found.model.id}" may be another model`}
  const own = found.provider.models.includes(found.model)
  return history(found.provider.id, found.model, own, location)
}

/** OpenRouter's `:nitro`, `:floor`, `:online` choose providers and tools by themselves, at whatever those cost. */
function variantOf({provider, model}: Location): string {
  const variant = provider === 'openrouter' ? /[^:/]+(:[a-z]+)$/.exec(model)?.[1] : undefined
  return variant === undefined ? '' : `; what "${variant}" costs is only known from its own report`
}

function history(
  provider: string,
  model: ModelInfo,
  own: boolean,
  {model: asked, regional}: Location,
): PriceHistory | NoPrice {
  const all: readonly ConditionalPrice[] = Array.isArray(model.prices)
    ? model.prices
    : [{prices: model.prices}]
  // A cloud that sells another maker's model at the maker's price does not follow its peak hours.
  const conditions = own ? all : all.filter(({constraint}) => constraint?.type !== 'time_of_date')
  const correction = windowCorrection(model.id)
  const free = provider === 'openrouter' && asked.endsWith(':free')
  const premium = regional ? regionalFactor(provider, model.id) : null
  const rows = conditions.map(condition => toRow(provider, model.id, condition, {correction, free, premium}))
  if (rows.some(row => row.base.input === null && row.base.output === null))
    return {reason: `${CATALOGUE} lists "${model.id}" of ${provider} without a price per token`}
  const holds = conditions.map(condition => toTest(condition, correction))
  return {
    provider,
    matchedModel: model.id,
    rows,
    // The last condition that holds wins; the first row is the price before any of them.
    indexAt(at) {
      let index = holds.length - 1
      while (index > 0 && !holds[index]!(at)) index--
      return index
    },
  }
}

function toTest(
  {constraint}: ConditionalPrice,
  correction: WindowCorrection | null,
): (at: number) => boolean {
  if (!constraint) return () => true
  if (constraint.type === 'start_date') {
    const start = Date.parse(constraint.start_date)
    return at => at >= start
  }
  const start = timeOfDay(constraint.start_time)
  const end = timeOfDay(constraint.end_time)
  return at => {
    const time = at - dayOf(at) * DAY_MS
    const inside = end < start ? time >= start || time < end : time >= start && time < end
    return inside && (correction?.holds(at) ?? true)
  }
}

/** `16:30:00Z` or `08:00:00+08:00` to milliseconds after UTC midnight. */
const timeOfDay = (text: string): number => (Date.parse(`1970-01-02T${text}`) + DAY_MS) % DAY_MS

interface Corrections {
  readonly correction: WindowCorrection | null
  readonly free: boolean
  /** What a regional endpoint costs of the price; null: the same. */
  readonly premium: Fraction | null
}

const FREE: Prices = {input: 0n, output: 0n, cacheRead: 0n, cacheWrite: 0n, parts: {}}

function toRow(
  provider: string,
  model: string,
  {constraint, prices}: ConditionalPrice,
  {correction, free, premium}: Corrections,
): PriceRow {
  const thresholds = new Set<number>()
  for (const price of Object.values(prices))
    if (typeof price === 'object') for (const {start} of price.tiers) thresholds.add(start)
  const tiers = [...thresholds]
    .sort((a, b) => a - b)
    .map((above): ContextTier => ({above, prices: pricesOf(prices, above + 1, premium ?? ONE)}))
  const base = pricesOf(prices, 0, premium ?? ONE)
  return {
    catalogue: CATALOGUE,
    provider,
    matchedModel: model,
    validFrom:
      constraint === undefined
        ? null
        : constraint.type === 'start_date'
          ? constraint.start_date
          : (correction?.from ?? null),
    base: free && base.input === null ? FREE : base,
    tiers,
    fees: {
      requests: perThousand(prices.requests_kcount),
      webSearches: perThousand(prices.web_searches_kcount),
    },
    overlaid: premium !== null || correction !== null,
    note:
      premium === null
        ? null
        : `an endpoint bound to a region: ${Number(premium.numerator) / Number(premium.denominator)} times the global price`,
  }
}

/** The catalogue's words for tokens with a price of their own. */
const PART_KEYS: {readonly [part in Part]: string} = {
  cacheWrite1hTokens: 'cache_write_1h_mtok',
  audioInputTokens: 'input_audio_mtok',
  imageInputTokens: 'input_image_mtok',
  audioOutputTokens: 'output_audio_mtok',
  imageOutputTokens: 'output_image_mtok',
  audioCacheReadTokens: 'cache_audio_read_mtok',
  imageCacheReadTokens: 'cache_image_read_mtok',
}

function pricesOf(prices: ModelPrice, inputTokens: number, premium: Fraction): Prices {
  const price = (key: string): Nanos | null => scaledPrice(exact(prices[key], inputTokens), premium)
  const parts: {-readonly [part in keyof PartPrices]: PartPrices[part]} = {}
  for (const part of PARTS) {
    const own = price(PART_KEYS[part])
    if (own !== null) parts[part] = own
  }
  return {
    input: price('input_mtok'),
    output: price('output_mtok'),
    cacheRead: price('cache_read_mtok'),
    cacheWrite: price('cache_write_mtok'),
    parts,
  }
}

function perThousand(price: ModelPrice[string]): Nanos | null {
  const nanos = exact(price, 0)
  return nanos === null ? null : nanos * 1000n
}

/**
 * A price of the package in nano-dollars, from the shortest text of its number. The package's own float dust
 * (`0.18000000000000002`) rounds away at the ninth decimal.
 */
function exact(price: ModelPrice[string], inputTokens: number): Nanos | null {
  if (price === undefined) return null
  if (typeof price === 'number') return parseUsd(String(price))
  const tier = price.tiers.findLast(({start}) => inputTokens > start)
  return parseUsd(String(tier ? tier.price : price.base))
}

/** What may follow a model's name without making it another model. */
const SUFFIX =
  /^(?:[-@](?:20\d{2}-?\d{2}-?\d{2}|\d{3,4}|latest|default)|-(?:preview|exp|experimental)(?:-\d{2}-\d{2,4})?|-customtools|[-:]thinking|-v\d+|:\d+k?|\[1m\])*$/
/** Bedrock's version of a model: `titan-embed-text-v2:0` is not `-v1`. */
const VERSION = /-v(\d+)(?::|$)/
/** What may stand before it: a Bedrock geography and vendor, or a vendor's folder. */
const PREFIX = /^(?:(?:[a-z]{2,4}|us-gov|global)\.)?(?:[a-z0-9]+\.)?$|^[a-z-]+\/$/

function isThisModel(model: ModelInfo, asked: string): boolean {
  const id = model.id.toLowerCase()
  if (asked === id) return true
  if (asked.startsWith('global.') && id.startsWith('regional.')) return false
  // A model tuned by its user has a price of its own.
  if (/^ft:|\.ft-/.test(asked) && !/\bft[:-]/.test(id)) return false
  const [version, other] = [VERSION.exec(asked)?.[1], VERSION.exec(id)?.[1]]
  if (version !== undefined && other !== undefined && version !== other) return false
  return names(model.match, asked).some(name => {
    if (name.endsWith('ft-') || name.startsWith('ft:')) return asked.startsWith(name)
    const stem = name.replace(/[-@]$/, '')
    const start = asked.indexOf(stem)
    return start >= 0 && PREFIX.test(asked.slice(0, start)) && SUFFIX.test(asked.slice(start + stem.length))
  })
}

/** Every name a rule mentions; a regular expression that matches the whole of what was asked counts as that name. */
function names(logic: MatchLogic, asked: string): string[] {
  if ('or' in logic) return logic.or.flatMap(part => names(part, asked))
  if ('and' in logic) return logic.and.flatMap(part => names(part, asked))
  if ('regex' in logic) return new RegExp(logic.regex).exec(asked)?.[0] === asked ? [asked] : []
  return Object.values(logic).map(name => String(name).toLowerCase())
}
