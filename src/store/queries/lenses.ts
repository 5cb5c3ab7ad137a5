/** Usage by workload, as the lenses read it. None of these reads the usage table. */
import {query} from '../query.ts'

/** What is alike to every report. `current` 0: the answer of the day of use, 1: the signature's latest. */
export const allWorkloads = query<
  {current: number},
  {id: number; answer: string; spendClass: string; outcomeId: number; tags: string}
>(
  'allWorkloads',
  `
  SELECT w.id, o.answer, o.spend_class AS spendClass, o.id AS outcomeId, w.tags
  FROM workload AS w JOIN outcome AS o ON o.id = iif(@current, w.current_outcome_id, w.outcome_id)
  ORDER BY w.id`,
)

/** Sums of records. Null: no record says so. */
export interface ActivityRow {
  readonly workloadId: bigint
  readonly day: bigint | null
  readonly modelId: bigint | null
  readonly records: bigint
  readonly requests: bigint | null
  readonly inputTokens: bigint | null
  readonly outputTokens: bigint | null
  readonly cacheReadTokens: bigint | null
  readonly cacheWriteTokens: bigint | null
  readonly billedNanos: bigint | null
  /** Records whose cost nobody knows. */
  readonly unpriced: bigint
}

type Days = {from: number; to: number}

/** `workloads`: JSON list of those asked about; null: all. */
const activity = (name: string, {day = false, model = false}) =>
  query<Days & {workloads: string | null}, ActivityRow>(
    name,
    `
  SELECT workload_id AS workloadId, ${day ? 'day' : 'NULL'} AS day, ${model ? 'model_id' : 'NULL'} AS modelId, sum(records) AS records,
    sum(requests) AS requests, sum(input_tokens) AS inputTokens, sum(output_tokens) AS outputTokens, sum(cache_read_tokens) AS cacheReadTokens,
    sum(cache_write_tokens) AS cacheWriteTokens, sum(billed_nanos) AS billedNanos, sum(unpriced) AS unpriced
  FROM activity
  WHERE day >= @from AND day < @to AND (@workloads IS NULL OR workload_id IN (SELECT value FROM json_each(@workloads)))
  GROUP BY ${[...(day ? ['day'] : []), 'workload_id', ...(model ? ['model_id'] : [])].join(', ')}
  ORDER BY ${[...(day ? ['day'] : []), 'workload_id', ...(model ? ['model_id'] : [])].join(', ')}`,
    {exact: true},
  )

export const activityByWorkload = activity('activityByWorkload', {})
export const activityByModel = activity('activityByModel', {model: true})
export const activityByDay = activity('activityByDay', {day: true})
export const activityByDayAndModel = activity('activityByDayAndModel', {day: true, model: true})

export const modelsById = query<Record<string, never>, {id: number; identity: string}>(
  'modelsById',
  `SELECT id, identity FROM model ORDER BY id`,
)

/** Calls whose log says how they went, by what it says of them; `context`: `CallContext` as JSON, null: nothing. */
export const trafficByContext = query<
  Days,
  {
    workloadId: number
    modelId: number
    context: string | null
    calls: number
    told: number
    failed: number
  }
>(
  'trafficByContext',
  `
  SELECT workload_id AS workloadId, model_id AS modelId, context, sum(calls) AS calls, sum(told) AS told, sum(failed) AS failed
  FROM traffic LEFT JOIN context ON context.id = context_id
  WHERE day >= @from AND day < @to
  GROUP BY workload_id, model_id, context_id
  ORDER BY workload_id, model_id, context_id`,
)

/** Calls by how long they took, in bins of `model/latency.ts`. */
export const latencies = query<Days, {outcomeId: number; modelId: number; bin: number; calls: number}>(
  'latencies',
  `
  SELECT outcome_id AS outcomeId, model_id AS modelId, bin, sum(calls) AS calls
  FROM latency
  WHERE day >= @from AND day < @to
  GROUP BY outcome_id, model_id, bin
  ORDER BY outcome_id, model_id, bin`,
)

/** What each channel told of a period: on how many of its days, and how many rows, whether they are records or detail of others. */
export const channelDays = query<
  Days,
  {channel: string; first: number; last: number; days: number; rows: number}
>(
  'channelDays',
  `
  SELECT channel, min(day) AS first, max(day) AS last, count(*) AS days, sum(rows) AS rows
  FROM channel_day
  WHERE day >= @from AND day < @to
  GROUP BY channel
  ORDER BY channel`,
)

/** What was read, by format. */
export const readFormats = query<
  Record<string, never>,
  {format: string; files: number; rows: number; issues: number}
>(
  'readFormats',
  `
  SELECT connector AS format, count(*) AS files, sum(rows) AS rows, sum(issues) AS issues
  FROM batch
  GROUP BY connector
  ORDER BY connector`,
)
