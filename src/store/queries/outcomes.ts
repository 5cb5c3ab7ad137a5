/** Results that products counted, by what they say they are results of. */
import {query} from '../query.ts'

type Span = {start: number; end: number}

/** A taken-back result is negative whatever it says of success. */
const COUNTS = `count(*) AS events, sum(success IS NULL) AS unsaid,
    sum(iif(success IS NOT 0 OR quantity_e9 < 0, quantity_e9, 0)) AS succeeded,
    sum(iif(success IS 0 AND quantity_e9 > 0, quantity_e9, 0)) AS failed`

const NO_SCOPE = 'service IS NULL AND project IS NULL AND organization IS NULL AND feature IS NULL'

interface CountedRow {
  readonly name: string
  readonly unit: string | null
  readonly events: bigint
  readonly unsaid: bigint
  readonly succeeded: bigint
  readonly failed: bigint
}

/** But those that name a trace and nothing else. */
export const outcomesByScope = query<
  Span,
  CountedRow & {
    service: string | null
    project: string | null
    organization: string | null
    feature: string | null
  }
>(
  'outcomesByScope',
  `
  SELECT name, unit, service, project, organization, feature, ${COUNTS}
  FROM outcome_event
  WHERE at >= @start AND at < @end AND NOT (${NO_SCOPE} AND trace IS NOT NULL)
  GROUP BY name, unit, service, project, organization, feature
  ORDER BY name, unit, service, project, organization, feature`,
  {exact: true},
)

/** Those that name a trace and nothing else. `cost` of the workflows they name, each once; `traced` and `paidFor` of those alone. */
export const outcomesByTrace = query<
  Span,
  CountedRow & {traced: bigint; paidFor: bigint | null; cost: bigint | null}
>(
  'outcomesByTrace',
  `
  WITH named AS (
    SELECT name, unit, trace, success, quantity_e9, EXISTS (SELECT 1 FROM workflow AS w WHERE w.trace = o.trace) AS known
    FROM outcome_event AS o
    WHERE at >= @start AND at < @end AND ${NO_SCOPE} AND trace IS NOT NULL),
  paid AS (
    SELECT name, unit, sum(billed_nanos) AS cost
    FROM (SELECT DISTINCT name, unit, trace FROM named)
    JOIN workflow USING (trace)
    GROUP BY name, unit)
  SELECT named.name, named.unit, ${COUNTS}, sum(known) AS traced, sum(iif(known AND (success IS NOT 0 OR quantity_e9 < 0), quantity_e9, 0)) AS paidFor,
    cost
  FROM named LEFT JOIN paid ON paid.name = named.name AND paid.unit IS named.unit
  GROUP BY named.name, named.unit
  ORDER BY named.name, named.unit`,
  {exact: true},
)
