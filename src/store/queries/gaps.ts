/** Questions that would settle spend, and the spend that is open. */
import type {Months} from '../../model/months.ts'
import {query} from '../query.ts'
import {USED} from './monthly.ts'

export const insertQuestion = query<{question: string}, {id: number}>(
  'insertQuestion',
  `
  INSERT INTO question (question)
  VALUES (@question)
  RETURNING id`,
)

export const insertSettles = query<
  {attribution_id: number; question_id: number; likeliest: number; ppm: number; person: string | null},
  never
>(
  'insertSettles',
  `
  INSERT INTO settles (attribution_id, question_id, likeliest, ppm, person)
  VALUES (@attribution_id, @question_id, @likeliest, @ppm, @person)`,
)

export const insertUntried = query<{attribution_id: number}, never>(
  'insertUntried',
  'INSERT INTO untried (attribution_id) VALUES (@attribution_id)',
)

export interface OpenRow {
  readonly attributionId: bigint
  readonly state: string
  readonly spendClass: string
  /** 1: a question about it was not tried. */
  readonly untried: bigint
  /** Nano-dollars; what is not known counts nothing. */
  readonly billed: bigint | null
  readonly records: bigint
}

/** What no team owns at 0.80 or more, by attribution: of the day of use (`current` 0), or the signature's latest (1). */
export const openSpend = query<Months & {current: number}, OpenRow>(
  'openSpend',
  `
  SELECT a.id AS attributionId, o.output_state AS state, o.spend_class AS spendClass,
    EXISTS (SELECT 1 FROM untried WHERE attribution_id = a.id) AS untried, sum(part.billed) AS billed, sum(part.records) AS records
  FROM (
    SELECT CASE @current WHEN 0 THEN used.id
      ELSE (SELECT id FROM attribution WHERE signature_id = used.signature_id ORDER BY from_at DESC LIMIT 1) END AS attribution_id, billed, records
    FROM (
      SELECT attribution_id, sum(billed_nanos) AS billed, sum(records) AS records
      FROM (${USED})
      GROUP BY attribution_id
    ) AS each
    JOIN attribution AS used ON used.id = each.attribution_id
  ) AS part
  JOIN attribution AS a ON a.id = part.attribution_id
  JOIN outcome AS o ON o.id = a.outcome_id
  WHERE NOT (o.spend_class = 'owned' AND o.coper_e4 >= 8000)
  GROUP BY a.id
  ORDER BY a.id`,
  {exact: true},
)

export const allQuestions = query<Record<string, never>, {id: number; question: string}>(
  'allQuestions',
  `
  SELECT id, question
  FROM question
  ORDER BY id`,
)

export const allSettles = query<
  Record<string, never>,
  {attributionId: number; questionId: number; likeliest: number; ppm: number; person: string | null}
>(
  'allSettles',
  `
  SELECT attribution_id AS attributionId, question_id AS questionId, likeliest, ppm, person
  FROM settles
  ORDER BY attribution_id, question_id`,
)
