/** The cube by attribution, read by whole months where a period holds some, and by days at its ends. */
import {LONG_CONTEXT} from '../../model/energy/constants.ts'
import {query} from '../query.ts'

const READ = 'ifnull(input_tokens, 0) + ifnull(cache_read_tokens, 0) + ifnull(cache_write_tokens, 0)'

const added = (days: string): string => `
  SELECT attribution_id, model_id, known, min(day) AS first, max(day) AS last, sum(records) AS records, sum(calls) AS calls,
    sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens, sum(cache_read) AS cache_read_tokens,
    sum(cache_write) AS cache_write_tokens, sum(long) AS long_tokens, sum(billed_nanos) AS billed_nanos
  FROM (
    SELECT day, attribution_id, model_id, (input_tokens IS NOT NULL) + 2 * (output_tokens IS NOT NULL) AS known, records,
      iif(granularity = 0, records, 0) AS calls, input_tokens, output_tokens, ifnull(cache_read_tokens, 0) AS cache_read,
      ifnull(cache_write_tokens, 0) AS cache_write,
      iif(granularity = 0 AND ${READ} > ${LONG_CONTEXT} * records, ${READ} + ifnull(output_tokens, 0), 0) AS long, billed_nanos
    FROM cell
    WHERE counts = 1 AND ${days}
    UNION ALL
    SELECT day, attribution_id, model_id, 0, 1, 0, NULL, NULL, 0, 0, 0, billed_nanos
    FROM remainder
    WHERE ${days}
  ) AS part
  -- By one number: sorting by three columns takes twice as long. There are fewer models than 2^24.
  GROUP BY ((attribution_id << 24) + model_id) * 4 + known`

/** What counts, with what bills hold beyond their detail: `monthly` without its month. Takes `Months`. */
export const USED = `
  SELECT attribution_id, model_id, known, first, last, records, calls, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
    long_tokens, billed_nanos
  FROM monthly
  WHERE month >= @wholeFrom AND month < @wholeTo
  UNION ALL
  SELECT * FROM (${added('day >= @from AND day < @wholeFrom')})
  UNION ALL
  SELECT * FROM (${added('day >= @wholeTo AND day < @to')})`

/** Adds up a month, whose first day `month` is. */
export const insertMonth = query<{month: number; next: number}, never>(
  'insertMonth',
  `INSERT INTO monthly SELECT @month, * FROM (${added('day >= @month AND day < @next')})`,
)

/** First and last day that anything counts on; null: nothing does. */
export const daysCounted = query<Record<string, never>, {first: number | null; last: number | null}>(
  'daysCounted',
  `
  SELECT min(first) AS first, max(last) AS last
  FROM (
    SELECT (SELECT min(day) FROM cell) AS first, (SELECT max(day) FROM cell) AS last
    UNION ALL
    SELECT min(day), max(day) FROM remainder)`,
)

/** Rows, whether they are records or detail of others. */
export const insertChannelDays = query<Record<string, never>, never>(
  'insertChannelDays',
  `
  INSERT INTO channel_day
  SELECT day, channel, sum(records)
  FROM cell
  GROUP BY day, channel`,
)
