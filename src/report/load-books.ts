/** The edge of this folder towards what FOCUS rows say of accounts and invoices. */
import * as sql from '../store/queries/settlement.ts'
import {all, type ReadableStore} from '../store/query.ts'
import {payers, tiedInvoices} from './focus/accounts.ts'
import type {Books} from './focus/rows.ts'
import {closedPeriods} from './load-closed.ts'
import {loadClaims} from './load-reconciliation.ts'

/** What is frozen was charged as it stood then, so it ties to no invoice. */
export function loadBooks(store: ReadableStore): Books {
  const claims = loadClaims(store)
  const closed = closedPeriods(store)
  const isOpen = ({from, to}: {readonly from: number; readonly to: number}) =>
    closed.every(({said}) => said.to_day <= from || said.from_day >= to)
  const tied = tiedInvoices(claims, ({provider, from, to}) =>
    all(store, sql.settledBetween, {from, to})
      .filter(part => part.provider === provider)
      .reduce((sum, {amount}) => sum + amount, 0n),
  )
  return {
    payers: payers(claims),
    names: new Map(all(store, sql.projectNames, {}).map(({project, name}) => [project, name])),
    tied: tied.filter(isOpen),
  }
}
