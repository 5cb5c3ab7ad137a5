/** What finds calls that two sources report, and where it is written down. */
import {query} from '../query.ts'

/** How many calls the channels (JSON list) that list them have on each day. */
export const callsByDay = query<{channels: string}, {day: number; channel: string; calls: number}>(
  'callsByDay',
  `
  SELECT day, channel, COUNT(*) AS calls
  FROM usage
  WHERE granularity = 0 AND channel IN (SELECT value FROM json_each(@channels))
  GROUP BY day, channel
  ORDER BY day, channel`,
)

/** Calls of a day that more than one source reports under the same id, best source first (`ranked`: JSON list of channels). */
export const sameCalls = query<
  {day: number; ranked: string},
  {day: number; id: string; channel: string; signatureId: number}
>(
  'sameCalls',
  `
  SELECT u.day, u.id, u.channel, u.signature_id AS signatureId
  FROM usage AS u
  WHERE u.day = @day AND u.granularity = 0
    AND EXISTS (SELECT 1 FROM usage AS o WHERE o.day = u.day AND o.id = u.id AND o.channel <> u.channel AND o.granularity = 0)
  ORDER BY u.day, u.id, ifnull((SELECT key FROM json_each(@ranked) WHERE value = u.channel), 1000), u.channel`,
)

/** A row's signature once calls that two sources report are one (`matched` may be empty; then the first form is faster). */
export const PLAIN = 'usage AS u'
export const MATCHED =
  'usage AS u LEFT JOIN matched AS m ON m.day = u.day AND m.id = u.id AND m.channel = u.channel'
export const signatureIn = (from: string): string =>
  from === PLAIN ? 'u.signature_id' : 'iif(m.id IS NULL, u.signature_id, m.signature_id)'

/** Two rows that may be one call, as far as they have been matched by now. */
export interface Pair {
  readonly day: number
  readonly id: string
  readonly channel: string
  readonly signatureId: number
  readonly otherDay: number
  readonly otherId: string
  readonly otherChannel: string
  readonly otherSignatureId: number
}

const pairs = (name: string, same: string) =>
  query<{day: number}, Pair>(
    name,
    `
  SELECT u.day, u.id, u.channel, ${signatureIn(MATCHED)} AS signatureId,
    o.day AS otherDay, o.id AS otherId, o.channel AS otherChannel, iif(n.id IS NULL, o.signature_id, n.signature_id) AS otherSignatureId
  FROM ${MATCHED}
  JOIN usage AS o ON ${same}
  LEFT JOIN matched AS n ON n.day = o.day AND n.id = o.id AND n.channel = o.channel
  WHERE u.day = @day AND u.granularity = 0 AND o.granularity = 0 AND o.channel <> u.channel
    AND (m.id IS NULL OR m.signature_id IS NOT NULL) AND (n.id IS NULL OR n.signature_id IS NOT NULL)
  ORDER BY u.id, u.channel, o.id, o.channel`,
  )

/** One id in the first hour of a day and, from another source, in the last hour of the day before. */
export const sameCallsAtMidnight = pairs(
  'sameCallsAtMidnight',
  `o.day = u.day - 1 AND o.id = u.id AND u.at < u.day * 86400000 + 3600000 AND o.at >= u.day * 86400000 - 3600000`,
)

/**
 * What a gateway answered from its cache has the id of the call that filled it, and more; whoever saw the answer knows only the
 * first part. Where that call itself is in the gateway's log, it is that one's row.
 */
export const cacheHits = pairs(
  'cacheHits',
  `o.day = u.day AND instr(u.id, '_cache_hit') > 1 AND o.id = substr(u.id, 1, instr(u.id, '_cache_hit') - 1)
    AND NOT EXISTS (SELECT 1 FROM usage AS f WHERE f.day = u.day AND f.id = o.id AND f.channel = u.channel)`,
)

export interface LikeCall {
  readonly day: number
  readonly id: string
  readonly channel: string
  readonly at: number
  readonly signatureId: number
  readonly modelId: number
  readonly trace: string | null
  /** All tokens in, cached or not, and out. */
  readonly sent: number
  readonly answered: number
  /** 1: the gateway says it cost nothing. */
  readonly cached: number
}

/**
 * Calls of a day, and of the last moments of the day before, whose tokens another channel (of the JSON list) has too, as far as they
 * have not been matched. Calls whose tokens nobody counted are alike in nothing.
 */
export const likeCalls = query<{day: number; channels: string; apart: number}, LikeCall>(
  'likeCalls',
  `
  WITH near AS (
    SELECT * FROM usage WHERE day = @day
    UNION ALL
    SELECT * FROM usage WHERE day = @day - 1 AND at >= @day * 86400000 - @apart
  ),
  calls AS MATERIALIZED (
    SELECT u.day, u.id, u.channel, u.at, iif(m.id IS NULL, u.signature_id, m.signature_id) AS signatureId, u.model_id AS modelId, u.trace,
      ifnull(u.input_tokens, 0) + ifnull(u.cache_read_tokens, 0) + ifnull(u.cache_write_tokens, 0) AS sent,
      ifnull(u.output_tokens, 0) AS answered, ifnull(u.cost_nanos = 0, 0) AS cached
    FROM near AS u LEFT JOIN matched AS m ON m.day = u.day AND m.id = u.id AND m.channel = u.channel
    WHERE u.granularity = 0 AND (m.id IS NULL OR m.signature_id IS NOT NULL)
      AND ifnull(u.input_tokens, 0) + ifnull(u.output_tokens, 0) > 0
      AND u.channel IN (SELECT value FROM json_each(@channels))
  )
  SELECT *
  FROM calls
  WHERE (sent, answered) IN (SELECT sent, answered FROM calls GROUP BY sent, answered HAVING MIN(channel) <> MAX(channel))
  ORDER BY day, id, channel`,
)

/** Later matches of a call replace what earlier ones said of it. `kept_*`: of a row that counts for nothing, the row of its call that counts. */
export const addMatched = query<
  {
    day: number
    id: string
    channel: string
    signature_id: number | null
    kept_day: number | null
    kept_id: string | null
    kept_channel: string | null
  },
  never
>(
  'addMatched',
  `
  INSERT INTO matched (day, id, channel, signature_id, kept_day, kept_id, kept_channel)
  VALUES (@day, @id, @channel, @signature_id, @kept_day, @kept_id, @kept_channel)
  ON CONFLICT (day, id, channel) DO UPDATE SET signature_id = excluded.signature_id,
    kept_day = excluded.kept_day, kept_id = excluded.kept_id, kept_channel = excluded.kept_channel`,
)
