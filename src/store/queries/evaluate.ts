/** What measuring reads: rows beside their answers, and what each signature counts for. */
import {query} from '../query.ts'

export interface AnsweredRow {
  readonly id: string
  readonly granularity: number
  readonly at: number
  readonly cost: number | null
  readonly signatureId: number
  readonly evidence: string
  readonly outcomeId: number
  readonly answer: string
  /** The cell's: what its rows cost together once the bill has decided, and what they said of themselves. */
  readonly billed: number | null
  readonly est: number | null
  readonly records: number
}

/** Every record that is a row of a source, with the answer it got. Costs as numbers: they weigh figures, they are not paid. */
export const answeredRows = query<Record<string, never>, AnsweredRow>(
  'answeredRows',
  `
  SELECT u.id, u.granularity, u.at, u.cost_nanos AS cost, s.id AS signatureId, s.evidence, o.id AS outcomeId, o.answer,
    c.billed_nanos AS billed, c.est_nanos AS est, c.records
  FROM usage AS u
  LEFT JOIN matched AS m ON m.day = u.day AND m.id = u.id AND m.channel = u.channel
  JOIN signature AS s ON s.id = iif(m.id IS NULL, u.signature_id, m.signature_id)
  JOIN attribution AS a ON a.signature_id = s.id AND a.from_at <= u.at AND u.at < a.to_at
  JOIN outcome AS o ON o.id = a.outcome_id
  JOIN cell AS c ON c.day = u.day AND c.attribution_id = a.id AND c.channel = u.channel AND c.model_id = u.model_id
    AND c.granularity = u.granularity
  WHERE c.counts = 1
  ORDER BY u.day, u.id, u.channel`,
)

export interface SignatureUse {
  readonly id: number
  readonly evidence: string
  readonly firstDay: number
  readonly lastDay: number
  readonly records: number
  readonly billed: bigint
}

/** What each signature counts for: records, and what they cost. */
export const signatureUse = query<
  Record<string, never>,
  {[field in keyof SignatureUse]: SignatureUse[field] extends number ? bigint : SignatureUse[field]}
>(
  'signatureUse',
  `
  SELECT s.id, s.evidence, MIN(c.day) AS firstDay, MAX(c.day) AS lastDay, SUM(c.records) AS records,
    SUM(ifnull(c.billed_nanos, 0)) AS billed
  FROM cell AS c
  JOIN attribution AS a ON a.id = c.attribution_id
  JOIN signature AS s ON s.id = a.signature_id
  WHERE c.counts = 1
  GROUP BY s.id
  ORDER BY s.evidence`,
  {exact: true},
)
