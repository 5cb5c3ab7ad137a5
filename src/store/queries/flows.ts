/** Workflows and outcomes as the lenses read them. Workflows are read through an index that holds all of them. */
import {query} from '../query.ts'

type Days = {from: number; to: number}

/** Workflows of a day and workload that cost alike. */
export type FlowRow = readonly [
  workloadId: bigint,
  workflows: bigint,
  calls: bigint,
  failed: bigint,
  depth: bigint | null,
  fanOut: bigint | null,
  billedNanos: bigint | null,
]

export const flows = query<Days, FlowRow>(
  'flows',
  `
  SELECT workload_id, workflows, calls, failed, depth, fan_out, billed_nanos
  FROM flow
  WHERE day >= @from AND day < @to
  ORDER BY day, workload_id, cost_bin`,
  {exact: true, tuples: true},
)

/**
 * Single workflows at or past the limits of their workload (JSON: `[workload, nanos, calls]`), dearest first. `nanos` and `calls` are
 * the least of these: most workflows are below any limit.
 */
export const farWorkflows = query<
  Days & {limits: string; nanos: bigint; calls: number; most: number},
  {
    trace: string
    workloadId: bigint
    calls: bigint
    failed: bigint
    depth: bigint | null
    fanOut: bigint | null
    billedNanos: bigint | null
    at: bigint
    until: bigint
  }
>(
  'farWorkflows',
  `
  WITH bound AS MATERIALIZED (
    SELECT value ->> 0 AS workload_id, value ->> 1 AS nanos, value ->> 2 AS calls
    FROM json_each(@limits)),
  far AS (
    SELECT w.trace
    FROM workflow AS w CROSS JOIN bound USING (workload_id)
    WHERE w.day >= @from AND w.day < @to AND (w.billed_nanos >= @nanos OR w.calls >= @calls)
      AND (w.billed_nanos >= bound.nanos OR w.calls >= bound.calls)
    ORDER BY w.billed_nanos DESC, w.trace
    LIMIT @most)
  SELECT trace, workload_id AS workloadId, calls, failed, depth, fan_out AS fanOut, billed_nanos AS billedNanos, at, until
  FROM far CROSS JOIN workflow USING (trace)
  ORDER BY billed_nanos DESC, trace`,
  {exact: true},
)

export interface TracedRow {
  readonly workloadId: bigint
  readonly calls: bigint
  readonly billedNanos: bigint | null
  readonly unpriced: bigint
}

/** What calls of workflows cost on these days, by the service that called; `name` '': the log calls it nothing. */
export const steps = query<Days, TracedRow & {readonly name: string; readonly modelId: bigint}>(
  'steps',
  `
  SELECT workload_id AS workloadId, name, model_id AS modelId, sum(calls) AS calls, sum(billed_nanos) AS billedNanos, sum(unpriced) AS unpriced
  FROM step
  WHERE day >= @from AND day < @to
  GROUP BY workload_id, name, model_id
  ORDER BY workload_id, name, model_id`,
  {exact: true},
)

/** What traces of one call cost on these days. */
export const loneCalls = query<Days, TracedRow & {readonly failed: bigint}>(
  'loneCalls',
  `
  SELECT workload_id AS workloadId, sum(calls) AS calls, sum(failed) AS failed, sum(billed_nanos) AS billedNanos, sum(unpriced) AS unpriced
  FROM lone
  WHERE day >= @from AND day < @to
  GROUP BY workload_id
  ORDER BY workload_id`,
  {exact: true},
)
