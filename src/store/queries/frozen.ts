/** Closed periods: written once when one is closed, and read as if nothing had happened since. */
import {query} from '../query.ts'
import {USAGE_COLUMNS} from './ingest.ts'

/** A closed period: the audit entry that closed it, and its days, [from, to). */
export interface Frozen {
  readonly [column: string]: number
  readonly freeze: number
  readonly from: number
  readonly to: number
}

/** Attributions and answers of the days that are being frozen. */
const USED = `
  SELECT attribution_id FROM cell WHERE day >= @from AND day < @to AND counts = 1
  UNION
  SELECT attribution_id FROM remainder WHERE day >= @from AND day < @to`

const freezing = (name: string, sql: string) => query<Frozen, never>(name, sql)

export const freezeBatches = freezing(
  'freezeBatches',
  `
  INSERT INTO frozen_batch (freeze, batch_id, path)
  SELECT @freeze, id, path
  FROM batch
  WHERE id IN (SELECT batch_id FROM usage WHERE day >= @from AND day < @to)
    OR id IN (SELECT batch_id FROM remainder WHERE day >= @from AND day < @to)`,
)

export const freezeAttributions = freezing(
  'freezeAttributions',
  `
  INSERT INTO frozen_attribution (freeze, id, signature_id, from_at, to_at, outcome_id)
  SELECT @freeze, id, signature_id, from_at, to_at, outcome_id
  FROM attribution
  WHERE id IN (${USED})`,
)

export const freezeOutcomes = freezing(
  'freezeOutcomes',
  `
  INSERT INTO frozen_outcome (freeze, id, answer, spend_class)
  SELECT @freeze, id, answer, spend_class
  FROM outcome
  WHERE id IN (SELECT outcome_id FROM attribution WHERE id IN (${USED}))`,
)

const copied = (name: string, table: string, columns: string, which = '') =>
  query<{readonly from: number; readonly to: number}, never>(
    name,
    `
  INSERT INTO frozen_${table} (${columns})
  SELECT ${columns}
  FROM ${table}
  WHERE day >= @from AND day < @to${which}`,
  )

const CELL = `day, attribution_id, channel, model_id, granularity, records, input_tokens, output_tokens, cache_read_tokens,
    cache_write_tokens, est_nanos, billed_nanos, counts, reconciled`

export const freezeMatched = copied('freezeMatched', 'matched', 'day, id, channel, signature_id')
export const freezeCells = copied('freezeCells', 'cell', CELL, ' AND counts = 1')
export const freezeRemainders = copied(
  'freezeRemainders',
  'remainder',
  'id, day, at, until, attribution_id, model_id, billed_nanos, cost_source, batch_id, line',
)

export const freezeSpend = freezing(
  'freezeSpend',
  `
  INSERT INTO frozen_spend (freeze, day, outcome_id, billed_nanos, records, unpriced)
  SELECT @freeze, day, outcome_id, billed_nanos, records, unpriced
  FROM spend
  WHERE current = 0 AND day >= @from AND day < @to`,
)

/** The latest entry that anything was frozen by: the trail must hold it. */
export const lastFreeze = query<Record<string, never>, {freeze: number | null}>(
  'lastFreeze',
  `SELECT max(freeze) AS freeze FROM frozen_batch`,
)

/** What the answers frozen with a period cost on some of its days. */
export const frozenSpendByOutcome = query<
  Frozen,
  {
    readonly answer: string
    readonly spendClass: string
    readonly billedNanos: bigint | null
    readonly records: bigint
    readonly unpriced: bigint
  }
>(
  'frozenSpendByOutcome',
  `
  SELECT o.answer, o.spend_class AS spendClass, sum(s.billed_nanos) AS billedNanos, sum(s.records) AS records, sum(s.unpriced) AS unpriced
  FROM frozen_spend AS s
  JOIN frozen_outcome AS o ON o.freeze = s.freeze AND o.id = s.outcome_id
  WHERE s.freeze = @freeze AND s.day >= @from AND s.day < @to
  GROUP BY s.outcome_id
  ORDER BY s.outcome_id`,
  {exact: true},
)

/** What each day of a closed period costs by money class, as frozen. */
export const frozenSpendByDay = query<
  Frozen,
  {readonly day: bigint; readonly spendClass: string; readonly billedNanos: bigint | null}
>(
  'frozenSpendByDay',
  `
  SELECT s.day, o.spend_class AS spendClass, sum(s.billed_nanos) AS billedNanos
  FROM frozen_spend AS s
  JOIN frozen_outcome AS o ON o.freeze = s.freeze AND o.id = s.outcome_id
  WHERE s.freeze = @freeze AND s.day >= @from AND s.day < @to
  GROUP BY s.day, o.spend_class
  ORDER BY s.day, o.spend_class`,
  {exact: true},
)

const USAGE = USAGE_COLUMNS.join(', ')

/**
 * Views of one connection that stand before the tables of their names: whoever reads through it sees a closed period as it was.
 * Views take no parameters; all that is written into their text are whole numbers.
 */
export const frozenViews = ({
  freeze,
  from,
  to,
}: Frozen): readonly {readonly name: string; readonly sql: string}[] => {
  const [id, first, end] = [freeze, from, to].map(number => Math.trunc(number))
  const days = `day >= ${first} AND day < ${end}`
  const views = {
    batch: `SELECT batch_id AS id, path FROM main.frozen_batch WHERE freeze = ${id}`,
    usage: `
      SELECT ${USAGE} FROM main.usage AS now
      WHERE ${days} AND batch_id IN (SELECT batch_id FROM main.frozen_batch WHERE freeze = ${id})
        AND NOT EXISTS (
          SELECT 1 FROM main.frozen_usage AS then_ WHERE then_.day = now.day AND then_.id = now.id AND then_.channel = now.channel)
      UNION ALL
      SELECT ${USAGE} FROM main.frozen_usage WHERE ${days}`,
    matched: `SELECT day, id, channel, signature_id FROM main.frozen_matched WHERE ${days}`,
    outcome: `SELECT id, answer, spend_class FROM main.frozen_outcome WHERE freeze = ${id}`,
    attribution: `
      SELECT id, signature_id, from_at, to_at, outcome_id FROM main.frozen_attribution WHERE freeze = ${id}`,
    cell: `SELECT ${CELL} FROM main.frozen_cell WHERE ${days}`,
    remainder: `
      SELECT id, day, at, until, attribution_id, model_id, billed_nanos, cost_source, batch_id, line
      FROM main.frozen_remainder WHERE ${days}`,
  }
  return Object.entries(views).map(([name, sql]) => ({name, sql: `CREATE TEMP VIEW ${name} AS ${sql}`}))
}
