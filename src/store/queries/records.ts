/** Usage rows with what was settled for them: what records are made of. */
import {query} from '../query.ts'

/** A usage row that is a record or the detail of one, with its attribution (null: `attribute` has not seen it yet). */
export interface SettledRow {
  readonly day: number
  readonly id: string
  readonly channel: string
  readonly signatureId: number
  readonly modelId: number
  readonly batchId: number
  readonly line: number
  readonly granularity: number
  readonly at: number
  readonly until: number | null
  readonly requests: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly cacheWriteTokens: number | null
  readonly costNanos: number | null
  readonly costSource: number
  readonly priceId: number | null
  readonly trace: string | null
  readonly attributionId: number | null
  readonly outcomeId: number | null
}

/** Absorbed rows (matched to another source's row about the same call) are left out. */
export const SETTLED = `
  SELECT u.day, u.id, u.channel, coalesce(m.signature_id, u.signature_id) AS signatureId, u.model_id AS modelId,
    u.batch_id AS batchId, u.line, u.granularity, u.at, u.until, u.requests,
    u.input_tokens AS inputTokens, u.output_tokens AS outputTokens,
    u.cache_read_tokens AS cacheReadTokens, u.cache_write_tokens AS cacheWriteTokens,
    u.cost_nanos AS costNanos, u.cost_source AS costSource, u.price_id AS priceId, u.trace,
    a.id AS attributionId, a.outcome_id AS outcomeId
  FROM usage AS u
  LEFT JOIN matched AS m ON m.day = u.day AND m.id = u.id AND m.channel = u.channel
  LEFT JOIN attribution AS a ON a.signature_id = coalesce(m.signature_id, u.signature_id)
    AND a.from_at <= u.at AND u.at < a.to_at
  WHERE (m.id IS NULL OR m.signature_id IS NOT NULL)`

/** One day's rows in time order. */
export const rowsOfDay = query<{day: number}, SettledRow>(
  'rowsOfDay',
  `${SETTLED}
    AND u.day = @day
  ORDER BY u.at, u.id, u.channel`,
)

/** Every export of a report states its rows for itself: their ids go on after a mark, `model/edition.ts`. */
const OF_EVENT = (row: string) =>
  `${row}.day = @day AND ${row}.id >= @id AND ${row}.id < @id || ' ' AND (${row}.id = @id OR substr(${row}.id, length(@id) + 1, 1) = char(31))`

export const rowsById = query<{day: number; id: string}, SettledRow>(
  'rowsById',
  `${SETTLED}
    AND ${OF_EVENT('u')}
  ORDER BY u.id, u.channel`,
)

/** Whether a later export has replaced every row with this id. */
export const isReplaced = query<{day: number; id: string}, {replaced: number}>(
  'isReplaced',
  `
  SELECT count(*) > 0 AND min(EXISTS (
    SELECT 1 FROM superseded AS s WHERE s.day = u.day AND s.edition = substr(u.id, instr(u.id, char(31)) + 1) AND u.at BETWEEN s.from_at AND s.to_at)) AS replaced
  FROM usage AS u
  WHERE ${OF_EVENT('u')}`,
)

/** Days in [from, to) that have usage or a remainder, found by skipping from one to the next. */
export const recordDays = query<{from: number; to: number}, {day: number}>(
  'recordDays',
  `
  WITH RECURSIVE used (day) AS (
    SELECT min(day) FROM usage WHERE day >= @from
    UNION ALL
    SELECT (SELECT min(day) FROM usage WHERE day > used.day) FROM used WHERE used.day IS NOT NULL
  )
  SELECT day FROM used WHERE day < @to
  UNION
  SELECT day FROM remainder WHERE day >= @from AND day < @to
  ORDER BY day`,
)

/** Stored ids of one day from `from` on, whatever they belong to. */
export const idsFrom = query<{day: number; from: string; limit: number}, {id: string}>(
  'idsFrom',
  `
  SELECT id FROM (
    SELECT DISTINCT id FROM usage WHERE day = @day AND id >= @from ORDER BY id LIMIT @limit)
  ORDER BY id`,
)

export const idsBefore = query<{day: number; before: string; limit: number}, {id: string}>(
  'idsBefore',
  `
  SELECT id FROM (
    SELECT DISTINCT id FROM usage WHERE day = @day AND id < @before ORDER BY id DESC LIMIT @limit)
  ORDER BY id DESC`,
)

/** What the bill left over that nothing explains; a record of its own. */
export interface RemainderRow {
  readonly id: string
  readonly day: number
  readonly at: number
  readonly until: number | null
  readonly attributionId: number
  readonly modelId: number
  /** As text: one remainder may pass 2⁵³. */
  readonly billedNanos: string
  readonly costSource: number
  readonly batchId: number
  readonly line: number
  readonly outcomeId: number
  readonly signatureId: number
}

export const REMAINDER = `
  SELECT r.id, r.day, r.at, r.until, r.attribution_id AS attributionId, r.model_id AS modelId,
    CAST(r.billed_nanos AS TEXT) AS billedNanos, r.cost_source AS costSource, r.batch_id AS batchId, r.line,
    a.outcome_id AS outcomeId, a.signature_id AS signatureId
  FROM remainder AS r
  JOIN attribution AS a ON a.id = r.attribution_id`

export const remaindersOfDay = query<{day: number}, RemainderRow>(
  'remaindersOfDay',
  `${REMAINDER}
  WHERE r.day = @day
  ORDER BY r.at, r.id`,
)

/** Remainders whose id begins with `from` and sorts before `to`. */
export const remaindersFrom = query<{from: string; to: string; limit: number}, RemainderRow>(
  'remaindersFrom',
  `${REMAINDER}
  WHERE r.id >= @from AND r.id < @to
  ORDER BY r.id
  LIMIT @limit`,
)

/** A cell of the cube, as far as its rows' shares of its money need it. */
export interface CellRow {
  readonly attributionId: bigint
  readonly channel: string
  readonly modelId: bigint
  readonly granularity: bigint
  readonly records: bigint
  readonly tokens: bigint
  readonly estNanos: bigint | null
  readonly billedNanos: bigint | null
  readonly counts: bigint
  readonly reconciled: bigint
}

export const CELL = `
  SELECT attribution_id AS attributionId, channel, model_id AS modelId, granularity, records,
    ifnull(input_tokens, 0) + ifnull(output_tokens, 0) + ifnull(cache_read_tokens, 0)
      + ifnull(cache_write_tokens, 0) AS tokens,
    est_nanos AS estNanos, billed_nanos AS billedNanos, counts, reconciled
  FROM cell`

export const cellsOfDay = query<{day: number}, CellRow>(
  'cellsOfDay',
  `${CELL}
  WHERE day = @day
  ORDER BY attribution_id, channel, model_id, granularity`,
  {exact: true},
)

export interface CellKey {
  readonly [column: string]: string | number
  readonly day: number
  readonly attribution: number
  readonly channel: string
  readonly model: number
  readonly granularity: number
}

export const cellOf = query<CellKey, CellRow>(
  'cellOf',
  `${CELL}
  WHERE day = @day AND attribution_id = @attribution AND channel = @channel AND model_id = @model
    AND granularity = @granularity`,
  {exact: true},
)

/** What a cell's rows weigh from its first to the given one, included. */
export const weightUpTo = query<CellKey & {by: string; at: number; id: string}, {weight: bigint}>(
  'weightUpTo',
  `
  SELECT ifnull(sum(CASE @by
      WHEN 'cost' THEN ifnull(u.cost_nanos, 0)
      WHEN 'tokens' THEN ifnull(u.input_tokens, 0) + ifnull(u.output_tokens, 0)
        + ifnull(u.cache_read_tokens, 0) + ifnull(u.cache_write_tokens, 0)
      ELSE 1
    END), 0) AS weight
  FROM usage AS u
  LEFT JOIN matched AS m ON m.day = u.day AND m.id = u.id AND m.channel = u.channel
  JOIN attribution AS a ON a.id = @attribution
  WHERE u.day = @day AND u.channel = @channel AND u.model_id = @model AND u.granularity = @granularity
    AND (m.id IS NULL OR m.signature_id IS NOT NULL)
    AND coalesce(m.signature_id, u.signature_id) = a.signature_id
    AND a.from_at <= u.at AND u.at < a.to_at
    AND (u.at, u.id) <= (@at, @id)`,
  {exact: true},
)

export const outcomeOf = query<{id: number}, {answer: string; spendClass: string}>(
  'outcomeOf',
  `SELECT answer, spend_class AS spendClass FROM outcome WHERE id = @id`,
)
export const signatureOf = query<{id: number}, {evidence: string}>(
  'signatureOf',
  `SELECT evidence FROM signature WHERE id = @id`,
)
export const modelOf = query<{id: number}, {identity: string}>(
  'modelOf',
  `SELECT identity FROM model WHERE id = @id`,
)
export const priceOf = query<{id: number}, {price: string}>(
  'priceOf',
  `SELECT price FROM price WHERE id = @id`,
)
export const batchPathOf = query<{id: number}, {path: string}>(
  'batchPathOf',
  `SELECT path FROM batch WHERE id = @id`,
)

/** The latest instant of use the store knows of; null in an empty store. */
export const latestUse = query<{readonly [none: string]: never}, {at: number | null}>(
  'latestUse',
  `
  SELECT max(at) AS at FROM (
    SELECT max(at) AS at FROM usage WHERE day = (SELECT max(day) FROM usage)
    UNION ALL
    SELECT max(at) FROM remainder)`,
)
