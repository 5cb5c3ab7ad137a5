/** Tokens of the cube by what their energy hangs on. */
import {query} from '../query.ts'

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
  /** Tokens of cells whose calls read more than `long` each on average. */
  readonly longTokens: bigint
  /** Nano-dollars; null: no record of it has a known cost. */
  readonly billedNanos: bigint | null
  readonly records: bigint
}

const READ = 'ifnull(input_tokens, 0) + ifnull(cache_read_tokens, 0) + ifnull(cache_write_tokens, 0)'

/**
 * Every answer's tokens by model and region, by the day of use (`current` 0) or the signature's latest answer (1). What bills hold
 * beyond their detail is among them, with its money and without tokens. `long`: tokens of context.
 */
export const tokensByAnswer = query<{current: number; from: number; to: number; long: number}, TokenRow>(
  'tokensByAnswer',
  `
  SELECT o.answer, o.spend_class AS spendClass, m.identity AS model, total.*
  FROM (
    SELECT CASE @current WHEN 0 THEN a.outcome_id
        ELSE (SELECT outcome_id FROM attribution WHERE signature_id = a.signature_id ORDER BY from_at DESC LIMIT 1) END AS outcomeId,
      m.id AS modelId,
      CASE WHEN m.identity LIKE '[null,%' THEN s.evidence ->> '$.provider' END AS provider,
      CASE WHEN instr(s.evidence, '"region"') THEN s.evidence ->> '$.region' END AS region,
      sum(input) AS inputTokens, sum(output) AS outputTokens, sum(cache_read) AS cacheReadTokens, sum(cache_write) AS cacheWriteTokens,
      sum(long) AS longTokens, sum(billed) AS billedNanos, sum(records) AS records
    FROM (
      SELECT attribution_id, model_id, sum(input_tokens) AS input, sum(output_tokens) AS output,
        ifnull(sum(cache_read_tokens), 0) AS cache_read, ifnull(sum(cache_write_tokens), 0) AS cache_write,
        sum(CASE WHEN granularity = 0 AND ${READ} > @long * records THEN ${READ} + ifnull(output_tokens, 0) ELSE 0 END) AS long,
        sum(billed_nanos) AS billed, sum(records) AS records
      FROM cell
      WHERE counts = 1 AND day >= @from AND day < @to
      -- By one number: sorting by four columns takes twice as long. There are fewer models than 2^24.
      GROUP BY ((attribution_id << 24) + model_id) * 4 + (input_tokens IS NULL) * 2 + (output_tokens IS NULL)
      UNION ALL
      SELECT attribution_id, model_id, NULL, NULL, 0, 0, 0, billed_nanos, 1
      FROM remainder
      WHERE day >= @from AND day < @to
    ) AS part
    JOIN attribution AS a ON a.id = part.attribution_id
    JOIN signature AS s ON s.id = a.signature_id
    JOIN model AS m ON m.id = part.model_id
    GROUP BY outcomeId, modelId, provider, region, input IS NULL, output IS NULL
  ) AS total
  JOIN outcome AS o ON o.id = total.outcomeId
  JOIN model AS m ON m.id = total.modelId
  ORDER BY outcomeId, modelId, provider, region, inputTokens IS NULL, outputTokens IS NULL`,
  {exact: true},
)
