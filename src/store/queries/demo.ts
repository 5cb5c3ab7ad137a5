/** What the demonstration chooses its explained record from. */
import {query} from '../query.ts'

/** Owned answers that single requests stand behind, dearest first, with their dearest cell. */
export const dearestOwned = query<
  Record<string, never>,
  {answer: string; attributionId: number; channel: string; modelId: number; day: number}
>(
  'dearestOwned',
  `
  SELECT o.answer, c.attribution_id AS attributionId, c.channel, c.model_id AS modelId, c.day, max(c.billed_nanos) AS dearest
  FROM cell AS c
  JOIN attribution AS a ON a.id = c.attribution_id
  JOIN outcome AS o ON o.id = a.outcome_id
  WHERE c.counts = 1 AND c.granularity = 0 AND c.billed_nanos > 0 AND o.spend_class = 'owned'
  GROUP BY o.answer
  ORDER BY sum(c.billed_nanos) DESC, o.answer`,
)
