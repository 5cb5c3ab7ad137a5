/** What `attribute` writes, and reads again while it settles: everything the second migration describes. */
import {query} from '../query.ts'
import {MATCHED, PLAIN, signatureIn} from './match.ts'

const SUMS = `COUNT(*), SUM(u.requests), SUM(u.input_tokens), SUM(u.output_tokens), SUM(u.cache_read_tokens), SUM(u.cache_write_tokens),
    SUM(u.cost_nanos), SUM(u.cost_nanos IS NULL)`

const fillTally = (name: string, from: string) =>
  query<{day: number}, never>(
    name,
    `
  INSERT INTO tally
  SELECT u.day, ${signatureIn(from)} AS signature, u.model_id, MIN(u.channel), MIN(u.at), ${SUMS}
  FROM ${from}
  WHERE u.day = @day AND u.granularity = 0 ${from === PLAIN ? '' : 'AND (m.id IS NULL OR m.signature_id IS NOT NULL)'}
  GROUP BY signature, u.model_id`,
  )

/** Days that have rows: each is found from the one before, not by reading them all. */
export const usageDays = query<Record<string, never>, {day: number}>(
  'usageDays',
  `
  WITH RECURSIVE used(day) AS (
    SELECT MIN(day) FROM usage
    UNION ALL
    SELECT (SELECT MIN(day) FROM usage WHERE day > used.day) FROM used WHERE day IS NOT NULL)
  SELECT day FROM used WHERE day IS NOT NULL ORDER BY day`,
)

/** A day's requests by signature and model. Day by day they are sorted in memory, a month at once is not. */
export const tallyRequests = fillTally('tallyRequests', PLAIN)
export const tallyMatchedRequests = fillTally('tallyMatchedRequests', MATCHED)

export interface Activity {
  readonly signatureId: bigint
  readonly firstDay: bigint
  readonly lastDay: bigint
  readonly firstAt: bigint
  readonly cost: bigint | null
}

/** When each signature was used, and what its rows say they cost. */
export const signatureActivity = query<Record<string, never>, Activity>(
  'signatureActivity',
  `
  SELECT signatureId, MIN(day) AS firstDay, MAX(day) AS lastDay, MIN(first_at) AS firstAt, SUM(est_nanos) AS cost
  FROM (
    SELECT signature_id AS signatureId, day, first_at, est_nanos FROM tally
    UNION ALL
    SELECT signature_id, day, at, cost_nanos FROM usage AS u
    WHERE granularity > 0
      AND NOT EXISTS (SELECT 1 FROM matched AS m WHERE m.day = u.day AND m.id = u.id AND m.channel = u.channel)
  ) AS used
  GROUP BY signatureId
  ORDER BY signatureId`,
  {exact: true},
)

/** Days within which a signature's attribution changes. */
export const findSplits = query<Record<string, never>, never>(
  'findSplits',
  `
  INSERT OR IGNORE INTO split
  SELECT t.day, t.signature_id
  FROM tally AS t
  WHERE t.signature_id IN (SELECT signature_id FROM attribution GROUP BY signature_id HAVING COUNT(*) > 1)
    AND NOT EXISTS (
    SELECT 1
    FROM attribution AS a
    WHERE a.signature_id = t.signature_id AND a.from_at <= t.day * 86400000 AND a.to_at >= (t.day + 1) * 86400000)`,
)

/** Requests under what was settled for them; until a bill says otherwise they cost what their rows say. */
export const insertWholeDays = query<Record<string, never>, never>(
  'insertWholeDays',
  `
  INSERT INTO cell
  SELECT t.day, a.id, t.channel, t.model_id, 0, t.records, t.requests, t.input_tokens, t.output_tokens, t.cache_read_tokens,
    t.cache_write_tokens, t.est_nanos, t.unpriced, t.est_nanos, 1, 0
  FROM tally AS t
  CROSS JOIN attribution AS a
  WHERE a.signature_id = t.signature_id AND a.from_at <= t.day * 86400000 AND a.to_at >= (t.day + 1) * 86400000`,
)

const insertCells = (name: string, which: string) =>
  query<Record<string, never>, never>(
    name,
    `
  INSERT INTO cell
  SELECT u.day, a.id, u.channel, u.model_id, u.granularity, ${SUMS}, SUM(u.cost_nanos), 1, 0
  FROM ${MATCHED}
  CROSS JOIN attribution AS a
  WHERE a.signature_id = ${signatureIn(MATCHED)} AND a.from_at <= u.at AND u.at < a.to_at AND ${which}
  GROUP BY u.day, a.id, u.channel, u.model_id, u.granularity`,
  )

/** The same for days that are split, from the rows themselves. */
export const insertSplitDays = insertCells(
  'insertSplitDays',
  `u.granularity = 0 AND u.day IN (SELECT day FROM split)
    AND EXISTS (SELECT 1 FROM split AS s WHERE s.day = u.day AND s.signature_id = ${signatureIn(MATCHED)})`,
)
/** The same for bills and usage reports, once those that only restate others are \`matched\` to nothing. */
export const insertAggregateCells = insertCells('insertAggregateCells', 'u.granularity > 0')

export interface RequestCell {
  readonly day: bigint
  readonly attributionId: bigint
  readonly channel: string
  readonly modelId: bigint
  readonly records: bigint
  readonly tokens: bigint | null
  readonly est: bigint | null
}

/** Cells of requests, to be settled against the bills of their provider. */
export const requestCells = query<Record<string, never>, RequestCell>(
  'requestCells',
  `
  SELECT day, attribution_id AS attributionId, channel, model_id AS modelId, records,
    input_tokens + ifnull(output_tokens, 0) + ifnull(cache_read_tokens, 0) + ifnull(cache_write_tokens, 0) AS tokens, est_nanos AS est
  FROM cell
  WHERE granularity = 0
  ORDER BY day, attribution_id, channel, model_id`,
  {exact: true},
)

export const settleCell = query<
  {
    day: number
    attributionId: number
    channel: string
    modelId: number
    granularity: number
    billed: bigint | null
    counts: number
    reconciled: number
  },
  never
>(
  'settleCell',
  `
  UPDATE cell
  SET billed_nanos = @billed, counts = @counts, reconciled = @reconciled
  WHERE day = @day AND attribution_id = @attributionId AND channel = @channel AND model_id = @modelId AND granularity = @granularity`,
)

/** Rows of bills and usage reports, one by one: their grouping is each export's own. `sums`: JSON list of channels that are neither. */
export const aggregates = query<
  {sums: string},
  {
    day: bigint
    id: string
    channel: string
    granularity: bigint
    signatureId: bigint
    attributionId: bigint
    modelId: bigint
    at: bigint
    until: bigint | null
    cost: bigint | null
    tokens: bigint | null
    path: string
    connector: string
  }
>(
  'aggregates',
  `
  SELECT u.day, u.id, u.channel, u.granularity, u.signature_id AS signatureId, a.id AS attributionId, u.model_id AS modelId, u.at, u.until, u.cost_nanos AS cost,
    u.input_tokens + ifnull(u.output_tokens, 0) + ifnull(u.cache_read_tokens, 0) + ifnull(u.cache_write_tokens, 0) AS tokens, batch.path, batch.connector
  FROM usage AS u JOIN batch ON batch.id = u.batch_id
  JOIN attribution AS a ON a.signature_id = u.signature_id AND a.from_at <= u.at AND u.at < a.to_at
  WHERE u.granularity > 0 AND u.channel NOT IN (SELECT value FROM json_each(@sums))
    AND NOT EXISTS (SELECT 1 FROM matched AS m WHERE m.day = u.day AND m.id = u.id AND m.channel = u.channel)
  ORDER BY u.day, u.id, u.channel`,
  {exact: true},
)

/** A cell of what the channels that sum calls say; `until`: epoch ms, end of the latest period in it. */
export interface SumCell extends RequestCell {
  readonly until: bigint | null
}

export const sumCells = query<{sums: string}, SumCell>(
  'sumCells',
  `
  SELECT u.day, a.id AS attributionId, u.channel, u.model_id AS modelId, MAX(u.until) AS until, COUNT(*) AS records,
    SUM(ifnull(u.input_tokens, 0) + ifnull(u.output_tokens, 0) + ifnull(u.cache_read_tokens, 0) + ifnull(u.cache_write_tokens, 0)) AS tokens,
    SUM(u.cost_nanos) AS est
  FROM usage AS u
  JOIN attribution AS a ON a.signature_id = u.signature_id AND a.from_at <= u.at AND u.at < a.to_at
  WHERE u.granularity > 0 AND u.channel IN (SELECT value FROM json_each(@sums))
  GROUP BY u.day, a.id, u.channel, u.model_id
  ORDER BY u.day, a.id, u.channel, u.model_id`,
  {exact: true},
)

export const insertMatched = query<
  {day: number; id: string; channel: string; signature_id: number | null},
  never
>(
  'insertMatched',
  `
  INSERT INTO matched (day, id, channel, signature_id)
  VALUES (@day, @id, @channel, @signature_id)
  ON CONFLICT DO NOTHING`,
)

export const insertOutcome = query<
  {
    id: number
    answer: string
    output_state: string
    spend_class: string
    stage: string
    coper_e4: number
  },
  never
>(
  'insertOutcome',
  `
  INSERT INTO outcome (id, answer, output_state, spend_class, stage, coper_e4)
  VALUES (@id, @answer, @output_state, @spend_class, @stage, @coper_e4)`,
)

export const insertAttribution = query<
  {
    id: number
    signature_id: number
    from_at: number
    to_at: number
    outcome_id: number
    caller_id: number
  },
  never
>(
  'insertAttribution',
  `
  INSERT INTO attribution (id, signature_id, from_at, to_at, outcome_id, caller_id)
  VALUES (@id, @signature_id, @from_at, @to_at, @outcome_id, @caller_id)`,
)

export const insertCaller = query<{id: number; caller: string}, never>(
  'insertCaller',
  `
  INSERT INTO caller (id, caller)
  VALUES (@id, @caller)`,
)

export const insertRemainder = query<{[column: string]: number | bigint | string | null}, never>(
  'insertRemainder',
  `
  INSERT INTO remainder (id, day, at, until, attribution_id, model_id, billed_nanos, cost_source, batch_id, line)
  VALUES (@id, @day, @at, @until, @attribution_id, @model_id, @billed_nanos, @cost_source, @batch_id, @line)`,
)

const fillSpend = (name: string, current: 0 | 1, outcome: string, {before = '', joined = ''} = {}) =>
  query<Record<string, never>, never>(
    name,
    `
  INSERT INTO spend${before}
  SELECT ${current}, day, ${outcome} AS outcome, sum(billed), sum(records), sum(unpriced)
  FROM (
    SELECT day, attribution_id, billed_nanos AS billed, records,
      CASE WHEN billed_nanos IS NULL THEN records WHEN billed_nanos = est_nanos THEN unpriced ELSE 0 END AS unpriced
    FROM cell
    WHERE counts = 1
    UNION ALL
    SELECT day, attribution_id, billed_nanos, 1, 0
    FROM remainder
  ) AS part
  JOIN attribution AS a ON a.id = part.attribution_id${joined}
  GROUP BY day, outcome`,
  )

/** The cube by day and answer: as it was on the day of use, and as the signature's latest answer has it. */
export const insertSpend = fillSpend('insertSpend', 0, 'a.outcome_id')
export const insertCurrentSpend = fillSpend(
  'insertCurrentSpend',
  1,
  'ifnull(later.outcome_id, a.outcome_id)',
  {
    before: `
  WITH later AS MATERIALIZED (
    SELECT id, (SELECT outcome_id FROM attribution WHERE signature_id = old.signature_id ORDER BY from_at DESC LIMIT 1) AS outcome_id
    FROM attribution AS old
    WHERE EXISTS (SELECT 1 FROM attribution WHERE signature_id = old.signature_id AND from_at > old.from_at))`,
    joined: `
  LEFT JOIN later ON later.id = a.id`,
  },
)

/** Nothing has changed since attributions were last settled. */
export const clearChanged = query<Record<string, never>, never>(
  'clearChanged',
  `DELETE FROM meta WHERE key = 'changed'`,
)

/** Records and money of the whole store, by what was settled. */
export const settledTotals = query<
  Record<string, never>,
  {state: string; spendClass: string; stage: string; records: bigint; billed: bigint; unpriced: bigint}
>(
  'settledTotals',
  `
  SELECT output_state AS state, spend_class AS spendClass, stage, SUM(records) AS records, SUM(billed) AS billed, SUM(unpriced) AS unpriced
  FROM (
    SELECT attribution_id, records, ifnull(billed_nanos, 0) AS billed, unpriced FROM cell WHERE counts = 1
    UNION ALL
    SELECT attribution_id, 1, billed_nanos, 0 FROM remainder
  ) AS part
  JOIN attribution ON attribution.id = part.attribution_id
  JOIN outcome ON outcome.id = attribution.outcome_id
  GROUP BY output_state, spend_class, stage
  ORDER BY output_state, spend_class, stage`,
  {exact: true},
)

/** Each state of the model under which anything was answered. */
export const degradationStates = query<Record<string, never>, {state: string}>(
  'degradationStates',
  `SELECT DISTINCT json_extract(answer, '$.degradation_state') AS state FROM outcome ORDER BY state`,
)

export const attributedSignatures = query<Record<string, never>, {count: number}>(
  'attributedSignatures',
  `SELECT COUNT(DISTINCT signature_id) AS count FROM attribution`,
)
