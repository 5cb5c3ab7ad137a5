/** Where the money of records comes from: written by `attribute`, read by `reconcile`. */
import {query} from '../query.ts'

type None = Record<string, never>

export const insertInvoiced = query<
  {
    id: string
    claim: string
    invoice: string
    provider: string
    account: string | null
    start: number
    end: number
    amount_nanos: bigint
  },
  never
>(
  'insertInvoiced',
  `
  INSERT INTO invoiced (id, claim, invoice, provider, account, start, end, amount_nanos)
  VALUES (@id, @claim, @invoice, @provider, @account, @start, @end, @amount_nanos)`,
)

export type SettlementRow = {
  readonly day: number
  readonly provider: string
  readonly account: string | null
  readonly project: string | null
  readonly project_name: string | null
  readonly claim: string | null
  readonly billed: number
  readonly holder: string
  readonly cause: string | null
  readonly channel: string
  readonly amount_nanos: bigint
  readonly est_nanos: bigint | null
  readonly tokens: number | null
  readonly records: number
}

export const insertSettlement = query<SettlementRow, never>(
  'insertSettlement',
  `
  INSERT INTO settlement (day, provider, account, project, project_name, claim, billed, holder, cause, channel, amount_nanos, est_nanos, tokens, records)
  VALUES (@day, @provider, @account, @project, @project_name, @claim, @billed, @holder, @cause, @channel, @amount_nanos, @est_nanos, @tokens, @records)`,
)

export interface UnbilledRow {
  readonly day: bigint
  readonly channel: string
  readonly provider: string | null
  readonly account: string | null
  readonly records: bigint
  readonly amount: bigint | null
  readonly tokens: bigint | null
}

/** Requests of a store without bills and reports. */
export const unbilledRequests = query<None, UnbilledRow>(
  'unbilledRequests',
  `
  WITH place AS MATERIALIZED (
    SELECT a.id, s.evidence ->> '$.provider' AS provider, s.evidence ->> '$.account' AS account
    FROM attribution AS a
    JOIN signature AS s ON s.id = a.signature_id
  )
  SELECT c.day, c.channel, place.provider, place.account, sum(c.records) AS records, sum(c.billed_nanos) AS amount,
    sum(ifnull(c.input_tokens, 0) + ifnull(c.output_tokens, 0) + ifnull(c.cache_read_tokens, 0) + ifnull(c.cache_write_tokens, 0)) AS tokens
  FROM cell AS c
  JOIN place ON place.id = c.attribution_id
  GROUP BY c.day, c.channel, place.provider, place.account
  ORDER BY c.day, c.channel, place.provider, place.account`,
  {exact: true},
)

export interface SettledPart {
  readonly day: bigint
  readonly provider: string
  readonly account: string | null
  readonly project: string | null
  readonly projectName: string | null
  readonly claim: string | null
  readonly billed: bigint
  readonly holder: string
  readonly cause: string | null
  readonly channel: string
  readonly amount: bigint
  readonly est: bigint | null
  readonly tokens: bigint | null
  readonly records: bigint
}

const PART = `
  SELECT day, provider, account, project, project_name AS projectName, claim, billed, holder, cause, channel,
    amount_nanos AS amount, est_nanos AS est, tokens, records
  FROM settlement`

/** Where the money of the days in [from, to) comes from. */
export const settledBetween = query<{from: number; to: number}, SettledPart>(
  'settledBetween',
  `${PART}
  WHERE day >= @from AND day < @to
  ORDER BY day, provider, account, project, claim, billed, holder, cause, channel`,
  {exact: true},
)

/** The same of what some invoices ask for (`claims`: a JSON list), whatever their days. */
export const settledByClaims = query<{claims: string}, SettledPart>(
  'settledByClaims',
  `${PART}
  WHERE claim IN (SELECT value FROM json_each(@claims))
  ORDER BY claim, day, provider, account, project, billed, holder, cause, channel`,
  {exact: true},
)

export interface InvoicedRow {
  readonly claim: string
  readonly invoice: string
  readonly provider: string
  readonly account: string | null
  readonly start: bigint
  readonly end: bigint
  readonly amount: bigint
}

export const allInvoiced = query<None, InvoicedRow>(
  'allInvoiced',
  `
  SELECT claim, invoice, provider, account, start, end, amount_nanos AS amount
  FROM invoiced
  ORDER BY provider, start, claim, invoice, id`,
  {exact: true},
)

/** The days that bills tell of, by provider and account. */
export const billedDays = query<
  None,
  {provider: string; account: string | null; first: number; last: number}
>(
  'billedDays',
  `
  SELECT provider, account, min(day) AS first, max(day) AS last
  FROM settlement
  WHERE billed = 1
  GROUP BY provider, account
  ORDER BY provider, account`,
)

/** What bills and directories call a provider's projects and workspaces. */
export const projectNames = query<None, {project: string; name: string}>(
  'projectNames',
  `
  SELECT project, max(project_name) AS name
  FROM settlement
  WHERE project IS NOT NULL AND project_name IS NOT NULL
  GROUP BY project
  ORDER BY project`,
)

/** Amounts that could not be read as dollars, and exports of which nobody knows which is later. */
export const openQuestions = query<None, {currencies: number; undated: number}>(
  'openQuestions',
  `
  SELECT count(*) FILTER (WHERE code = 'unknown-currency') AS currencies,
    count(*) FILTER (WHERE code = 'undated-export') AS undated
  FROM issue`,
)
