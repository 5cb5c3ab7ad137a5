/** The edge of this folder towards the settlement: what `reconcile` is made of, read from the store. */
import type {Nanos} from '../model/money.ts'
import {DAY_MS, dayOf} from '../model/time.ts'
import * as sql from '../store/queries/settlement.ts'
import {all, one, type ReadableStore} from '../store/query.ts'
import type {Billed} from './drift-reasons.ts'
import {type Loaded, loadSpend} from './load.ts'
import {boundsOf, type Period} from './period.ts'
import {type Claim, type GroupBy, type Part, type Reconciled, reconcile} from './reconciliation.ts'

export interface Reconciliation {
  readonly by: readonly GroupBy[]
  /** The ledger of the same period. */
  readonly ledger: Loaded
  readonly lines: readonly Reconciled[]
  /** Everything as one line would sum it. */
  readonly bills: ReadonlyMap<string, Billed>
  /** Invoices that lie wholly in the period, by what they are one bill with. */
  readonly claims: readonly Claim[]
  /** Invoices that reach beyond it. */
  readonly partial: readonly Claim[]
  /** Amounts left out because they are not in dollars, and exports of which nobody knows which is later. */
  readonly open: {readonly currencies: number; readonly undated: number}
}

export function loadReconciliation(
  store: ReadableStore,
  {period, by}: {readonly period: Period; readonly by: readonly GroupBy[]},
): Reconciliation {
  // Bills are compared with what is settled now; what was frozen has been charged, not billed.
  const ledger = loadSpend(store, {period, asOf: 'event'}, [])
  const bounds = boundsOf(period)
  const parts = all(store, sql.settledBetween, bounds).map(partOf)
  const claims = loadClaims(store)
  const within = ({from, to}: Claim) => from >= bounds.from && to <= bounds.to
  return {
    ...{by, ledger},
    lines: reconcile(parts, by),
    bills: billsOf(store, claims),
    claims: claims.filter(within),
    partial: claims.filter(claim => !within(claim) && claim.to > bounds.from && claim.from < bounds.to),
    open: one(store, sql.openQuestions, {})!,
  }
}

const partOf = (row: sql.SettledPart): Part => ({
  day: Number(row.day),
  provider: row.provider,
  account: row.account,
  project: row.project === null ? null : {id: row.project, name: row.projectName},
  claim: row.claim,
  billed: row.billed === 1n,
  holder: row.holder as Part['holder'],
  cause: row.cause as Part['cause'],
  channel: row.channel,
  amount: row.amount,
  est: row.est,
  tokens: Number(row.tokens ?? 0n),
  records: Number(row.records),
})

export function loadClaims(store: ReadableStore): Claim[] {
  const claims = new Map<string, sql.InvoicedRow[]>()
  for (const row of all(store, sql.allInvoiced, {}))
    claims.set(row.claim, [...(claims.get(row.claim) ?? []), row])
  const parts = new Map<string, Part[]>()
  for (const row of all(store, sql.settledByClaims, {claims: JSON.stringify([...claims.keys()])}))
    parts.set(row.claim!, [...(parts.get(row.claim!) ?? []), partOf(row)])
  const found = [...claims].map(([claim, rows]) => ({
    invoices: rows.map(({invoice}) => invoice),
    provider: rows[0]!.provider,
    account: rows[0]!.account,
    from: Math.min(...rows.map(({start}) => dayOf(Number(start)))),
    to: Math.max(...rows.map(({end}) => Math.ceil(Number(end) / DAY_MS))),
    billed: rows.reduce<Nanos>((sum, {amount}) => sum + amount, 0n),
    parts: parts.get(claim) ?? [],
  }))
  // Dearest first; of equal ones the order of the query.
  return found.sort((a, b) => (a.billed === b.billed ? 0 : a.billed > b.billed ? -1 : 1))
}

function billsOf(store: ReadableStore, claims: readonly Claim[]): Map<string, Billed> {
  const bills = new Map<string, Billed>()
  const add = (provider: string, account: string | null, first: number, last: number) => {
    const known = bills.get(provider)
    bills.set(provider, {
      first: Math.min(first, known?.first ?? first),
      last: Math.max(last, known?.last ?? last),
      accounts: new Set([...(known?.accounts ?? []), ...(account === null ? [] : [account])]),
    })
  }
  for (const {provider, account, first, last} of all(store, sql.billedDays, {}))
    add(provider, account, first, last)
  for (const {provider, from, to} of claims) add(provider, null, from, to - 1)
  return bills
}
