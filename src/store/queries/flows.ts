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

/** Outcomes of a day by what they say of where they came from; `traced`: their trace is a workflow that is known. */
export const outcomesByDay = query<
  {start: number; end: number},
  {
    name: string
    unit: string | null
    service: string | null
    project: string | null
    feature: string | null
    traced: bigint
    day: bigint
    events: bigint
    quantityE9: bigint
    reversals: bigint
    succeeded: bigint
    said: bigint
  }
>(
  'outcomesByDay',
  `
  SELECT e.name, e.unit, e.service, e.project, e.feature, w.trace IS NOT NULL AS traced, e.at / 86400000 AS day, count(*) AS events,
    sum(e.quantity_e9) AS quantityE9, sum(e.quantity_e9 < 0 OR e.reverses IS NOT NULL) AS reversals,
    sum(ifnull(e.success, 0)) AS succeeded, count(e.success) AS said
  FROM outcome_event AS e LEFT JOIN workflow AS w ON w.trace = e.trace
  WHERE e.at >= @start AND e.at < @end
  GROUP BY e.name, e.unit, e.service, e.project, e.feature, traced, e.at / 86400000
  ORDER BY e.name, e.unit, e.service, e.project, e.feature, traced, e.at / 86400000`,
  {exact: true},
)

/** What the workflows of a name's outcomes cost, each once, on the day of the first of them. */
export const outcomeWorkflows = query<
  {start: number; end: number},
  {
    name: string
    unit: string | null
    day: bigint
    workloadId: bigint
    workflows: bigint
    billedNanos: bigint | null
    unpriced: bigint
  }
>(
  'outcomeWorkflows',
  `
  WITH found AS (
    SELECT name, unit, trace, min(at) / 86400000 AS day
    FROM outcome_event
    WHERE at >= @start AND at < @end AND trace IS NOT NULL
    GROUP BY name, unit, trace)
  SELECT found.name, found.unit, found.day, w.workload_id AS workloadId, count(*) AS workflows, sum(w.billed_nanos) AS billedNanos,
    sum(w.unpriced > 0) AS unpriced
  FROM found JOIN workflow AS w USING (trace)
  GROUP BY found.name, found.unit, found.day, w.workload_id
  ORDER BY found.name, found.unit, found.day, w.workload_id`,
  {exact: true},
)

/** What the logged calls of each tenant cost; `tenant` is a digest. */
export const tenantCosts = query<
  Days,
  {workloadId: bigint; tenant: string; calls: bigint; billedNanos: bigint | null; unpriced: bigint}
>(
  'tenantCosts',
  `
  SELECT workload_id AS workloadId, context ->> '$.tenant' AS tenant, sum(calls) AS calls, sum(billed_nanos) AS billedNanos,
    sum(unpriced) AS unpriced
  FROM traffic JOIN context ON context.id = context_id
  WHERE day >= @from AND day < @to AND context ->> '$.tenant' IS NOT NULL
  GROUP BY workload_id, tenant
  ORDER BY workload_id, tenant`,
  {exact: true},
)

/** When something went out to production, or to where nobody says. */
export const launches = query<{start: number; end: number}, {subject: string; at: number}>(
  'launches',
  `
  SELECT subject, at
  FROM deployment
  WHERE at >= @start AND at < @end AND (environment IS NULL OR lower(environment) IN ('prod', 'production', 'prd', 'live'))
  ORDER BY at, subject`,
)
