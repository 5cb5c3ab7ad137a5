/** Budgets, whose money they are about, and the daily spend they are forecast from. */
import {query} from '../query.ts'

type None = Record<string, never>

export const budgetAliases = query<
  None,
  {batchId: number; line: number; organization: string | null; costCenter: string | null}
>(
  'budgetAliases',
  `
  SELECT batch_id AS batchId, line, organization, cost_center AS costCenter
  FROM budget
  ORDER BY batch_id, line`,
)

export const insertBudgetScope = query<
  {
    batch_id: number
    line: number
    organization_id: string | null
    organization_name: string | null
    cost_center_id: string | null
    cost_center_name: string | null
  },
  never
>(
  'insertBudgetScope',
  `
  INSERT OR REPLACE INTO budget_scope (batch_id, line, organization_id, organization_name, cost_center_id, cost_center_name)
  VALUES (@batch_id, @line, @organization_id, @organization_name, @cost_center_id, @cost_center_name)`,
)

export interface BudgetRow {
  readonly organization: string | null
  readonly costCenter: string | null
  readonly project: string | null
  readonly start: bigint
  readonly end: bigint
  readonly amountNanos: bigint
  readonly currency: string
  readonly kind: string
  readonly organizationId: string | null
  readonly organizationName: string | null
  readonly costCenterId: string | null
  readonly costCenterName: string | null
}

/** Those of [start, end), each once however often it was exported. */
export const budgetsWithin = query<{start: number; end: number}, BudgetRow>(
  'budgetsWithin',
  `
  SELECT DISTINCT organization, cost_center AS costCenter, project, start, end, amount_nanos AS amountNanos, currency, kind,
    organization_id AS organizationId, organization_name AS organizationName, cost_center_id AS costCenterId,
    cost_center_name AS costCenterName
  FROM budget LEFT JOIN budget_scope USING (batch_id, line)
  WHERE start < @end AND end > @start
  ORDER BY organization, cost_center, project, kind, start, end, amount_nanos, currency`,
  {exact: true},
)

type Days = {current: number; from: number; to: number}

export const spendByDayAndOutcome = query<Days, {day: bigint; outcomeId: bigint; billedNanos: bigint | null}>(
  'spendByDayAndOutcome',
  `
  SELECT day, outcome_id AS outcomeId, billed_nanos AS billedNanos
  FROM spend
  WHERE current = @current AND day >= @from AND day < @to
  ORDER BY day, outcome_id`,
  {exact: true},
)

export const answersOfDays = query<Days, {id: number; answer: string; spendClass: string}>(
  'answersOfDays',
  `
  SELECT id, answer, spend_class AS spendClass
  FROM outcome
  WHERE id IN (SELECT outcome_id FROM spend WHERE current = @current AND day >= @from AND day < @to)
  ORDER BY id`,
)
