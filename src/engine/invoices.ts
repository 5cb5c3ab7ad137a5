/** Invoices: which word on each counts, and what they ask for beyond the cost lines of their period. */
import {formatUsd} from '../model/money.ts'
import {timeIn} from './exports.ts'
import {groupBy} from './group-by.ts'
import type {Item, Ledger} from './ledger.ts'

/** One list's word on one invoice. */
export interface InvoiceRow {
  readonly invoice: string
  readonly provider: string
  readonly account: string | null
  readonly start: bigint
  readonly end: bigint
  readonly amount: bigint
  readonly currency: string
  readonly status: string | null
  readonly batch: bigint
  readonly path: string
  readonly line: bigint
  readonly exportedAt: bigint | null
}

interface Latest<Row> {
  readonly invoices: Row[]
  readonly undated: {readonly batch: bigint; readonly line: bigint; readonly message: string}[]
}

const ENDED = /void|cancel|uncollect/i
const UNBORN = /draft|estimate|pro.?forma/i

/** How far an invoice has come: a later state is a later word. */
function stateOf({status}: InvoiceRow): number {
  const said = status ?? ''
  return ENDED.test(said) ? 3 : /paid/i.test(said) && !/unpaid/i.test(said) ? 2 : UNBORN.test(said) ? 0 : 1
}

/**
 * Invoices in dollars that ask for money, each once: of two lists that differ, the later by its time, else by the state that
 * it knows, else the larger. Rows of one list that share invoice and start are parts of one amount.
 */
export function latestInvoices(rows: readonly InvoiceRow[]): Latest<InvoiceRow> {
  const found: Latest<InvoiceRow> = {invoices: [], undated: []}
  for (const [, own] of groupBy(rows, ({provider, invoice}) => `${provider}\n${invoice}`)) {
    const lists = [...groupBy(own, ({batch}) => batch).values()].map(listOf).sort(byTime)
    const [latest, other] = lists as [List, List?]
    if (
      other !== undefined &&
      other.at === latest.at &&
      other.state === latest.state &&
      other.amount !== latest.amount
    )
      found.undated.push({...latest.rows[0]!, message: differing(latest, other)})
    found.invoices.push(...merged(latest.rows))
  }
  return found
}

interface List {
  readonly rows: readonly InvoiceRow[]
  readonly at: bigint
  readonly state: number
  readonly amount: bigint
}

function listOf(rows: readonly InvoiceRow[]): List {
  const once = [
    ...groupBy(rows, ({start, end, account, amount, status}) =>
      [start, end, account, amount, status].join(),
    ).values(),
  ]
  const own = once.map(([row]) => row!)
  const [{exportedAt, path}] = own as [InvoiceRow]
  return {
    rows: own,
    at: exportedAt ?? BigInt(timeIn(path)),
    state: Math.min(...own.map(stateOf)),
    amount: own.reduce((sum, {amount}) => sum + amount, 0n),
  }
}

/** The latest first. */
function byTime(a: List, b: List): number {
  const order = (x: bigint | number | string, y: bigint | number | string) => (x < y ? 1 : x > y ? -1 : 0)
  const [x, y] = [a.rows[0]!, b.rows[0]!]
  return (
    order(a.at, b.at) ||
    order(a.state, b.state) ||
    order(a.amount, b.amount) ||
    order(y.path, x.path) ||
    order(y.batch, x.batch)
  )
}

const differing = ({rows: [row], amount}: List, other: List): string =>
  `invoice ${row!.invoice} of ${row!.provider} is $${formatUsd(amount)} in ${row!.path} and $${formatUsd(other.amount)} in ${other.rows[0]!.path}, and nothing says which is later; the first is counted`

function merged(rows: readonly InvoiceRow[]): InvoiceRow[] {
  const counting = rows.filter(
    ({status, currency}) =>
      currency.toUpperCase() === 'USD' && !ENDED.test(status ?? '') && !UNBORN.test(status ?? ''),
  )
  return [...groupBy(counting, ({start}) => start).values()].map(parts => ({
    ...parts[0]!,
    end: parts.reduce((last, part) => (part.end > last.end ? part : last)).end,
    amount: parts.reduce((sum, {amount}) => sum + amount, 0n),
  }))
}

/** Invoices for one account and overlapping periods ask for one money: together they are one bill. */
interface Claim {
  readonly invoices: Item[]
  readonly name: string
  readonly account: string | null
  readonly day: number
  readonly lastDay: number
}

/** What invoices ask for beyond the cost lines of their period: all of it where there are none. */
export function beyondLines(invoices: readonly Item[], lines: readonly Item[], ledger: Ledger): Item[] {
  const claims = claimsOf(invoices)
  const itemised = new Map<Claim, bigint>()
  for (const [line, claim] of assign(lines, claims, ledger)) {
    ledger.invoice(line, claim.name, claim.account)
    itemised.set(claim, (itemised.get(claim) ?? 0n) + ledger.money(line))
  }
  const beyond: Item[] = []
  for (const claim of claims) {
    let lines = itemised.get(claim) ?? 0n
    // The last of a claim's invoices holds what is left, be it less than nothing.
    claim.invoices.forEach((invoice, index) => {
      const last = index === claim.invoices.length - 1
      const asked = ledger.money(invoice)
      const taken = last || lines < asked ? lines : asked
      lines -= taken
      ledger.keep(invoice, asked - taken)
      ledger.invoice(invoice, claim.name, claim.account)
      ledger.reconciled.add(invoice.id)
      if (asked === taken) ledger.absorb(invoice)
      else beyond.push(invoice)
    })
  }
  return beyond
}

function claimsOf(invoices: readonly Item[]): Claim[] {
  const claims: Claim[] = []
  const byAccount = groupBy(
    [...invoices].sort((a, b) => a.day - b.day || (a.id < b.id ? -1 : 1)),
    ({account}) => account ?? '',
  )
  for (const [, own] of byAccount) {
    let claim: Claim | undefined
    for (const invoice of own) {
      if (claim !== undefined && invoice.day <= claim.lastDay) {
        claim = {
          ...claim,
          invoices: [...claim.invoices, invoice],
          lastDay: Math.max(claim.lastDay, invoice.lastDay),
        }
        claims.pop()
      } else
        claim = {
          invoices: [invoice],
          name: '',
          account: invoice.account,
          day: invoice.day,
          lastDay: invoice.lastDay,
        }
      claims.push(claim)
    }
  }
  return claims.map(claim => ({...claim, name: claim.invoices.map(({id}) => id).join(' ')}))
}

/** By invoice: the name of those it is one bill with. */
export const claimNames = (invoices: readonly Item[]): ReadonlyMap<string, string> =>
  new Map(
    [...groupBy(invoices, ({provider}) => provider).values()]
      .flatMap(claimsOf)
      .flatMap(({invoices: own, name}) => own.map(({id}) => [id, name])),
  )

/**
 * Lines go to the invoice of the account they name; where that does not tell, all lines of one report go together to the
 * invoice whose amount is nearest to theirs.
 */
function* assign(
  lines: readonly Item[],
  claims: readonly Claim[],
  ledger: Ledger,
): Generator<readonly [Item, Claim]> {
  const unsure: Item[] = []
  for (const line of lines) {
    const possible = claims.filter(({day, lastDay}) => line.day >= day && line.day <= lastDay)
    const named = possible.filter(({account}) => account !== null && account === line.account)
    const [only] = named.length > 0 ? named : possible
    if (named.length === 1 || possible.length === 1) yield [line, only!]
    else if (possible.length > 1) unsure.push(line)
  }
  const open = new Map(
    claims.map(claim => [claim, claim.invoices.reduce((sum, {cost}) => sum + (cost ?? 0n), 0n)]),
  )
  const groups = [
    ...groupBy(
      unsure,
      ({account, series, day}) =>
        `${account ?? series}\n${claims
          .filter(claim => day >= claim.day && day <= claim.lastDay)
          .map(({name}) => name)
          .join()}`,
    ).values(),
  ]
  const sums = groups.map(group => ({group, sum: group.reduce((sum, line) => sum + ledger.money(line), 0n)}))
  for (const {group, sum} of sums.sort((a, b) =>
    a.sum === b.sum ? (a.group[0]!.id < b.group[0]!.id ? -1 : 1) : a.sum > b.sum ? -1 : 1,
  )) {
    const possible = claims.filter(({day, lastDay}) => group[0]!.day >= day && group[0]!.day <= lastDay)
    const apart = (claim: Claim) => {
      const left = open.get(claim)! - sum
      return left < 0n ? -left : left
    }
    const nearest = possible.reduce((best, other) => (apart(other) < apart(best) ? other : best))
    open.set(nearest, open.get(nearest)! - sum)
    for (const line of group) yield [line, nearest]
  }
}
