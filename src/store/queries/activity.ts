/** What `attribute` writes for the lenses: usage by workload, calls by context, latencies, workflows. See the thirteenth migration. */
import {query} from '../query.ts'
import {MATCHED, PLAIN, signatureIn} from './match.ts'

type None = Record<string, never>

export const insertWorkload = query<
  {id: number; outcome_id: number; current_outcome_id: number; tags: string},
  never
>(
  'insertWorkload',
  `
  INSERT INTO workload (id, outcome_id, current_outcome_id, tags)
  VALUES (@id, @outcome_id, @current_outcome_id, @tags)`,
)

/** The cube, as the lenses group it. `workloads`: JSON list, the workload of attribution n at place n - 1. */
export const insertActivity = query<{workloads: string}, never>(
  'insertActivity',
  `
  WITH placed AS MATERIALIZED (
    SELECT key + 1 AS attribution_id, value AS workload_id
    FROM json_each(@workloads))
  INSERT INTO activity
  SELECT day, workload_id, model_id, sum(records), sum(requests), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
    sum(cache_write_tokens), sum(billed), sum(unpriced)
  FROM (
    SELECT day, attribution_id, model_id, records, requests, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
      billed_nanos AS billed,
      CASE WHEN billed_nanos IS NULL THEN records WHEN billed_nanos = est_nanos THEN unpriced ELSE 0 END AS unpriced
    FROM cell
    WHERE counts = 1
    UNION ALL
    SELECT day, attribution_id, model_id, 1, NULL, NULL, NULL, NULL, NULL, billed_nanos, 0
    FROM remainder
  ) AS part
  JOIN placed USING (attribution_id)
  GROUP BY day, workload_id, model_id`,
)

/** Whether a bill or a report decided about any call of a day: what it costs, or whether it is a record at all. */
export const isDecided = query<{day: number}, {decided: number}>(
  'isDecided',
  `
  SELECT EXISTS (
    SELECT 1 FROM cell WHERE day = @day AND granularity = 0 AND (counts = 0 OR billed_nanos IS NOT est_nanos)) AS decided`,
)

/** Cells of calls of a day: a record's cost is its part of what its cell was settled to. */
export const callCells = query<
  {day: number},
  {
    attributionId: bigint
    channel: string
    modelId: bigint
    records: bigint
    tokens: bigint
    estNanos: bigint | null
    billedNanos: bigint | null
    counts: bigint
  }
>(
  'callCells',
  `
  SELECT attribution_id AS attributionId, channel, model_id AS modelId, records,
    ifnull(input_tokens, 0) + ifnull(output_tokens, 0) + ifnull(cache_read_tokens, 0) + ifnull(cache_write_tokens, 0) AS tokens,
    est_nanos AS estNanos, billed_nanos AS billedNanos, counts
  FROM cell
  WHERE day = @day AND granularity = 0
  ORDER BY attribution_id, channel, model_id`,
  {exact: true},
)

/** A call with what its log says of it; `CALL` says what stands where. The last five are null where no bill is spread over calls. */
export type CallRow = readonly [
  signatureId: number,
  modelId: number,
  at: number,
  failed: number | null,
  trace: string | null,
  parent: string | null,
  latencyMs: number | null,
  contextId: number | null,
  channel: string,
  costNanos: number | null,
  id: string | null,
  inputTokens: number | null,
  outputTokens: number | null,
  cacheReadTokens: number | null,
  cacheWriteTokens: number | null,
]

/** Places in a `CallRow`. */
export const CALL = {
  signature: 0,
  model: 1,
  at: 2,
  failed: 3,
  trace: 4,
  parent: 5,
  latencyMs: 6,
  context: 7,
  channel: 8,
  cost: 9,
  id: 10,
  inputTokens: 11,
  outputTokens: 12,
  cacheReadTokens: 13,
  cacheWriteTokens: 14,
} as const

const calls = (
  name: string,
  signature: string,
  from: string,
  tail: string,
  more = 'NULL, NULL, NULL, NULL, NULL',
) =>
  query<{day: number}, CallRow>(
    name,
    `
  SELECT ${signature}, u.model_id, u.at, u.failed, u.trace, u.parent, u.latency_ms, u.context_id, u.channel, u.cost_nanos, ${more}
  FROM ${from}
  WHERE u.day = @day AND u.granularity = 0${tail}`,
    {tuples: true},
  )

/** A day's calls where each is one row, and costs what it says. */
export const plainCalls = calls('plainCalls', signatureIn(PLAIN), PLAIN, '')

/** A day's calls, each once; by time, as a bill is spread over them. */
export const settledCalls = calls(
  'settledCalls',
  signatureIn(MATCHED),
  MATCHED,
  `
    AND (m.id IS NULL OR m.signature_id IS NOT NULL)
  ORDER BY u.at, u.id, u.channel`,
  'u.id, u.input_tokens, u.output_tokens, u.cache_read_tokens, u.cache_write_tokens',
)

export const hasMatched = query<None, {matched: number}>(
  'hasMatched',
  `SELECT EXISTS (SELECT 1 FROM matched) AS matched`,
)

/** What one row says of a call. */
export interface Told {
  readonly failed: number | null
  readonly trace: string | null
  readonly parent: string | null
  readonly latencyMs: number | null
  readonly contextId: number | null
}

/** What rows that another row's call was matched to say of that call, where they say anything. */
export const toldElsewhere = query<{day: number}, Told & {readonly id: string; readonly channel: string}>(
  'toldElsewhere',
  `
  SELECT ifnull(next.kept_id, m.kept_id) AS id, ifnull(next.kept_channel, m.kept_channel) AS channel, u.failed, u.trace, u.parent,
    u.latency_ms AS latencyMs, u.context_id AS contextId
  FROM matched AS m
  JOIN usage AS u ON u.day = m.day AND u.id = m.id AND u.channel = m.channel
  LEFT JOIN matched AS next ON next.day = m.kept_day AND next.id = m.kept_id AND next.channel = m.kept_channel AND next.signature_id IS NULL
  WHERE m.day BETWEEN @day - 1 AND @day + 1 AND m.signature_id IS NULL AND ifnull(next.kept_day, m.kept_day) = @day
  ORDER BY u.parent IS NULL, u.trace IS NULL, u.day, u.id, u.channel`,
)

export const agentTraces = query<None, {trace: string}>(
  'agentTraces',
  `SELECT DISTINCT trace FROM span WHERE kind <> 'other' ORDER BY trace`,
)

/** Traces of several calls, where each row is one. */
export const repeatedTraces = query<None, {trace: string}>(
  'repeatedTraces',
  `SELECT trace FROM usage WHERE trace IS NOT NULL AND granularity = 0 GROUP BY trace HAVING count(*) > 1 ORDER BY trace`,
)

/** Traces of several rows of which each is a call by itself, or of one and one of those that are several rows (`once`: JSON list). */
export const repeatedAlone = query<{once: string}, {trace: string}>(
  'repeatedAlone',
  `
  WITH known AS MATERIALIZED (SELECT value AS trace FROM json_each(@once))
  SELECT u.trace
  FROM ${MATCHED}
  WHERE u.trace IS NOT NULL AND u.granularity = 0 AND m.id IS NULL
  GROUP BY u.trace
  HAVING count(*) > 1 OR u.trace IN (SELECT trace FROM known)
  ORDER BY u.trace`,
)

/** Of calls that are several rows, the row that is kept. */
export const keptCalls = query<{day: number}, Told & {readonly id: string; readonly channel: string}>(
  'keptCalls',
  `
  SELECT u.id, u.channel, u.failed, u.trace, u.parent, u.latency_ms AS latencyMs, u.context_id AS contextId
  FROM matched AS m
  JOIN usage AS u ON u.day = m.day AND u.id = m.id AND u.channel = m.channel
  WHERE m.day = @day AND m.signature_id IS NOT NULL AND u.granularity = 0
  ORDER BY u.id, u.channel`,
)

export const spanOf = query<
  {trace: string; id: string},
  {parent: string | null; kind: 'agent' | 'tool' | 'other'; name: string | null}
>('spanOf', `SELECT parent, kind, name FROM span WHERE trace = @trace AND id = @id`)

export const hasSpans = query<None, {spans: number}>(
  'hasSpans',
  `SELECT EXISTS (SELECT 1 FROM span) AS spans`,
)

export const contexts = query<None, {id: number; context: string}>(
  'contexts',
  `SELECT id, context FROM context ORDER BY id`,
)

export const insertTraffic = query<
  {
    day: number
    workload_id: number
    model_id: number
    context_id: number | null
    calls: number
    told: number
    failed: number
    billed_nanos: bigint | null
    unpriced: number
  },
  never
>(
  'insertTraffic',
  `
  INSERT INTO traffic (day, workload_id, model_id, context_id, calls, told, failed, billed_nanos, unpriced)
  VALUES (@day, @workload_id, @model_id, @context_id, @calls, @told, @failed, @billed_nanos, @unpriced)`,
)

export const insertLatency = query<
  {day: number; outcome_id: number; model_id: number; bin: number; calls: number},
  never
>(
  'insertLatency',
  `
  INSERT INTO latency (day, outcome_id, model_id, bin, calls)
  VALUES (@day, @outcome_id, @model_id, @bin, @calls)`,
)

export interface WorkflowRow {
  readonly [column: string]: string | number | bigint | null
  readonly trace: string
  readonly day: number
  readonly at: number
  readonly until: number
  readonly workload_id: number
  readonly calls: number
  readonly failed: number
  readonly depth: number | null
  readonly fan_out: number | null
  readonly billed_nanos: bigint | null
  readonly unpriced: number
}

const sum = (column: string): string =>
  `iif(${column} IS NULL AND excluded.${column} IS NULL, NULL, ifnull(${column}, 0) + ifnull(excluded.${column}, 0))`
const most = (column: string): string =>
  `iif(${column} IS NULL, excluded.${column}, max(${column}, ifnull(excluded.${column}, 0)))`

/** What a day adds to a trace. Days come in order: the workload is that of its first call. */
export const addWorkflow = query<WorkflowRow, never>(
  'addWorkflow',
  `
  INSERT INTO workflow (trace, day, at, until, workload_id, calls, failed, depth, fan_out, billed_nanos, unpriced)
  VALUES (@trace, @day, @at, @until, @workload_id, @calls, @failed, @depth, @fan_out, @billed_nanos, @unpriced)
  ON CONFLICT (trace) DO UPDATE SET until = max(until, excluded.until), calls = calls + excluded.calls, failed = failed + excluded.failed,
    depth = ${most('depth')}, fan_out = ${most('fan_out')}, billed_nanos = ${sum('billed_nanos')}, unpriced = unpriced + excluded.unpriced`,
)

/** Once all days have added to `workflow`. */
export const insertFlows = query<None, never>(
  'insertFlows',
  `
  INSERT INTO flow (day, workload_id, cost_bin, workflows, calls, failed, depth, fan_out, billed_nanos)
  SELECT day, workload_id, CASE WHEN billed_nanos > 0 THEN CAST(4 * log2(billed_nanos) AS INTEGER) ELSE ifnull(sign(billed_nanos) - 1, -3) END,
    count(*), sum(calls), sum(failed > 0), max(depth), max(fan_out), sum(billed_nanos)
  FROM workflow
  GROUP BY 1, 2, 3`,
)

export const insertStep = query<
  {
    day: number
    workload_id: number
    name: string
    model_id: number
    calls: number
    billed_nanos: bigint | null
    unpriced: number
  },
  never
>(
  'insertStep',
  `
  INSERT INTO step (day, workload_id, name, model_id, calls, billed_nanos, unpriced)
  VALUES (@day, @workload_id, @name, @model_id, @calls, @billed_nanos, @unpriced)`,
)

export const insertLone = query<
  {
    day: number
    workload_id: number
    calls: number
    failed: number
    billed_nanos: bigint | null
    unpriced: number
  },
  never
>(
  'insertLone',
  `
  INSERT INTO lone (day, workload_id, calls, failed, billed_nanos, unpriced)
  VALUES (@day, @workload_id, @calls, @failed, @billed_nanos, @unpriced)`,
)
