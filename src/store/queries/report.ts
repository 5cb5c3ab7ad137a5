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

interface Days {
  readonly [column: string]: number
  readonly from: number
  readonly to: number
}

const spend = (name: string, attribution: string) =>
  query<Days, SpendRow>(
    name,
    `
  WITH part AS (
    SELECT attribution_id, sum(billed_nanos) AS billed, sum(records) AS records,
      sum(CASE WHEN billed_nanos IS NULL THEN records WHEN billed_nanos = est_nanos THEN unpriced ELSE 0 END) AS unpriced
    FROM cell
    WHERE day >= @from AND day < @to AND counts = 1
    GROUP BY attribution_id
    UNION ALL
    SELECT attribution_id, sum(billed_nanos), count(*), 0
    FROM remainder
    WHERE day >= @from AND day < @to
    GROUP BY attribution_id
  ), total AS (
    SELECT a.outcome_id, sum(part.billed) AS billed, sum(part.records) AS records, sum(part.unpriced) AS unpriced
    FROM part
    ${attribution}
    GROUP BY a.outcome_id
  )
  SELECT o.answer, o.spend_class AS spendClass, total.billed AS billedNanos, total.records, total.unpriced
  FROM total
  JOIN outcome AS o ON o.id = total.outcome_id
  ORDER BY o.id`,
    {exact: true},
  )

/** Every answer with what it costs, as it was on the day of use. */
export const spendByOutcome = spend('spendByOutcome', 'JOIN attribution AS a ON a.id = part.attribution_id')

/** The same money under each signature's latest answer. */
export const spendByCurrentOutcome = spend(
  'spendByCurrentOutcome',
  `JOIN attribution AS used ON used.id = part.attribution_id
    JOIN attribution AS a ON a.signature_id = used.signature_id
      AND a.from_at = (SELECT max(from_at) FROM attribution WHERE signature_id = used.signature_id)`,
)

/** Whether there is usage at all, whether it is settled, and from which day to which. */
export const extent = query<
  {readonly [none: string]: never},
  {used: number; settled: number; first: number | null; last: number | null}
>(
  'extent',
  `
  SELECT EXISTS (SELECT 1 FROM usage) AS used,
    EXISTS (SELECT 1 FROM cell) OR EXISTS (SELECT 1 FROM remainder) AS settled,
    min(day) AS first, max(day) AS last
  FROM (
    SELECT min(day) AS day FROM cell
    UNION ALL
    SELECT max(day) FROM cell
    UNION ALL
    SELECT day FROM remainder)`,
)

/** Invoices in dollars that lie wholly in [start, end): how many, and their sum. The same invoice twice counts once. */
export const invoicesWithin = query<
  {start: number; end: number},
  {invoices: bigint; amountNanos: bigint | null}
>(
  'invoicesWithin',
  `
  SELECT count(*) AS invoices, sum(amount_nanos) AS amountNanos
  FROM (
    SELECT DISTINCT invoice, provider, account, start, end, amount_nanos
    FROM bill
    WHERE start >= @start AND end <= @end AND currency = 'USD'
      AND ifnull(status, '') NOT IN ('void', 'voided', 'cancelled', 'canceled', 'draft')
  )`,
  {exact: true},
)
