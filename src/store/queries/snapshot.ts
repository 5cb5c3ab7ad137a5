/** The database that `venturi export snapshot` writes (`store/snapshot.ts`). */
import {query} from '../query.ts'

type None = Record<string, never>

export const insertAbout = query<{key: string; value: string}, never>(
  'insertAbout',
  `INSERT INTO about (key, value) VALUES (@key, @value)`,
)

export const insertRepository = query<{repository: string}, never>(
  'insertRepository',
  `INSERT INTO repository (repository) VALUES (@repository)`,
)

export const insertModel = query<{id: number; identity: string}, never>(
  'insertModel',
  `INSERT INTO model (id, identity) VALUES (@id, @identity)`,
)

export const insertAnswer = query<{id: number; answer: string; spend_class: string; coper: number}, never>(
  'insertAnswer',
  `
  INSERT INTO answer (id, answer, spend_class, coper)
  VALUES (@id, @answer, @spend_class, @coper)`,
)

export const insertTraffic = query<
  {
    day: number
    answer_id: number
    model_id: number
    records: number
    requests: number | null
    input_tokens: number | null
    output_tokens: number | null
    cache_read_tokens: number | null
    cache_write_tokens: number | null
    billed_nanos: bigint
    unpriced: number
  },
  never
>(
  'insertTraffic',
  `
  INSERT INTO traffic (day, answer_id, model_id, records, requests, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
    billed_nanos, unpriced)
  VALUES (@day, @answer_id, @model_id, @records, @requests, @input_tokens, @output_tokens, @cache_read_tokens, @cache_write_tokens,
    @billed_nanos, @unpriced)`,
)

export interface AccountRow {
  readonly id: number
  readonly name: string
  readonly organizationId: string | null
  readonly organizationName: string | null
  readonly costCenterId: string | null
  readonly costCenterName: string | null
  readonly project: string | null
  readonly fromDay: number
  readonly toDay: number
  readonly amountNanos: bigint
  readonly currency: string
  readonly kind: string
}

export const insertAccount = query<{readonly [column in keyof AccountRow]: AccountRow[column]}, never>(
  'insertAccount',
  `
  INSERT INTO account (id, name, organization_id, organization_name, cost_center_id, cost_center_name, project, from_day, to_day,
    amount_nanos, currency, kind)
  VALUES (@id, @name, @organizationId, @organizationName, @costCenterId, @costCenterName, @project, @fromDay, @toDay,
    @amountNanos, @currency, @kind)`,
)

export const insertSpent = query<{account_id: number; day: number; nanos: bigint}, never>(
  'insertSpent',
  `INSERT INTO spent (account_id, day, nanos) VALUES (@account_id, @day, @nanos)`,
)

export const aboutSnapshot = query<None, {key: string; value: string}>(
  'aboutSnapshot',
  `SELECT key, value FROM about ORDER BY key`,
)

export const snapshotRepositories = query<None, {repository: string}>(
  'snapshotRepositories',
  `SELECT repository FROM repository ORDER BY id`,
)

export const snapshotModels = query<None, {id: number; identity: string}>(
  'snapshotModels',
  `SELECT id, identity FROM model ORDER BY id`,
)

export const snapshotAnswers = query<None, {id: number; answer: string; spendClass: string; coper: number}>(
  'snapshotAnswers',
  `SELECT id, answer, spend_class AS spendClass, coper FROM answer ORDER BY id`,
)

type Count = bigint | null

export const snapshotTraffic = query<
  None,
  {
    day: bigint
    answerId: bigint
    modelId: bigint
    records: bigint
    requests: Count
    inputTokens: Count
    outputTokens: Count
    cacheReadTokens: Count
    cacheWriteTokens: Count
    billedNanos: bigint
    unpriced: bigint
  }
>(
  'snapshotTraffic',
  `
  SELECT day, answer_id AS answerId, model_id AS modelId, records, requests, input_tokens AS inputTokens, output_tokens AS outputTokens,
    cache_read_tokens AS cacheReadTokens, cache_write_tokens AS cacheWriteTokens, billed_nanos AS billedNanos, unpriced
  FROM traffic
  ORDER BY id`,
  {exact: true},
)

export const snapshotAccounts = query<
  None,
  Omit<AccountRow, 'id' | 'fromDay' | 'toDay'> & {
    readonly id: bigint
    readonly fromDay: bigint
    readonly toDay: bigint
  }
>(
  'snapshotAccounts',
  `
  SELECT id, name, organization_id AS organizationId, organization_name AS organizationName, cost_center_id AS costCenterId,
    cost_center_name AS costCenterName, project, from_day AS fromDay, to_day AS toDay, amount_nanos AS amountNanos, currency, kind
  FROM account
  ORDER BY id`,
  {exact: true},
)

export const snapshotSpent = query<None, {accountId: bigint; day: bigint; nanos: bigint}>(
  'snapshotSpent',
  `SELECT account_id AS accountId, day, nanos FROM spent ORDER BY account_id, day`,
  {exact: true},
)
