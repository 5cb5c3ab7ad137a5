/** Tokens of the cube by what their energy hangs on. */
import type {Months} from '../../model/months.ts'
import {query} from '../query.ts'
import {USED} from './monthly.ts'

export interface TokenRow {
  readonly answer: string
  readonly spendClass: string
  /** `ModelIdentity` as JSON. */
  readonly model: string
  /** The signature's, where the model names no provider. */
  readonly provider: string | null
  readonly region: string | null
  /** A sum of records that all have the count, or (null) that all lack it. */
  readonly inputTokens: bigint | null
  readonly outputTokens: bigint | null
  readonly cacheReadTokens: bigint
  readonly cacheWriteTokens: bigint
  /** Tokens of cells whose calls read more than `LONG_CONTEXT` each on average. */
  readonly longTokens: bigint
  /** Nano-dollars; null: no record of it has a known cost. */
  readonly billedNanos: bigint | null
  readonly records: bigint
}

/**
 * Every answer's tokens by model and region, by the day of use (`current` 0) or the signature's latest answer (1). What bills hold
 * beyond their detail is among them, with its money and without tokens.
 */
export const tokensByAnswer = query<Months & {current: number}, TokenRow>(
  'tokensByAnswer',
  `
  SELECT o.answer, o.spend_class AS spendClass, m.identity AS model, total.*
  FROM (
    SELECT CASE @current WHEN 0 THEN a.outcome_id
        ELSE (SELECT outcome_id FROM attribution WHERE signature_id = a.signature_id ORDER BY from_at DESC LIMIT 1) END AS outcomeId,
      m.id AS modelId,
      CASE WHEN m.identity LIKE '[null,%' THEN s.evidence ->> '$.provider' END AS provider,
      CASE WHEN instr(s.evidence, '"region"') THEN s.evidence ->> '$.region' END AS region,
      sum(input_tokens) AS inputTokens, sum(output_tokens) AS outputTokens, sum(cache_read_tokens) AS cacheReadTokens,
      sum(cache_write_tokens) AS cacheWriteTokens, sum(long_tokens) AS longTokens, sum(billed_nanos) AS billedNanos, sum(records) AS records
    FROM (${USED}) AS part
    JOIN attribution AS a ON a.id = part.attribution_id
    JOIN signature AS s ON s.id = a.signature_id
    JOIN model AS m ON m.id = part.model_id
    GROUP BY outcomeId, modelId, provider, region, known
  ) AS total
  JOIN outcome AS o ON o.id = total.outcomeId
  JOIN model AS m ON m.id = total.modelId
  ORDER BY outcomeId, modelId, provider, region, inputTokens IS NULL, outputTokens IS NULL`,
  {exact: true},
)
