import {formatUsd} from '../../src/model/money.ts'
import {type PriceInput, type PricingOptions, priceUsage} from '../../src/pricing/price-usage.ts'

export const HAIKU = 'anthropic.claude-haiku-4-5-20251001-v1:0'
export const SONNET = 'claude-sonnet-4-5-20250929'

/** The cost as text, or the reason in brackets. */
export const said = (input: PriceInput, options?: PricingOptions): string => {
  const priced = priceUsage(input, options)
  return priced.cost === null ? `(${priced.reason})` : formatUsd(priced.cost)
}
export const notes = (input: PriceInput, options?: PricingOptions): readonly string[] => {
  const priced = priceUsage(input, options)
  return priced.cost === null ? [] : priced.price.notes
}

/** One request of 1,000 input tokens on 2026-10-14; a test states only what matters to it. */
export function request(
  over: Partial<Omit<PriceInput, 'usage' | 'at'>> & {
    readonly model?: string
    readonly on?: string
    readonly usage?: Partial<PriceInput['usage']>
  } = {},
): PriceInput {
  const {model, on = '2026-10-14T12:00:00Z', usage, ...rest} = over
  return {
    provider: null,
    requestedModel: model ?? null,
    servedModel: null,
    at: Date.parse(on),
    tier: null,
    granularity: 'request',
    ...rest,
    usage: {
      requests: 1,
      inputTokens: 1000,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      ...usage,
    },
  }
}
