import type {PriceInput} from '../../src/pricing/price-usage.ts'

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
