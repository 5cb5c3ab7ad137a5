/** The cube, summed for reports. None of these reads the usage table. */
import {query} from '../query.ts'

/** What one answer costs over a period. */
export interface SpendRow {
  readonly answer: string
  readonly spendClass: string
  /** Nano-dollars; null: no record of it has a known cost. */
  readonly billedNanos: bigint | null
  readonly records: bigint
  /** Records whose cost nobody knows. */
  readonly unpriced: bigint
}

/** Every answer with what it costs, by the day of use (`current` 0) or by the signatures' latest answers (1). */
export const spendByOutcome = query<{current: number; from: number; to: number}, SpendRow>(
  'spendByOutcome',
  `
  SELECT o.answer, o.spend_class AS spendClass, billed AS billedNanos, records, unpriced
  FROM (
    SELECT outcome_id, sum(billed_nanos) AS billed, sum(records) AS records, sum(unpriced) AS unpriced
    FROM spend
    WHERE current = @current AND day >= @from AND day < @to
    GROUP BY outcome_id
  ) AS total
  JOIN outcome AS o ON o.id = total.outcome_id
  ORDER BY o.id`,
  {exact: true},
)

export interface DayRow {
  readonly day: bigint
  readonly spendClass: string
  /** Nano-dollars; null: no record of it has a known cost. */
  readonly billedNanos: bigint | null
}

/** What each day costs by money class, by the day of use (`current` 0) or by the signatures' latest answers (1). */
export const spendByDay = query<{current: number; from: number; to: number}, DayRow>(
  'spendByDay',
  `
  SELECT s.day, o.spend_class AS spendClass, sum(s.billed_nanos) AS billedNanos
  FROM spend AS s
  JOIN outcome AS o ON o.id = s.outcome_id
  WHERE s.current = @current AND s.day >= @from AND s.day < @to
  GROUP BY s.day, o.spend_class
  ORDER BY s.day, o.spend_class`,
  {exact: true},
)

/** Names and aliases of all that sources call an identity, but of what they say is a machine: `machines`, a JSON list of types. */
export const identityNames = query<{machines: string}, {alias: string; name: string | null}>(
  'identityNames',
  `
  SELECT DISTINCT alias, name
  FROM entity
  WHERE kind = 'identity' AND (type IS NULL OR type NOT IN (SELECT value FROM json_each(@machines)))
  ORDER BY alias, name`,
)

/** Whether there is usage at all, whether it is settled, and from which day to which. */
export const extent = query<
  {readonly [none: string]: never},
  {used: number; settled: number; first: number | null; last: number | null}
>(
  'extent',
  `
  SELECT EXISTS (SELECT 1 FROM usage) AS used,
    EXISTS (SELECT 1 FROM spend) AS settled,
    (SELECT min(day) FROM spend WHERE current = 0) AS first,
    (SELECT max(day) FROM spend WHERE current = 0) AS last`,
)

/** Invoices that lie wholly in [start, end): how many, and their sum. */
export const invoicesWithin = query<
  {start: number; end: number},
  {invoices: bigint; amountNanos: bigint | null}
>(
  'invoicesWithin',
  `
  SELECT count(*) AS invoices, sum(amount_nanos) AS amountNanos
  FROM invoiced
  WHERE start >= @start AND end <= @end`,
  {exact: true},
)
