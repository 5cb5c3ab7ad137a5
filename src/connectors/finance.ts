/** What finance hands over: invoices, budgets and cost centers, as tables. Notes are free text and never read. */
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue} from '../model/fact.ts'
import {providerName} from '../model/provider.ts'
import {DAY_MS} from '../model/time.ts'
import {connector, type Row} from './connector.ts'
import {hasNeeds, type Needs} from './needs.ts'
import {
  amountOr,
  type Columns,
  cell,
  codeAndName,
  columnsOf,
  currencyOr,
  dayOr,
  hasAny,
  quoted,
  table,
} from './table.ts'

const isIssue = (value: unknown): value is Issue =>
  typeof value === 'object' && value !== null && 'code' in value

const INVOICE = {
  invoice: ['invoice_id', 'invoice_number', 'invoice_no', 'invoice'],
  provider: ['provider', 'provider_name', 'vendor', 'vendor_name', 'supplier'],
  account: ['account_id', 'account', 'billing_account_id', 'billing_account'],
  start: ['period_start', 'billing_period_start', 'service_period_start', 'start_date', 'start', 'from'],
  end: ['period_end', 'billing_period_end', 'service_period_end', 'end_date', 'end', 'to'],
  amount: ['amount', 'total', 'total_amount', 'invoice_amount', 'amount_due', 'invoice_total'],
  currency: ['currency', 'currency_code', 'billing_currency'],
  status: ['status', 'invoice_status'],
} as const satisfies Columns<string>

export const invoices = connector({
  id: 'invoices',
  label: 'Invoices (table)',
  needs: {table: [INVOICE.invoice, INVOICE.provider, INVOICE.start, INVOICE.amount]},
  *parse(source) {
    for (const row of table(source)) yield 'fact' in row ? row : invoice(row)
  },
})

function invoice({line, row}: Row): Fact | Issue {
  const id = cell(row, INVOICE.invoice)
  const provider = cell(row, INVOICE.provider)
  if (!id || !provider)
    return issue(
      line,
      'no-id',
      `an invoice without ${id ? 'a provider' : 'a number'}`,
      'fill invoice_id and provider',
    )
  const start = dayOr(line, 'period_start', cell(row, INVOICE.start))
  if (isIssue(start)) return start
  const written = dayOr(line, 'period_end', cell(row, INVOICE.end))
  if (isIssue(written)) return written
  const end = invoiceEnd(start, written)
  if (end <= start) return backwards(line, row, INVOICE)
  const amount = amountOr(line, 'amount', cell(row, INVOICE.amount))
  if (isIssue(amount)) return amount
  const currency = currencyOr(line, 'currency', cell(row, INVOICE.currency))
  if (isIssue(currency)) return currency
  // Dollars settle dollars; a rate nobody gave is not guessed, and a bill left out is not left unsaid.
  if (currency !== 'USD')
    return issue(
      line,
      'unknown-currency',
      `invoice ${quoted(id)} is in ${currency}, not USD`,
      'give its amount in USD',
    )
  const account = cell(row, INVOICE.account)
  const who = providerName(provider)
  return {
    fact: 'bill',
    line,
    invoice: id,
    provider: who,
    account: account === undefined ? null : alias.providerAccount(who, account),
    start,
    end,
    amount,
    currency,
    status: cell(row, INVOICE.status)?.toLowerCase() ?? null,
  }
}

/**
 * Where an invoice's period ends, excluded. People write the last day that is in it (2026-10-31) or the first that is
 * not (2026-11-01): the first of a month, or the day of the month on which the period began, is not in it; any other is.
 *
 * @example 2026-10-01…2026-10-31 and 2026-10-01…2026-11-01 are both October; 2026-09-15…2026-10-14 ends with the 14th
 */
function invoiceEnd(start: number, written: number): number {
  if (written % DAY_MS !== 0) return written
  const day = new Date(written).getUTCDate()
  const excluded = !lastOfMonth(written) && (day === 1 || day === new Date(start).getUTCDate())
  return excluded && written > start ? written : written + DAY_MS
}

const lastOfMonth = (day: number): boolean => new Date(day + DAY_MS).getUTCDate() === 1

const backwards = (line: number, row: Row['row'], columns: Columns<'start' | 'end'>): Issue =>
  issue(
    line,
    'bad-period',
    `period_end ${quoted(cell(row, columns.end))} is not after period_start ${quoted(cell(row, columns.start))}`,
    'write the period as 2026-10-01 to 2026-11-01',
  )

const BUDGET = {
  organization: ['organization', 'org', 'team', 'owner_team'],
  start: ['period_start', 'start_date', 'start'],
  end: ['period_end', 'end_date', 'end'],
  amount: ['amount', 'budget', 'budget_amount', 'limit'],
  currency: ['currency', 'currency_code'],
  costCenter: ['cost_center', 'cost_centre', 'cost_center_code', 'costcenter'],
  project: ['project', 'project_id'],
  kind: ['kind'],
} as const satisfies Columns<string>

const BUDGET_NEEDS: Needs = {
  table: [
    [...BUDGET.organization, ...BUDGET.costCenter],
    BUDGET.start,
    BUDGET.end,
    BUDGET.amount,
    BUDGET.currency,
  ],
}

export const budgets = connector({
  id: 'budgets',
  label: 'Budgets (table)',
  needs: BUDGET_NEEDS,
  recognises: head =>
    hasNeeds(BUDGET_NEEDS, head) && !hasAny(columnsOf(head), [...INVOICE.invoice, ...INVOICE.provider]),
  *parse(source) {
    for (const row of table(source)) yield 'fact' in row ? row : budget(row)
  },
})

/** The canonical file's end is excluded, whatever day it is. */
function budget({line, row}: Row): Fact | Issue {
  const organization = cell(row, BUDGET.organization)
  const costCenter = cell(row, BUDGET.costCenter)
  if (!organization && !costCenter)
    return issue(line, 'no-id', 'a budget without organization and cost_center', 'say whose budget it is')
  const start = dayOr(line, 'period_start', cell(row, BUDGET.start))
  if (isIssue(start)) return start
  const end = dayOr(line, 'period_end', cell(row, BUDGET.end))
  if (isIssue(end)) return end
  if (end <= start) return backwards(line, row, BUDGET)
  const written = cell(row, BUDGET.amount)
  const amount = amountOr(line, 'amount', written)
  if (isIssue(amount)) return amount
  if (amount < 0n)
    return issue(
      line,
      'bad-amount',
      `amount ${quoted(written)} is negative`,
      'write what may be spent, 0 or more',
    )
  const currency = currencyOr(line, 'currency', cell(row, BUDGET.currency))
  if (isIssue(currency)) return currency
  const kind = cell(row, BUDGET.kind)?.toLowerCase() ?? 'limit'
  if (kind !== 'limit' && kind !== 'forecast' && kind !== 'alert')
    return issue(line, 'unknown-kind', `kind is ${quoted(kind)}`, 'write limit, forecast or alert')
  return {
    fact: 'budget',
    line,
    organization: organization === undefined ? null : alias.named('team', organization),
    costCenter: costCenter === undefined ? null : codeAndName(costCenter).code,
    project: cell(row, BUDGET.project) ?? null,
    start,
    end,
    amount,
    currency,
    kind,
  }
}

const COST_CENTER = {
  code: [
    'cost_center',
    'cost_centre',
    'cost_center_code',
    'cost_centre_code',
    'cost_center_id',
    'cc',
    'gl_code',
  ],
  name: ['name', 'cost_center_name', 'cost_centre_name', 'description'],
  parent: ['parent', 'parent_cost_center', 'parent_code'],
  organization: ['organization', 'org', 'team', 'owner_team'],
  from: ['valid_from', 'effective_from', 'effective_date'],
  to: ['valid_to', 'effective_to'],
} as const satisfies Columns<string>

/** Columns of people, things, money and usage: such a table names cost centers but is not the list of them. */
const ANOTHER_TABLE =
  /^(employee|worker|user|login|email|work_email|person|manager|repo|service|namespace|project|account|key|model|tags)|^(amount|budget|limit|cost|spend|quantity|period_start|start_date)$|invoice|usage|billed/

export const costCenters = connector({
  id: 'cost-centers',
  label: 'Cost centers (table)',
  needs: {
    table: [COST_CENTER.code, [...COST_CENTER.name, ...COST_CENTER.parent, ...COST_CENTER.organization]],
  },
  recognises: head => {
    const columns = columnsOf(head)
    const companions = [
      COST_CENTER.name,
      COST_CENTER.parent,
      COST_CENTER.organization,
      COST_CENTER.from,
    ].flat()
    return (
      hasAny(columns, COST_CENTER.code) &&
      (hasAny(columns, companions) || columns.length === 1) &&
      !columns.some(column => ANOTHER_TABLE.test(column))
    )
  },
  *parse(source) {
    for (const row of table(source)) {
      if ('fact' in row) yield row
      else yield* costCenter(row)
    }
  },
})

function* costCenter({line, row}: Row): Generator<Fact | Issue> {
  const written = cell(row, COST_CENTER.code)
  const {code, name} = codeAndName(written ?? '')
  if (code === '') {
    yield issue(line, 'no-id', `cost_center is ${quoted(written)}`, 'write its code, as 04130')
    return
  }
  const validity = validityOf(line, row)
  if (isIssue(validity)) {
    yield validity
    return
  }
  const self = alias.costCenter(code)
  const title = cell(row, COST_CENTER.name) ?? name
  yield {
    fact: 'entity',
    line,
    kind: 'organization',
    alias: self,
    ...(title === undefined ? {} : {name: title}),
    type: 'cost_center',
  }
  const link = {fact: 'link', line, basis: 'finance', ...validity} as const
  const parent = cell(row, COST_CENTER.parent)
  if (parent) yield {...link, relation: 'part_of', from: self, to: alias.costCenter(codeAndName(parent).code)}
  const organization = cell(row, COST_CENTER.organization)
  if (organization)
    yield {...link, relation: 'budgeted_under', from: alias.named('team', organization), to: self}
}

/** `valid_to` is excluded, but for the last day of a month, which people mean to be in it. */
function validityOf(line: number, row: Row['row']): {validFrom?: number; validTo?: number} | Issue {
  const fromCell = cell(row, COST_CENTER.from)
  const toCell = cell(row, COST_CENTER.to)
  const from = fromCell === undefined ? undefined : dayOr(line, 'valid_from', fromCell)
  if (isIssue(from)) return from
  const to = toCell === undefined ? undefined : dayOr(line, 'valid_to', toCell)
  if (isIssue(to)) return to
  const end = to !== undefined && lastOfMonth(to) ? to + DAY_MS : to
  if (from !== undefined && end !== undefined && end <= from)
    return issue(
      line,
      'bad-period',
      `valid_to ${quoted(toCell)} is not after valid_from ${quoted(fromCell)}`,
      'write the first day that it no longer holds',
    )
  return {...(from === undefined ? {} : {validFrom: from}), ...(end === undefined ? {} : {validTo: end})}
}
