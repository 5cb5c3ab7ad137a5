/** Divides bills over the detail that explains them, closest match first. */
import {groupBy} from './group-by.ts'
import {type Item, type Ledger, type Partly, positive} from './ledger.ts'

export interface Matching {
  /** What a row of a bill says of these its detail must say too: a project's bill is never explained by another's detail. */
  readonly by: readonly ('project' | 'key')[]
  /** Whether bills and detail name accounts in the same terms: then so it is with accounts. */
  readonly byAccount: boolean
  /** Whether what finds nothing in its own period may be explained by detail of other days. */
  readonly acrossDays: boolean
}

/** Days in [from, to]. */
interface Window {
  readonly from: number
  readonly to: number
}

/**
 * Narrow periods come before wide ones; in each, rows that say most before rows that say less, and detail of the same model
 * before any. A bill is divided once; what is left of it stays with it.
 */
export function divide(
  bills: readonly Item[],
  details: readonly Item[],
  matching: Matching,
  ledger: Ledger,
): void {
  const open = new Open(bills, details, matching, ledger)
  for (const window of windowsOf(open)) {
    const [owed, offered] = [open.bills.filter(isIn(window)), open.details.filter(isIn(window))]
    open.match(owed.filter(spans(window)), offered)
    if (window.to > window.from) open.match(owed, offered.filter(spans(window)))
  }
  if (matching.acrossDays) open.match(open.bills, open.details)
}

function windowsOf({bills, details}: {bills: readonly Item[]; details: readonly Item[]}): Window[] {
  const windows = new Map<string, Window>()
  for (const {day, lastDay} of bills) windows.set(`${day} ${lastDay}`, {from: day, to: lastDay})
  for (const {day, lastDay} of details)
    if (lastDay > day) windows.set(`${day} ${lastDay}`, {from: day, to: lastDay})
  return [...windows.values()].sort((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from)
}

const isIn =
  ({from, to}: Window) =>
  ({day, lastDay}: Item): boolean =>
    day >= from && lastDay <= to
const spans =
  ({from, to}: Window) =>
  ({day, lastDay}: Item): boolean =>
    day === from && lastDay === to

/** What is still to be matched. */
class Open {
  bills: readonly Item[]
  details: readonly Item[]
  readonly #matching: Matching
  readonly #ledger: Ledger
  readonly #closed = new Set<Item>()

  constructor(bills: readonly Item[], details: readonly Item[], matching: Matching, ledger: Ledger) {
    this.#matching = matching
    this.#ledger = ledger
    this.bills = bills.filter(bill => ledger.money(bill) !== 0n || ledger.isUnpriced(bill))
    this.details = details.filter(({id}) => !ledger.reconciled.has(id) && !ledger.absorbed.has(id))
  }

  match(bills: readonly Item[], details: readonly Item[]): void {
    if (bills.length === 0 || details.length === 0) return
    const {by, byAccount} = this.#matching
    const shapes = groupBy(bills, bill => by.filter(name => bill[name] !== null).join())
    const saying = (shape: string) => (shape === '' ? 0 : shape.split(',').length)
    const mostFirst = [...shapes].sort(([a], [b]) => saying(b) - saying(a) || (a < b ? -1 : 1))
    for (const [shape, alike] of mostFirst)
      for (const byModel of [true, false]) {
        const place = placeBy(
          by.filter(name => shape.split(',').includes(name)),
          byModel,
        )
        const offered = groupBy(details.filter(this.#isOpen), place)
        const wanted = groupBy(
          alike.filter(bill => this.#isOpen(bill) && (byModel || isLoose(bill))),
          bill => {
            const at = place(bill)
            return at === null ? null : JSON.stringify([at, byAccount ? bill.account : null])
          },
        )
        for (const [at, group] of wanted) {
          const [where, account] = JSON.parse(at) as [string, string | null]
          const found = (offered.get(where) ?? []).filter(
            detail => account === null || detail.account === null || detail.account === account,
          )
          this.#share(group, found.filter(this.#isOpen))
        }
      }
    this.bills = this.bills.filter(this.#isOpen)
    this.details = this.details.filter(this.#isOpen)
  }

  readonly #isOpen = (item: Item): boolean => !this.#closed.has(item)

  #share(bills: readonly Item[], details: readonly Item[]): void {
    if (details.length === 0 || !share(bills, details, this.#ledger)) return
    for (const item of [...bills, ...details]) this.#closed.add(item)
  }
}

/** A report of embeddings or images is about its own models alone; names of others may be a gateway's. */
const isLoose = ({level, measure, model}: Item): boolean =>
  level !== 'bucket' || measure === 'tokens' || model === null

/** What bills and their detail must have in common, as text; null for an item that does not say. */
const placeBy =
  (names: readonly ('project' | 'key')[], byModel: boolean) =>
  (item: Item): string | null => {
    const parts = [...names.map(name => item[name]), ...(byModel ? [item.model] : [])]
    return parts.includes(null) ? null : parts.join('\n')
  }

/** One group of bill rows over one group of detail; false when that cannot be. */
function share(bills: readonly Item[], details: readonly Item[], ledger: Ledger): boolean {
  const priced = bills.filter(bill => !ledger.isUnpriced(bill))
  if (priced.length === 0) return standIn(bills, details, ledger)
  const amount = priced.reduce((sum, bill) => sum + ledger.money(bill), 0n)
  // Credits alone are nobody's calls.
  if (amount < 0n) return false
  const {covered, measured} = coverage(priced, details, amount, ledger)
  const weights = weigh(details, ledger)
  ledger.move(
    priced,
    details.map((item, index) => ({item, weight: weights[index]!})),
    covered,
    measured,
  )
  return true
}

/** A report whose models have no price: the calls behind it say what they cost, and stand for it once they are all of it. */
function standIn(bills: readonly Item[], details: readonly Item[], ledger: Ledger): boolean {
  for (const {id} of details) ledger.kept.add(id)
  if (coverage(bills, details, 0n, ledger).covered >= MILLION) for (const bill of bills) ledger.absorb(bill)
  return true
}

const MILLION = 1_000_000n
/** Detail with at least this share of the bill's tokens covers it; the rest is rounding of clocks, not other traffic. */
const COVERED = 0.99
/** Without token counts, detail this near to the bill in money is the bill at another price. */
const SAME_MONEY = 80n
/** A bill counts tokens where those of its rows that do hold at least this share of its money. */
const COUNTED = 90n

/** Parts per million of the bill that the detail accounts for. */
function coverage(
  bills: readonly Item[],
  details: readonly Item[],
  amount: bigint,
  ledger: Ledger,
): {readonly covered: bigint; readonly measured: Partly} {
  const reports = details.every(({level}) => level === 'bucket')
  // A usage report of the same provider is complete by definition; an invoice may ask for other things too.
  if (reports && bills.every(({level}) => level !== 'invoice')) return {covered: MILLION, measured: 'tokens'}
  const counting = bills.filter(bill => ledger.tokensLeft(bill) !== null)
  const counted = counting.reduce((sum, bill) => sum + ledger.money(bill), 0n)
  const asked = counting.reduce((sum, bill) => sum + ledger.tokensLeft(bill)!, 0)
  if (asked > 0 && counted * 100n >= amount * COUNTED) {
    const seen = details.reduce((sum, {tokens}) => sum + (tokens ?? 0), 0)
    const covered = seen >= asked * COVERED ? MILLION : BigInt(Math.floor((seen / asked) * 1e6))
    return {covered, measured: 'tokens'}
  }
  const worth = details.reduce((sum, detail) => sum + positive(ledger.money(detail)), 0n)
  const unpriced = reports && details.some(detail => ledger.isUnpriced(detail))
  const all = amount <= 0n || worth === 0n || unpriced || worth * 100n >= amount * SAME_MONEY
  return {covered: all ? MILLION : (worth * MILLION) / amount, measured: 'money'}
}

/** By what the detail would cost, else by tokens, else evenly. */
function weigh(details: readonly Item[], ledger: Ledger): bigint[] {
  const worth = details.map(({id}) => ledger.billed.get(id) ?? null)
  if (worth.every(cost => cost !== null) && worth.some(cost => cost > 0n))
    return worth.map(cost => positive(cost))
  if (details.some(({tokens}) => (tokens ?? 0) > 0)) return details.map(({tokens}) => BigInt(tokens ?? 0))
  return details.map(() => 1n)
}
