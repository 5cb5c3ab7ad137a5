/** Edge: where the money of every record comes from, added up for `reconcile`. */
import {allocate} from '../model/money.ts'
import {providerName} from '../model/provider.ts'
import * as sql from '../store/queries/settlement.ts'
import {all, run, type WritableStore} from '../store/query.ts'
import {isCharged} from './channels.ts'
import {claimNames} from './invoices.ts'
import {type Item, parseSource, positive} from './ledger.ts'
import type {BillItem} from './run-bills.ts'
import type {NameOf, Settled} from './settle.ts'

/** A cell, row or invoice, as it was settled. */
export interface Kept {
  readonly item: Item
  readonly channel: string
  readonly records: number
}

interface Settling {
  readonly kept: readonly Kept[]
  readonly bills: readonly BillItem[]
  readonly settled: Settled
  readonly nameOf: NameOf
}

export function saveSettlement(store: WritableStore, {kept, bills, settled, nameOf}: Settling): void {
  const names = claimNames(bills)
  for (const {id, invoice, provider, account, at: start, until: end, cost} of bills)
    run(store, sql.insertInvoiced, {
      ...{id, claim: names.get(id)!, invoice, provider, account, start, end},
      amount_nanos: cost ?? 0n,
    })
  const sums = new Map<string, Sum>()
  for (const one of kept) add(sums, one, settled)
  for (const {key, amount, est, tokens, records} of sums.values())
    run(store, sql.insertSettlement, {
      ...key,
      project_name: key.project === null ? null : nameOf(key.project) || null,
      ...{amount_nanos: amount, est_nanos: est, tokens, records},
    })
}

/** Without bills and reports every request costs what it says: nothing is to be settled one by one. */
export function saveUnbilled(store: WritableStore): void {
  for (const row of all(store, sql.unbilledRequests, {})) {
    const {channel, account, amount} = row
    const provider = providerName(row.provider ?? '')
    run(store, sql.insertSettlement, {
      ...{day: Number(row.day), provider, account, project: null, project_name: null},
      ...{claim: null, billed: isCharged(channel, provider) ? 1 : 0, holder: 'call', cause: null, channel},
      ...{amount_nanos: amount ?? 0n, est_nanos: amount},
      ...{tokens: row.tokens === null ? null : Number(row.tokens), records: Number(row.records)},
    })
  }
}

type Key = Omit<sql.SettlementRow, 'project_name' | 'amount_nanos' | 'est_nanos' | 'tokens' | 'records'>

interface Sum {
  readonly key: Key
  amount: bigint
  est: bigint | null
  tokens: number | null
  records: number
}

const MILLION = 1_000_000n

function add(sums: Map<string, Sum>, {item, channel, records}: Kept, settled: Settled): void {
  const unmatched = settled.unmatched.get(item.id)
  if (settled.absorbed.has(item.id) && unmatched === undefined) return
  // A call that cost nothing misses nothing.
  if (unmatched !== undefined && item.cost === 0n) return
  const {holder, cause} =
    unmatched === undefined ? holderOf(item, settled) : {holder: 'unmatched', cause: null}
  const sources = [...settled.sourcesOf(item)].map(([key, amount]) => ({...parseSource(key), amount}))
  const detail = item.level === 'bucket' || item.level === 'request'
  const open = settled.openPart(item)
  const split = (whole: bigint | null): bigint[] | null => {
    if (whole === null || sources.length === 1) return whole === null ? null : [whole]
    return allocate(
      whole,
      sources.map(({amount}, index) => ({key: `${index}`, weight: positive(amount)})),
    )
  }
  const ests = split(detail && item.cost !== null ? (item.cost * open) / MILLION : null)
  const counts = split(detail && item.tokens !== null ? (BigInt(item.tokens) * open) / MILLION : null)
  sources.forEach(({account, project, invoice: claim, billed, amount}, index) => {
    const key = {
      ...{day: item.day, provider: item.provider, account, project, claim},
      ...{billed: (unmatched ?? billed) ? 1 : 0, holder, cause, channel},
    }
    const text = JSON.stringify(Object.values(key))
    const sum = sums.get(text) ?? {key, amount: 0n, est: null, tokens: null, records: 0}
    sums.set(text, sum)
    sum.amount += amount
    if (index === 0 && unmatched === undefined) sum.records += records
    if (ests) sum.est = (sum.est ?? 0n) + ests[index]!
    if (counts) sum.tokens = (sum.tokens ?? 0) + Number(counts[index]!)
  })
}

function holderOf(
  {id, level, explicable, cost}: Item,
  {partly, billed}: Settled,
): {holder: string; cause: string | null} {
  if (level === 'request') return {holder: 'call', cause: null}
  if (level === 'bucket') return {holder: 'report', cause: null}
  // What an invoice holds beyond its lines is not itemised; a whole invoice is a bill without detail.
  const whole = level === 'invoice' && billed.get(id) !== cost ? 'invoice' : 'undetailed'
  return {holder: 'bill', cause: explicable ? (partly.get(id) ?? whole) : 'other'}
}
