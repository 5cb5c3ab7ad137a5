/** Rows whose cost is our own price of them, to be priced again when prices change. */
import {query} from '../query.ts'

export interface PricedRow {
  readonly day: number
  readonly id: string
  readonly channel: string
  readonly modelId: number
  readonly granularity: number
  readonly at: number
  readonly requests: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly cacheWriteTokens: number | null
  readonly costNanos: number | null
  readonly priceId: number | null
  /** JSON; null: the row has none. */
  readonly parts: string | null
}

/** The next rows after a key that no source states a cost of, in the order of the table. */
export const pricedRowsAfter = query<{day: number; id: string; channel: string; limit: number}, PricedRow>(
  'pricedRowsAfter',
  `
  SELECT u.day, u.id, u.channel, u.model_id AS modelId, u.granularity, u.at, u.requests, u.input_tokens AS inputTokens,
    u.output_tokens AS outputTokens, u.cache_read_tokens AS cacheReadTokens, u.cache_write_tokens AS cacheWriteTokens,
    u.cost_nanos AS costNanos, u.price_id AS priceId, p.parts
  FROM usage AS u
  LEFT JOIN usage_parts AS p ON p.day = u.day AND p.id = u.id AND p.channel = u.channel AND p.batch_id = u.batch_id
    AND p.line = u.line
  WHERE (u.day, u.id, u.channel) > (@day, @id, @channel) AND u.cost_source <= 1
  ORDER BY u.day, u.id, u.channel
  LIMIT @limit`,
)

export const setPrice = query<
  {day: number; id: string; channel: string; cost: number | null; source: number; price: number | null},
  never
>(
  'setPrice',
  `
  UPDATE usage
  SET cost_nanos = @cost, cost_source = @source, price_id = @price
  WHERE day = @day AND id = @id AND channel = @channel`,
)

export const hasUsage = query<Record<string, never>, {used: number}>(
  'hasUsage',
  `SELECT EXISTS (SELECT 1 FROM usage) AS used`,
)

export const partsOf = query<
  {day: number; id: string; channel: string; batch: number; line: number},
  {parts: string}
>(
  'partsOf',
  `
  SELECT parts
  FROM usage_parts
  WHERE day = @day AND id = @id AND channel = @channel AND batch_id = @batch AND line = @line`,
)
