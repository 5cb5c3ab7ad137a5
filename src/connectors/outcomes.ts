/** Outcomes as a company writes them down itself: one canonical table, CSV or JSON. */
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue} from '../model/fact.ts'
import {connector, type Row} from './connector.ts'
import {isIdentifier} from './fields.ts'
import {ONE, outcomeName} from './product-event.ts'
import {amountOr, type Columns, cell, currencyOr, dayOr, quoted, table} from './table.ts'

const OUTCOME = {
  id: ['event_id', 'outcome_id'],
  at: ['occurred_at', 'happened_at', 'timestamp'],
  name: ['outcome', 'outcome_name'],
  quantity: ['quantity'],
  unit: ['unit'],
  value: ['value'],
  currency: ['currency'],
  success: ['success'],
  service: ['service'],
  project: ['project'],
  organization: ['organization'],
  feature: ['feature'],
  trace: ['trace_id', 'conversation_id', 'request_id'],
  source: ['source'],
  reverses: ['reverses'],
} as const satisfies Columns<string>

export const outcomes = connector({
  id: 'outcomes',
  label: 'Product outcomes (table)',
  needs: {table: [OUTCOME.id, OUTCOME.at, OUTCOME.name]},
  *parse(source) {
    for (const row of table(source)) yield 'fact' in row ? row : outcome(row)
  },
})

const isIssue = (value: unknown): value is Issue =>
  typeof value === 'object' && value !== null && 'code' in value

function outcome({line, row}: Row): Fact | Issue {
  const id = cell(row, OUTCOME.id)
  const name = cell(row, OUTCOME.name)
  if (!id || !name)
    return issue(
      line,
      'no-id',
      `an outcome without ${id ? 'a name' : 'event_id'}`,
      'fill event_id and outcome',
    )
  if (!isIdentifier(name))
    return issue(
      line,
      'no-name',
      `the outcome of ${quoted(id)} is no short identifier`,
      'name it by what happened, as ticket_resolved',
    )
  const at = dayOr(line, 'occurred_at', cell(row, OUTCOME.at))
  if (isIssue(at)) return at
  const counted = cell(row, OUTCOME.quantity)
  const quantity = counted === undefined ? ONE : amountOr(line, 'quantity', counted)
  if (isIssue(quantity)) return quantity
  const worth = cell(row, OUTCOME.value)
  const value = worth === undefined ? null : amountOr(line, 'value', worth)
  if (isIssue(value)) return value
  const named = cell(row, OUTCOME.currency)
  const currency = value === null || named === undefined ? null : currencyOr(line, 'currency', named)
  if (isIssue(currency)) return currency
  const short = (names: readonly string[]): string | null => {
    const written = cell(row, names)
    return written !== undefined && isIdentifier(written) ? written : null
  }
  const aliasOf = (kind: 'service' | 'project' | 'team', names: readonly string[]) => {
    const written = short(names)
    return written === null ? null : alias.named(kind, written)
  }
  return {
    fact: 'outcome',
    line,
    source: short(OUTCOME.source) ?? 'outcomes',
    id,
    at,
    name: outcomeName(name),
    quantity,
    unit: short(OUTCOME.unit),
    value,
    currency,
    success: SUCCESS.get(cell(row, OUTCOME.success)?.toLowerCase() ?? '') ?? null,
    service: aliasOf('service', OUTCOME.service),
    project: aliasOf('project', OUTCOME.project),
    organization: aliasOf('team', OUTCOME.organization),
    feature: short(OUTCOME.feature),
    trace: short(OUTCOME.trace),
    tenant: null,
    reverses: cell(row, OUTCOME.reverses) ?? null,
  }
}

const SUCCESS = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
])
