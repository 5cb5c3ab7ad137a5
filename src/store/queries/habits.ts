/** When, with which models and how much some signatures were used: what Stage C learns habits from. */
import {query} from '../query.ts'
import {MATCHED, signatureIn} from './match.ts'

export interface HabitRow {
  /** Index into the windows asked for. */
  readonly window: number
  readonly modelId: number
  /** 0–23 UTC of a weekday, 24–47 of a weekend. */
  readonly hour: number
  readonly requests: number
  readonly tokens: number
  /** What the rows say of themselves; 0 where none does. */
  readonly cost: number
}

/**
 * `windows`: JSON list of [signature, epoch ms included, epoch ms excluded]; `first`, `last`: the days they lie in. Rows of other
 * signatures are passed over by an index of the windows before anything is grouped.
 */
export const habits = query<{windows: string; first: number; last: number}, HabitRow>(
  'habits',
  `
  WITH span AS MATERIALIZED (
    SELECT key AS window, value ->> 0 AS signature, value ->> 1 AS from_at, value ->> 2 AS to_at
    FROM json_each(@windows))
  SELECT span.window, u.model_id AS modelId, u.at / 3600000 % 24 + iif((u.day + 4) % 7 IN (0, 6), 24, 0) AS hour,
    COUNT(*) AS requests,
    SUM(ifnull(u.input_tokens, 0) + ifnull(u.output_tokens, 0) + ifnull(u.cache_read_tokens, 0) + ifnull(u.cache_write_tokens, 0)) AS tokens,
    SUM(ifnull(u.cost_nanos, 0)) AS cost
  FROM ${MATCHED}
  CROSS JOIN span
  WHERE u.day BETWEEN @first AND @last AND u.granularity = 0
    AND span.signature = ${signatureIn(MATCHED)} AND u.at >= span.from_at AND u.at < span.to_at
  GROUP BY span.window, u.model_id, hour
  ORDER BY span.window, u.model_id, hour`,
)
