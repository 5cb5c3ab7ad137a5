/**
 * One bill, counted once. The same money is reported by invoices, cost lines, usage buckets, gateway logs and invocation
 * logs. The bill decides how much it is, the detail whose it is: a bill's amount is divided over the detail that explains
 * it, in proportion to what that detail would cost by itself; what no detail explains stays with the bill's own row.
 * Pure and exact: for every provider, what is given to records sums to the bill to the nano-dollar.
 */
import {divide} from './divide.ts'
import {groupBy} from './group-by.ts'
import {beyondLines} from './invoices.ts'
import {type Item, Ledger, type Partly} from './ledger.ts'
import {onceGrouped} from './once.ts'
import {explain, type NameOf} from './traffic.ts'

export type {Dimensions, Item} from './ledger.ts'
export type {NameOf} from './traffic.ts'

export interface Settled {
  /** Cost of each item that is a record once everything is counted once; null: nobody knows. */
  readonly billed: ReadonlyMap<string, bigint | null>
  /** Items whose money is wholly in others: restated, or explained by detail. */
  readonly absorbed: ReadonlySet<string>
  /** Items whose amount a bill decided. */
  readonly reconciled: ReadonlySet<string>
  /** Bills and reports of which detail explains a part, and how that was measured. */
  readonly partly: ReadonlyMap<string, Partly>
  /** Absorbed calls on billed (true) or reported (false) days that no row of bill or report is for. */
  readonly unmatched: ReadonlyMap<string, boolean>
  /** Parts per million of an item that no detail explains. */
  openPart(item: Item): bigint
  /** Where an item's money comes from (`parseSource`); the parts sum to it. */
  sourcesOf(item: Item): ReadonlyMap<string, bigint>
}

export function settle(items: readonly Item[], nameOf: NameOf): Settled {
  const ledger = new Ledger(items)
  // Nothing may depend on the order in which sources were read.
  const sorted = [...items].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  for (const [, own] of groupBy(sorted, ({provider}) => provider)) settleProvider(own, ledger, nameOf)
  return ledger
}

function settleProvider(items: readonly Item[], ledger: Ledger, nameOf: NameOf): void {
  const of = (level: Item['level']) => items.filter(item => item.level === level)
  const invoices = of('invoice')
  const lines = onceGrouped(of('line'), ledger)
  const buckets = onceGrouped(of('bucket'), ledger)
  const requests = of('request').filter(isExplicable)
  const bills = [...lines, ...beyondLines(invoices, lines, ledger)]
  const inBills = sameTerms(bills, [...buckets, ...requests])

  const byReport = {by: ['project', 'key'], byAccount: inBills} as const
  divide(bills.filter(isExplicable), buckets, {...byReport, acrossDays: false}, ledger)
  divide(bills.filter(saysWhose), buckets, {...byReport, acrossDays: true}, ledger)
  const billed = new Covered([...bills.filter(isExplicable), ...invoices], inBills)
  // A report of billed days that no line mentions restates money the bill already holds.
  for (const bucket of buckets)
    if (!ledger.reconciled.has(bucket.id) && billed.holds(bucket)) ledger.absorb(bucket)

  const scopes = [...lines, ...buckets].filter(item => isExplicable(item) && !ledger.absorbed.has(item.id))
  explainCalls(scopes, requests, ledger, nameOf)
  const told = new Covered([...lines.filter(isExplicable), ...buckets], inBills)
  payForTheRest(invoices, requests, told, ledger)

  const reported = new Reported(buckets, sameTerms(buckets, requests))
  for (const request of requests) {
    if (ledger.reconciled.has(request.id) || ledger.kept.has(request.id)) continue
    const inBill = billed.holds(request)
    if (!inBill && !reported.holds(request)) continue
    ledger.absorb(request)
    ledger.unmatched.set(request.id, inBill)
  }
}

/**
 * Logs that name the provider's own project or account are explained there, a principal's calls by what the principal is
 * billed; a gateway and a service's spans name nothing of the provider's, so it has to be found.
 */
function explainCalls(scopes: readonly Item[], calls: readonly Item[], ledger: Ledger, nameOf: NameOf): void {
  const byAccount = sameTerms(scopes, calls)
  const isPlaced = ({account, project, gateway}: Item) => !gateway && (account !== null || project !== null)
  const placed = calls.filter(isPlaced)
  divide(scopes, placed, {by: ['project', 'key'], byAccount, acrossDays: byAccount}, ledger)
  const unnamed = placed.filter(({key}) => key === null)
  divide(scopes, unnamed, {by: [], byAccount, acrossDays: byAccount}, ledger)
  const nameless = calls.filter(call => !isPlaced(call))
  explain(scopes, nameless, ledger, nameOf)
}

const isExplicable = ({explicable}: Item): boolean => explicable
const saysWhose = ({explicable, project, key}: Item): boolean =>
  explicable && (project !== null || key !== null)

/**
 * Whether bills and their detail name accounts in the same terms. A bill that names only who pays for all accounts says
 * nothing of which of them a call is in.
 */
function sameTerms(bills: readonly Item[], details: readonly Item[]): boolean {
  const named = new Set(bills.flatMap(({account}) => account ?? []))
  return details.some(({account}) => account !== null && named.has(account))
}

/** From this part of an invoice on, what it asks for beyond its lines is more than a tax on them. */
const MORE_THAN_TAX = 30n

/**
 * What an invoice asks for beyond every cost line pays for calls of days without lines; where it is too much to be a tax,
 * the lines are not all there is, and it pays for every call that none of them explains.
 */
function payForTheRest(
  invoices: readonly Item[],
  requests: readonly Item[],
  lines: Covered,
  ledger: Ledger,
): void {
  for (const invoice of invoices) {
    const [left, amount] = [ledger.money(invoice), invoice.cost ?? 0n]
    // The rounding between an invoice and its lines explains nothing; it stays a line of its own.
    if (ledger.absorbed.has(invoice.id) || left * 1000n <= amount) continue
    const large = left * 100n >= amount * MORE_THAN_TAX
    const open = requests.filter(
      request =>
        !ledger.reconciled.has(request.id) &&
        !ledger.kept.has(request.id) &&
        (large || !lines.holds(request)),
    )
    divide([invoice], open, {by: [], byAccount: false, acrossDays: false}, ledger)
  }
}

/** What usage reports say again of calls that none of their rows is found for. */
class Reported {
  readonly #all: Covered
  readonly #others: Covered
  readonly #unpriced: Covered

  constructor(buckets: readonly Item[], byAccount: boolean) {
    const priced = buckets.filter(({cost}) => cost !== null)
    const covered = (rows: readonly Item[]) => new Covered(rows, byAccount)
    this.#all = covered(priced.filter(({measure}) => measure === 'tokens'))
    this.#others = covered(priced.filter(({measure}) => measure !== 'tokens'))
    this.#unpriced = covered(buckets.filter(({cost}) => cost === null))
  }

  /** A report of embeddings knows nothing of chats, and a report without prices not what a call costs. */
  holds(call: Item): boolean {
    return (this.#all.holds(call) && !this.#unpriced.reports(call)) || this.#others.reports(call)
  }
}

/** The days that rows tell of, by account. */
class Covered {
  readonly #days = new Map<string | null, Set<number>>()
  readonly #models = new Set<string | null>()
  readonly #byAccount: boolean

  constructor(rows: readonly Item[], byAccount: boolean) {
    this.#byAccount = byAccount
    for (const {account, day, lastDay, model} of rows) {
      const days = this.#days.get(account) ?? new Set()
      this.#days.set(account, days)
      for (let at = day; at <= lastDay; at++) days.add(at)
      this.#models.add(model)
    }
  }

  /** Whether the rows tell of a day of an item in its account; an item without account may be in any. */
  holds({account, day, lastDay}: Item): boolean {
    const accounts = this.#byAccount && account !== null ? [account, null] : [...this.#days.keys()]
    for (let at = day; at <= lastDay; at++)
      if (accounts.some(name => this.#days.get(name)?.has(at) === true)) return true
    return false
  }

  /** Whether they tell of its model too. */
  reports(call: Item): boolean {
    return this.holds(call) && this.#models.has(call.model)
  }
}
