/** The reconciliation as a report for people and an object for programs. */
import {formatUsd, type Nanos, showExactUsd} from '../model/money.ts'
import {formatDay} from '../model/time.ts'
import {reasonsOf} from './drift-reasons.ts'
import {periodToJson} from './lens.ts'
import {type Totals, totalsOf} from './lines.ts'
import type {Reconciliation} from './load-reconciliation.ts'
import {showPeriod} from './period.ts'
import {reconcilingLines} from './reconcile.ts'
import {type Claim, claimSums, ppm, type Reconciled, sideOf} from './reconciliation.ts'
import type {Finding} from './reconciliation-findings.ts'
import type {Column, Report, Row} from './report.ts'

const COLUMNS: readonly Column[] = [
  {key: 'provider', label: 'Provider', kind: 'text'},
  {key: 'account', label: 'Account', kind: 'text', drop: 1},
  {key: 'project', label: 'Project', kind: 'text'},
  {key: 'day', label: 'Day', kind: 'day'},
  {key: 'billed_usd', label: 'Billed', kind: 'usd'},
  {key: 'attributed_usd', label: 'Attributed', kind: 'usd', drop: 2},
  {key: 'detail_usd', label: 'Detail', kind: 'usd', drop: 3},
  {key: 'explained', label: 'Explained', kind: 'share', drop: 4},
  {key: 'drift', label: 'Drift', kind: 'share'},
  {key: 'reasons', label: 'Why', kind: 'note'},
]
const PLACES: readonly string[] = ['account', 'project', 'day']

export function toReport(reconciliation: Reconciliation): Report {
  const {by, ledger, lines, bills} = reconciliation
  return {
    title: 'Bills against attributed usage',
    subtitle: ledger.label,
    tables: [
      {
        key: 'reconciliation',
        title: null,
        columns: COLUMNS.filter(({key}) => !PLACES.includes(key) || by.some(name => name === key)),
        rows: lines.map(line => rowOf(line, reasonsOf(line, bills))),
        empty: 'No spend in this period.',
      },
    ],
    closing: [
      ...remarks(reconciliation),
      ...reconciliation.claims.map(claimLine),
      ...reconcilingLines(totalsOf(ledger.spend), ledger, ''),
    ],
  }
}

const rowOf = (line: Reconciled, reasons: readonly string[]): Row => ({
  provider: line.provider,
  account: line.account === null ? null : shortName(line.account),
  project: line.project === null ? null : (line.project.name ?? shortName(line.project.id)),
  day: line.day === null ? null : formatDay(line.day),
  billed_usd: line.billed,
  attributed_usd: line.attributed,
  detail_usd: line.detail,
  explained: explainedPpm(line),
  drift: driftPpm(line),
  reasons: reasons.join('; '),
})

/** `openai:org/org-4Tq8` is `org-4Tq8`: what the provider itself calls it. */
const shortName = (alias: string): string => alias.slice(alias.indexOf('/') + 1)

/** What calls and reports carry of what could have detail. */
const explainedPpm = ({explained, undetailed}: Reconciled): number | null =>
  ppm(explained, explained + undetailed)
const driftPpm = ({drift, comparable}: Reconciled): number | null =>
  drift === null ? null : ppm(drift, comparable)

function remarks({open, partial}: Reconciliation): string[] {
  const remarks = partial.map(
    claim => `${nameOf(claim)} reaches beyond this period (${periodOf(claim)}) and is not compared`,
  )
  if (open.currencies > 0)
    remarks.push(
      `${open.currencies} ${open.currencies === 1 ? 'amount is' : 'amounts are'} not in dollars and in no sum, see venturi doctor`,
    )
  if (open.undated > 0)
    remarks.push('exports of the same days differ and nothing says which is later, see venturi doctor')
  return remarks
}

const nameOf = ({invoices, provider}: Claim): string =>
  `${invoices.length === 1 ? 'invoice' : 'invoices'} ${invoices.join(' + ')} of ${provider}`

const periodOf = ({from, to}: Claim): string => showPeriod({from, to}, {first: from, last: to - 1})

/** What carries each part of an invoice; exact, because it must add up. */
function claimLine(claim: Claim): string {
  const {calls, reports, lines, other, notItemised, attributed} = claimSums(claim)
  const parts: readonly (readonly [string, Nanos])[] = [
    ['calls', calls],
    ['usage reports', reports],
    ['cost lines', lines],
    ['other charges', other],
    ['not itemised', notItemised],
  ]
  const said = parts
    .filter(([, amount]) => amount !== 0n)
    .map(([name, amount]) => `${name} ${showExactUsd(amount)}`)
  const apart = claim.billed - attributed
  const ties = apart === 0n ? 'ties' : `${showExactUsd(apart)} apart`
  return `${nameOf(claim)}, ${periodOf(claim)}: billed ${showExactUsd(claim.billed)} = ${said.join(' + ') || '$0.00'}; ${ties}`
}

const usd = (amount: Nanos | null): string | null => (amount === null ? null : formatUsd(amount))

export function toJson(reconciliation: Reconciliation, findings: readonly Finding[] | null) {
  const {by, ledger, lines, bills, claims, partial, open} = reconciliation
  return {
    period: periodToJson(ledger.request.period),
    by,
    rows: lines.map(line => ({...placeToJson(line), ...lineToJson(line), reasons: reasonsOf(line, bills)})),
    invoices: [
      ...claims.map(claim => claimToJson(claim, true)),
      ...partial.map(claim => claimToJson(claim, false)),
    ],
    totals: totalsToJson(reconciliation, totalsOf(ledger.spend)),
    left_out: {amounts_in_other_currencies: open.currencies, undated_exports: open.undated},
    findings:
      findings?.map(({rule, line, amount, whole}) => ({
        rule,
        ...placeToJson(line),
        amount_usd: formatUsd(amount),
        of_usd: formatUsd(whole),
      })) ?? null,
  }
}

const placeToJson = ({provider, account, project, day}: Reconciled) => ({
  provider,
  account,
  project,
  day: day === null ? null : formatDay(day),
})

const lineToJson = (line: Reconciled) => ({
  side: sideOf(line),
  billed_usd: usd(line.billed),
  attributed_usd: formatUsd(line.attributed),
  explained_usd: formatUsd(line.explained),
  undetailed_usd: formatUsd(line.undetailed),
  other_usd: formatUsd(line.other),
  unbilled_usd: formatUsd(line.unbilled),
  detail_usd: usd(line.detail),
  drift_usd: usd(line.drift),
  drift_ppm: driftPpm(line),
  explained_ppm: explainedPpm(line),
  unmatched_usd: formatUsd(line.unmatched),
  records: line.records,
})

function claimToJson(claim: Claim, compared: boolean) {
  const sums = claimSums(claim)
  return {
    invoices: claim.invoices,
    provider: claim.provider,
    account: claim.account,
    ...periodToJson(claim),
    compared,
    billed_usd: formatUsd(claim.billed),
    attributed_usd: formatUsd(sums.attributed),
    difference_usd: formatUsd(claim.billed - sums.attributed),
    calls_usd: formatUsd(sums.calls),
    reports_usd: formatUsd(sums.reports),
    lines_usd: formatUsd(sums.lines),
    other_usd: formatUsd(sums.other),
    not_itemised_usd: formatUsd(sums.notItemised),
  }
}

function totalsToJson({lines, ledger}: Reconciliation, totals: Totals) {
  const sum = (pick: (line: Reconciled) => Nanos) =>
    formatUsd(lines.reduce((all, line) => all + pick(line), 0n))
  return {
    billed_usd: sum(({billed}) => billed ?? 0n),
    attributed_usd: sum(({attributed}) => attributed),
    unbilled_usd: sum(({unbilled}) => unbilled),
    undetailed_usd: sum(({undetailed}) => undetailed),
    total_usd: formatUsd(totals.total),
    owned_usd: formatUsd(totals.owned),
    contested_usd: formatUsd(totals.contested),
    unresolved_usd: formatUsd(totals.unresolved),
    invoices: ledger.invoiced?.invoices ?? 0,
    invoiced_usd: usd(ledger.invoiced?.amount ?? null),
  }
}
