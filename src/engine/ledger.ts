/** What is settled: every item's money, where it comes from, and how much of an item is still open. Exact throughout. */
import {allocate} from '../model/money.ts'

export interface Dimensions {
  readonly provider: string
  /** Days since 1970; a monthly invoice spans many. */
  readonly day: number
  readonly lastDay: number
  readonly account: string | null
  readonly project: string | null
  /** A key, or who else calls: a role. */
  readonly key: string | null
  /** Model without date, region and vendor prefix; null: not said. */
  readonly model: string | null
}

/** A row of a bill or usage report, or a cell of requests. */
export interface Item extends Dimensions {
  /** Stable text, for ties and look-up. */
  readonly id: string
  /** Which kind of report it is: of two kinds, one says again what the other says. */
  readonly source: string
  /** Which report it comes from: rows of one series share their grouping. */
  readonly series: string
  /** What a usage report counts, as `completions`: reports of different things restate nothing of each other. */
  readonly measure: string
  /** 0…3. Of two exports with the same grouping the higher is kept: an API's amounts are exact, a console's rounded. */
  readonly precision: number
  readonly level: 'invoice' | 'line' | 'bucket' | 'request'
  /** Whose calls these are: a gateway's log is one origin, a service's spans another. */
  readonly origin: string
  /** A bill's row that model calls can explain; tax, credits, machines and storage are not explained by any. */
  readonly explicable: boolean
  /** A gateway's log: its calls reach the provider under the gateway's own key. */
  readonly gateway: boolean
  /** Whoever reports these calls is who asks for their money, call by call. */
  readonly charged?: boolean
  /** What it says it costs, or would by the catalogue; null: not known. */
  readonly cost: bigint | null
  readonly tokens: number | null
}

/** Where money comes from: whose bill says so, and of what account and project. */
export interface Source {
  readonly account: string | null
  readonly project: string | null
  /** Invoices that ask for it, as one; null: none does. */
  readonly invoice: string | null
  /** Whether a bill says so; else it is what the detail says of itself. */
  readonly billed: boolean
}

/** Why a bill's own row carries money: the detail covers its tokens or its money only in part, or there is none. */
export type Partly = 'tokens' | 'money'

const MILLION = 1_000_000n

export class Ledger {
  readonly billed = new Map<string, bigint | null>()
  /** Items whose money is wholly in others: restated, or explained by detail. */
  readonly absorbed = new Set<string>()
  /** Items whose amount a bill decided. */
  readonly reconciled = new Set<string>()
  /** Bills of which detail explains a part, and how that was measured. */
  readonly partly = new Map<string, Partly>()
  /** Calls on billed (true) or reported (false) days that no row of bill or report is for. */
  readonly unmatched = new Map<string, boolean>()
  /** Detail that stands for a report which nobody priced. */
  readonly kept = new Set<string>()
  readonly #sources = new Map<string, Map<string, bigint>>()
  /** Parts per million of an item that detail does not explain. */
  readonly #open = new Map<string, bigint>()

  constructor(items: readonly Item[]) {
    for (const {id, cost} of items) this.billed.set(id, cost)
  }

  money({id}: Item): bigint {
    return this.billed.get(id) ?? 0n
  }

  /** A report's row whose cost nobody knows. */
  isUnpriced({id}: Item): boolean {
    return this.billed.get(id) === null
  }

  absorb({id}: Item): void {
    this.absorbed.add(id)
    this.billed.set(id, 0n)
    this.#sources.delete(id)
  }

  /** Leaves an item with this much of its money, the rest is somewhere else. */
  keep(item: Item, amount: bigint): void {
    this.#sources.set(item.id, scaled(this.sourcesOf(item), amount))
    this.billed.set(item.id, amount)
  }

  /** Says which invoice asks for an item's money, and whose it is where the item does not say. */
  invoice(item: Item, invoice: string, account: string | null): void {
    const source = sourceOf(item)
    const named = {...source, invoice, account: source.account ?? account}
    this.#sources.set(item.id, new Map([[keyOf(named), this.money(item)]]))
  }

  tokensLeft({id, tokens}: Item): number | null {
    const open = this.#open.get(id)
    return tokens === null || open === undefined ? tokens : Math.round((tokens * Number(open)) / 1e6)
  }

  /** Parts per million of the item that no detail explains. */
  openPart({id}: Item): bigint {
    return this.#open.get(id) ?? MILLION
  }

  /** Moves money of bills to the detail that explains `covered` parts per million of them, by its weights. */
  move(
    bills: readonly Item[],
    details: readonly {readonly item: Item; readonly weight: bigint}[],
    covered: bigint,
    measured: Partly,
  ): void {
    const amount = bills.reduce((sum, bill) => sum + this.money(bill), 0n)
    const given = covered >= MILLION ? amount : (amount * covered) / MILLION
    const rest = amount - given
    const left =
      rest === 0n
        ? bills.map(() => 0n)
        : allocate(
            rest,
            bills.map(bill => ({key: bill.id, weight: positive(this.money(bill))})),
          )
    const pool = new Map<string, bigint>()
    bills.forEach((bill, index) => {
      const taken = scaled(this.sourcesOf(bill), this.money(bill) - left[index]!)
      for (const [source, part] of taken) pool.set(source, (pool.get(source) ?? 0n) + part)
      if (rest === 0n) this.absorb(bill)
      else {
        this.keep(bill, left[index]!)
        this.reconciled.add(bill.id)
        this.partly.set(bill.id, measured)
        this.#open.set(bill.id, (this.openPart(bill) * (MILLION - covered)) / MILLION)
      }
    })
    const parts = allocate(
      given,
      details.map(({item, weight}) => ({key: item.id, weight})),
    )
    const spread = matrix(pool, parts)
    details.forEach(({item}, index) => {
      this.billed.set(item.id, parts[index]!)
      this.#sources.set(item.id, spread[index]!)
      this.reconciled.add(item.id)
    })
  }

  /** Where an item's money comes from; the parts sum to it. */
  sourcesOf(item: Item): ReadonlyMap<string, bigint> {
    return this.#sources.get(item.id) ?? new Map([[keyOf(sourceOf(item)), this.money(item)]])
  }
}

const sourceOf = ({account, project, level, charged}: Item): Source => ({
  account,
  project,
  invoice: null,
  billed: level === 'invoice' || level === 'line' || charged === true,
})

const keyOf = ({account, project, invoice, billed}: Source): string =>
  JSON.stringify([account, project, invoice, billed])

export function parseSource(key: string): Source {
  const [account, project, invoice, billed] = JSON.parse(key) as [
    string | null,
    string | null,
    string | null,
    boolean,
  ]
  return {account, project, invoice, billed}
}

export const positive = (amount: bigint): bigint => (amount > 0n ? amount : 0n)

/** The same sources with another sum, in proportion; what sums to nothing weighs the same. */
function scaled(sources: ReadonlyMap<string, bigint>, amount: bigint): Map<string, bigint> {
  if (sources.size === 1) return new Map([...sources.keys()].map(key => [key, amount]))
  const keys = [...sources]
  const parts = allocate(
    amount,
    keys.map(([key, part]) => ({key, weight: positive(part)})),
  )
  return new Map(keys.map(([key], index) => [key, parts[index]!]))
}

/** Spreads what sources hold over parts of the same sum, in proportion; rows and columns both sum exactly. */
function matrix(pool: ReadonlyMap<string, bigint>, parts: readonly bigint[]): Map<string, bigint>[] {
  const sources = [...pool].sort(([a], [b]) => (a < b ? -1 : 1))
  const whole = parts.reduce((sum, part) => sum + part, 0n)
  let before = 0n
  return parts.map(part => {
    const row = new Map<string, bigint>()
    const upTo = before + part
    let rest = part
    sources.forEach(([source, held], index) => {
      const share =
        index === sources.length - 1 || whole === 0n ? rest : (held * upTo) / whole - (held * before) / whole
      row.set(source, share)
      rest -= share
    })
    before = upTo
    return row
  })
}
