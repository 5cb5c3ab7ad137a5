/** What a store holds and how fresh it is, for `doctor`. */
import {query} from '../query.ts'

type None = Record<string, never>

export const ingestTotals = query<None, {files: number; rows: number; issues: number; usage: number}>(
  'ingestTotals',
  `
  SELECT count(*) AS files, ifnull(sum(rows), 0) AS rows, ifnull(sum(issues), 0) AS issues,
    EXISTS (SELECT 1 FROM usage) AS usage
  FROM batch`,
)

/** Issues by code, the most frequent first. */
export const issueCodes = query<None, {code: string; count: number}>(
  'issueCodes',
  `
  SELECT code, count(*) AS count
  FROM issue
  GROUP BY code
  ORDER BY count DESC, code`,
)

/** The first issues of each code, in order of file and line. */
export const firstIssues = query<
  {most: number},
  {path: string; line: number; code: string; message: string; mend: string}
>(
  'firstIssues',
  `
  SELECT path, line, code, message, mend
  FROM (
    SELECT batch.path, issue.line, issue.code, issue.message, issue.mend,
      row_number() OVER (PARTITION BY issue.code ORDER BY batch.path, issue.line, issue.message) AS place
    FROM issue JOIN batch ON batch.id = issue.batch_id
  )
  WHERE place <= @most
  ORDER BY path, line, code, message`,
)

/** The last day a channel reported use of; looks backwards, so that a fresh source costs nothing. */
export const lastDayOf = query<{channel: string}, {day: number}>(
  'lastDayOf',
  `
  SELECT day
  FROM usage
  WHERE channel = @channel
  ORDER BY day DESC, id DESC
  LIMIT 1`,
)

/** Records that nothing priced, by model, and how many of them no bill decided either. Needs attributions. */
export const unpricedModels = query<None, {identity: string; records: number; unknown: number}>(
  'unpricedModels',
  `
  SELECT identity, sum(unpriced) AS records,
    sum(CASE WHEN billed_nanos IS NULL OR billed_nanos = est_nanos THEN unpriced ELSE 0 END) AS unknown
  FROM cell JOIN model ON model.id = cell.model_id
  WHERE counts = 1
  GROUP BY identity
  HAVING sum(unpriced) > 0
  ORDER BY records DESC, identity`,
)

/** The same before anything has been attributed. Reads the usage table through. */
export const unpricedUsage = query<None, {identity: string; records: number; unknown: number}>(
  'unpricedUsage',
  `
  SELECT identity, count(*) AS records, count(*) AS unknown
  FROM usage JOIN model ON model.id = usage.model_id
  WHERE cost_nanos IS NULL
  GROUP BY identity
  ORDER BY records DESC, identity`,
)
