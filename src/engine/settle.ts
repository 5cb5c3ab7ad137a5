/**
 * One bill, counted once. The same money is reported by invoices, cost lines, usage buckets, gateway logs and invocation
 * logs. The bill decides how much it is, the detail whose it is: a bill's amount is divided over the detail that explains
 * it, in proportion to what that detail would cost by itself; what no detail explains stays with the bill's own row.
 * Pure and exact: for every provider, what is given to records sums to the bill to the nano-dollar.
 */
import {allocate} from '../model/money.ts'

export interface Dimensions {
  readonly provider: string
  /** Days since 1970; a monthly invoice spans many. */
  readonly day: number
  readonly lastDay: number
  readonly account: string | null
  readonly project: string | null
  readonly key: string | null
  /** Model without date, region and vendor prefix; null: not said. */
  readonly model: string | null
}

/** A row of a bill or usage report, or a cell of requests. */
export interface Item extends Dimensions {
  /** Stable text, for ties and look-up. */
  readonly id: string
  /** Which export it comes from: rows of one series share their grouping. */
  readonly series: string
  /** 0…3. Of two exports with the same grouping the higher is kept: an API's amounts are exact, a console's rounded. */
  readonly precision: number
  readonly level: 'invoice' | 'line' | 'bucket' | 'request'
  /** Whose calls these are: a gateway's log is one origin, a service's spans another. */
  readonly origin: string
  /** A bill's row that model calls can explain; tax, machines and storage are not explained by any. */
  readonly explicable: boolean
  /** A gateway's log: its calls reach the provider under the gateway's own key. */
  readonly gateway: boolean
  /** What it says it costs, or would by the catalogue; null: not known. */
  readonly cost: bigint | null
  readonly tokens: number | null
}

export interface Settled {
  /** Cost of each item that is a record once everything is counted once; null: nobody knows. */
  readonly billed: ReadonlyMap<string, bigint | null>
  /** Items whose money is wholly in others: restated, or explained by detail. */
  readonly absorbed: ReadonlySet<string>
  /** Items whose amount a bill decided. */
  readonly reconciled: ReadonlySet<string>
}

/** Detail with at least this share of the bill's tokens covers it; the rest is rounding of clocks, not other traffic. */
const COVERED = 0.99
/** Without token counts, detail this near to the bill in money is the bill at another price. */
const SAME_MONEY = 0.8

/** What a project or key is called; '' when nobody says. */
export type NameOf = (alias: string) => string

export function settle(items: readonly Item[], nameOf: NameOf): Settled {
  const state = new Ledger(items)
  const providers = [...new Set(items.map(({provider}) => provider))].sort()
  for (const provider of providers)
    settleProvider(
      items.filter(item => item.provider === provider),
      state,
      nameOf,
    )
  return state
}

class Ledger implements Settled {
  readonly billed = new Map<string, bigint | null>()
  readonly absorbed = new Set<string>()
  readonly reconciled = new Set<string>()
  /** Bills that have been divided. */
  readonly shared = new Set<string>()

  constructor(items: readonly Item[]) {
    for (const {id, cost} of items) this.billed.set(id, cost)
  }

  absorb(item: Item): void {
    this.absorbed.add(item.id)
    this.billed.set(item.id, 0n)
  }

  money(item: Item): bigint {
    return this.billed.get(item.id) ?? 0n
  }

  give(item: Item, amount: bigint): void {
    this.billed.set(item.id, amount)
    this.reconciled.add(item.id)
  }
}

function settleProvider(items: readonly Item[], state: Ledger, nameOf: NameOf): void {
  const lines = onceGrouped(
    items.filter(({level}) => level === 'line'),
    state,
  )
  const invoices = items.filter(({level}) => level === 'invoice')
  const buckets = onceGrouped(
    items.filter(({level}) => level === 'bucket'),
    state,
  )
  const bills = [...lines, ...invoicesBeyond(invoices, lines, state)]
  if (bills.length > 0) divide(bills, buckets, BUCKET_KEYS, state)
  const explained = new Set(buckets.filter(({id}) => state.reconciled.has(id)).map(({id}) => id))
  const billedDays = coveredDays([...bills, ...invoices])
  // A bucket of billed days that no line mentions restates money the bill already holds.
  for (const bucket of buckets)
    if (!explained.has(bucket.id) && billedDays.has(bucket.day)) state.absorb(bucket)
  const scopes = [...bills, ...buckets].filter(
    ({id, level, explicable}) =>
      explicable && !state.absorbed.has(id) && (level !== 'invoice' || state.money(itemOf(bills, id)) !== 0n),
  )
  const requests = items.filter(({level}) => level === 'request')
  // An invoice asks for everything of its days, whether or not a line of it says for what.
  const covered = coveredDays([...scopes, ...invoices])
  // Logs that name the provider's own project or account are explained there; a gateway and a service's spans name nothing
  // of the provider's, so it has to be found.
  const placed = requests.filter(({gateway}) => !gateway)
  divide(
    scopes.filter(({day, lastDay}) => day === lastDay),
    placed.filter(({project}) => project !== null),
    PROJECT_KEYS,
    state,
  )
  divide(
    scopes,
    placed.filter(({account}) => account !== null),
    REQUEST_KEYS,
    state,
  )
  const nameless = requests.filter(
    ({id, account, gateway}) => !state.reconciled.has(id) && (gateway || account === null),
  )
  explain(scopes, nameless, state, nameOf)
  // What an invoice asks for beyond every cost line pays for calls that no cost line explains.
  const unexplained = invoices.filter(
    ({id, cost}) =>
      !state.absorbed.has(id) && !state.shared.has(id) && worthExplaining(state.billed.get(id), cost),
  )
  divide(unexplained, requests, [], state)
  for (const request of requests)
    if (!state.reconciled.has(request.id) && covered.has(request.day)) state.absorb(request)
}

/** The rounding between an invoice and its lines explains nothing; it stays a line of its own. */
const worthExplaining = (left: bigint | null | undefined, amount: bigint | null): boolean =>
  left !== null && left !== undefined && amount !== null && left * 1000n > amount

const itemOf = (items: readonly Item[], id: string): Item => items.find(item => item.id === id)!

const coveredDays = (bills: readonly Item[]): Set<number> => {
  const days = new Set<number>()
  for (const {day, lastDay} of bills) for (let at = day; at <= lastDay; at++) days.add(at)
  return days
}

/** Grain of a series that tells projects apart. */
const BY_PROJECT = 16

/**
 * The same days exported under two groupings are one money. For each day, account and project the finest grouping stays; what
 * a coarser one holds beyond it stays as the coarser one's remainder. Accounts tell bills apart only where all of them name one.
 */
function onceGrouped(items: readonly Item[], state: Ledger): readonly Item[] {
  const grain = new Map<string, number>()
  for (const {series, precision, project, key, model} of items)
    grain.set(
      series,
      Math.max(
        grain.get(series) ?? 0,
        (project ? BY_PROJECT : 0) + (key ? 8 : 0) + (model ? 4 : 0) + precision,
      ),
    )
  const grains = [...new Set(grain.values())].sort((a, b) => b - a)
  if (grains.length < 2) return items
  const kept: Item[] = []
  const fine = new Map<string, bigint>()
  const byAccount = items.every(({account}) => account !== null)
  const scope = ({day, account}: Item) => `${day}\n${byAccount ? account : ''}\n`
  for (const level of grains) {
    const coarse = items.filter(({series}) => grain.get(series) === level)
    for (const [place, group] of groupBy(
      coarse,
      item => `${scope(item)}${level >= BY_PROJECT ? item.project : ''}`,
    )) {
      const finer = fine.get(place) ?? (level < BY_PROJECT ? sumStarting(fine, scope(group[0]!)) : undefined)
      const total = group.reduce((sum, item) => sum + state.money(item), 0n)
      if (finer === undefined) kept.push(...group)
      else keepBeyond(group, total - finer, total, state, kept)
      fine.set(place, finer === undefined || total > finer ? total : finer)
    }
  }
  return kept
}

function sumStarting(totals: ReadonlyMap<string, bigint>, prefix: string): bigint | undefined {
  let sum: bigint | undefined
  for (const [place, total] of totals) if (place.startsWith(prefix)) sum = (sum ?? 0n) + total
  return sum
}

/** Leaves `beyond` of a group's money with it, in proportion; differences of a cent are rounding. */
function keepBeyond(
  group: readonly Item[],
  beyond: bigint,
  total: bigint,
  state: Ledger,
  kept: Item[],
): void {
  if (beyond <= 10_000_000n || beyond * 1000n < total) {
    for (const item of group) state.absorb(item)
    return
  }
  const parts = allocate(
    beyond,
    group.map(item => ({key: item.id, weight: positive(state.money(item))})),
  )
  group.forEach((item, index) => {
    state.billed.set(item.id, parts[index]!)
    kept.push(item)
  })
}

const positive = (amount: bigint): bigint => (amount > 0n ? amount : 0n)

/** What invoices ask for beyond the cost lines of their period: all of it where there are none. */
function invoicesBeyond(invoices: readonly Item[], lines: readonly Item[], state: Ledger): Item[] {
  const beyond: Item[] = []
  for (const invoice of [...invoices].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const among = lines.filter(
      line =>
        line.day >= invoice.day && line.day <= invoice.lastDay && sameAccount(line, invoice, invoices, lines),
    )
    const itemised = among.reduce((sum, line) => sum + state.money(line), 0n)
    const rest = state.money(invoice) - itemised
    state.give(invoice, rest)
    if (rest === 0n) state.absorb(invoice)
    else beyond.push(invoice)
  }
  return beyond
}

/** Where several invoices of a provider share a period, its lines go to the account they name. */
function sameAccount(line: Item, invoice: Item, invoices: readonly Item[], lines: readonly Item[]): boolean {
  const rivals = invoices.filter(other => other.day <= line.day && other.lastDay >= line.day)
  if (rivals.length < 2 || invoice.account === null) return true
  const named = rivals.some(({account}) => account !== null && lines.some(other => other.account === account))
  if (named) return line.account === invoice.account
  const itemised = lines.reduce((sum, {cost}) => sum + (cost ?? 0n), 0n)
  const apart = ({cost}: Item) =>
    (cost ?? 0n) > itemised ? (cost ?? 0n) - itemised : itemised - (cost ?? 0n)
  return rivals.reduce((nearest, other) => (apart(other) < apart(nearest) ? other : nearest)) === invoice
}

type KeyOf = (item: Dimensions) => string | null

const need = (...parts: readonly (string | number | null)[]): string | null =>
  parts.includes(null) ? null : parts.join('\n')

/** From the closest match to the loosest; a bill that names a project is never explained by another project's detail. */
const BUCKET_KEYS: readonly KeyOf[] = [
  item => need(item.day, item.project, item.key, item.model),
  item => need(item.day, item.project, item.model),
  item => need(item.day, item.project, item.key),
  item => need(item.day, item.project),
  item => need(item.project, item.model),
  item => need(item.project),
  item => (item.project === null ? need(item.day, item.model) : null),
  item => (item.project === null ? need(item.day) : null),
]
const PROJECT_KEYS: readonly KeyOf[] = [
  item => need(item.day, item.project, item.key, item.model),
  item => need(item.day, item.project, item.model),
  item => need(item.day, item.project),
]
/** A bill that names the principal is first explained by its own calls. */
const REQUEST_KEYS: readonly KeyOf[] = [
  item => need(item.day, item.account, item.key, item.model),
  item => need(item.day, item.account, item.key),
  item => need(item.day, item.account, item.model),
  item => need(item.day, item.account),
  item => need(item.account),
  item => need(item.day, item.model),
  item => need(item.day),
]
const GATEWAY_KEYS: readonly KeyOf[] = [
  item => need(item.day, item.model),
  item => need(item.day),
  () => 'all',
]

function groupBy<T>(items: readonly T[], key: (item: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const place = key(item)
    if (place === null) continue
    const group = groups.get(place)
    if (group) group.push(item)
    else groups.set(place, [item])
  }
  return groups
}

/**
 * Divides bills over detail, closest match first. A bucket fits a bill's key only where the bill says as much: a cost line
 * without a model is matched without one.
 */
function divide(
  bills: readonly Item[],
  details: readonly Item[],
  keys: readonly KeyOf[],
  state: Ledger,
): void {
  let open = [...bills].filter(bill => state.money(bill) !== 0n)
  let loose = details.filter(({id}) => !state.reconciled.has(id) && !state.absorbed.has(id))
  const spanning = (bill: Item): Item[] => (bill.day === bill.lastDay ? [bill] : [])
  for (const key of keys) {
    const wanted = groupBy(open.flatMap(spanning), key)
    const offered = groupBy(loose, key)
    for (const [place, group] of wanted) {
      const found = offered.get(place)
      if (found) share(group, found, state)
    }
    open = open.filter(bill => !settledBill(bill, state))
    loose = loose.filter(({id}) => !state.reconciled.has(id))
  }
  for (const bill of open.filter(({day, lastDay}) => lastDay > day)) {
    const found = loose.filter(detail => detail.day >= bill.day && detail.day <= bill.lastDay)
    if (found.length > 0) share([bill], found, state)
    loose = loose.filter(({id}) => !state.reconciled.has(id))
  }
}

const settledBill = (bill: Item, state: Ledger): boolean =>
  state.absorbed.has(bill.id) || state.shared.has(bill.id)

/** One group of bill rows over one group of detail. */
function share(bills: readonly Item[], details: readonly Item[], state: Ledger): void {
  const amount = bills.reduce((sum, bill) => sum + state.money(bill), 0n)
  const covered = coverage(bills, details, amount, state)
  const weights = weigh(details, state)
  const given = covered >= 1_000_000n ? amount : (amount * covered) / 1_000_000n
  const parts = allocate(
    given,
    details.map((detail, index) => ({key: detail.id, weight: weights[index]!})),
  )
  for (const [index, detail] of details.entries()) state.give(detail, parts[index]!)
  const rest = amount - given
  const left =
    rest === 0n
      ? []
      : allocate(
          rest,
          bills.map(bill => ({key: bill.id, weight: positive(state.money(bill))})),
        )
  bills.forEach((bill, index) => {
    state.shared.add(bill.id)
    if (rest === 0n) state.absorb(bill)
    else state.give(bill, left[index]!)
  })
}

/** Parts per million of the bill that the detail accounts for. */
function coverage(bills: readonly Item[], details: readonly Item[], amount: bigint, state: Ledger): bigint {
  // A usage report of the same provider is complete by definition.
  if (details.every(({level}) => level === 'bucket')) return 1_000_000n
  const asked = bills.every(({tokens}) => tokens !== null)
    ? bills.reduce((sum, {tokens}) => sum + tokens!, 0)
    : 0
  const seen = details.reduce((sum, {tokens}) => sum + (tokens ?? 0), 0)
  if (asked > 0) return seen >= asked * COVERED ? 1_000_000n : BigInt(Math.floor((seen / asked) * 1_000_000))
  const worth = details.reduce((sum, detail) => sum + positive(state.money(detail)), 0n)
  if (amount <= 0n || worth === 0n || worth * 100n >= amount * BigInt(Math.round(SAME_MONEY * 100)))
    return 1_000_000n
  return (worth * 1_000_000n) / amount
}

/** By what the detail would cost, else by tokens, else evenly. */
function weigh(details: readonly Item[], state: Ledger): bigint[] {
  const worth = details.map(({id}) => state.billed.get(id) ?? null)
  if (worth.every(cost => cost !== null) && worth.some(cost => cost > 0n))
    return worth.map(cost => positive(cost))
  if (details.some(({tokens}) => (tokens ?? 0) > 0)) return details.map(({tokens}) => BigInt(tokens ?? 0))
  return details.map(() => 1n)
}

const GATEWAY =
  /litellm|(ai|llm|model|genai|openai|claude|anthropic)[-_ ]?(gateway|proxy|router)|(gateway|proxy)[-_ ]?(ai|llm|openai|anthropic|claude)|portkey|helicone|openrouter|^(gateway|llm|proxy)$/i

/** Calls and a provider's rows are the same traffic when their tokens by day and model differ by less than this. */
const SAME_TRAFFIC = 0.1

/**
 * Finds the provider's rows behind calls that do not say which they are, and divides them: all calls together, else each
 * gateway's or service's by itself.
 */
function explain(scopes: readonly Item[], calls: readonly Item[], state: Ledger, nameOf: NameOf): void {
  const gateway = calls.filter(call => call.gateway)
  for (const [group, behind] of ownScopes(scopes, gateway, state, nameOf))
    divide(behind, group, GATEWAY_KEYS, state)
  const shared = gateway.filter(({id}) => !state.reconciled.has(id))
  divide(scopesBehind(scopes, shared, state, nameOf, true), shared, GATEWAY_KEYS, state)
  const direct = calls.filter(call => !call.gateway)
  divide(scopesBehind(scopes, direct, state, nameOf, false), direct, GATEWAY_KEYS, state)
  const left = direct.filter(({id}) => !state.reconciled.has(id))
  for (const [, group] of groupBy(left, ({origin}) => origin))
    divide(scopesBehind(scopes, group, state, nameOf, false), group, GATEWAY_KEYS, state)
}

/** Several gateways may share a key. Only where each is found at one that no other is found at has each its own. */
function ownScopes(
  scopes: readonly Item[],
  calls: readonly Item[],
  state: Ledger,
  nameOf: NameOf,
): readonly (readonly [Item[], Item[]])[] {
  const found = [...groupBy(calls, ({origin}) => origin).values()].map(
    group => [group, scopesBehind(scopes, group, state, nameOf, false)] as const,
  )
  const behind = found.flatMap(([, rows]) => rows)
  const apart = new Set(behind).size === behind.length && found.every(([, rows]) => rows.length > 0)
  return found.length > 1 && apart ? found : []
}

/**
 * The rows of the key or project whose tokens by day and model are those of the calls. Where the provider counts no tokens,
 * a gateway's are those named like one; where it tells nothing apart, all of them.
 */
function scopesBehind(
  scopes: readonly Item[],
  calls: readonly Item[],
  state: Ledger,
  nameOf: NameOf,
  gateway: boolean,
): Item[] {
  const open = scopes.filter(scope => !state.absorbed.has(scope.id) && !state.shared.has(scope.id))
  if (calls.length === 0 || open.length === 0) return []
  const places = [...groupBy(open, ({project, key}) => `${project ?? ''}\n${key ?? ''}`)]
  if (places.length === 1) return gateway || distance(open, calls) <= SAME_TRAFFIC ? open : []
  const titled = places
    .filter(([place]) => place.split('\n').some(known => GATEWAY.test(nameOf(known))))
    .flatMap(([, group]) => group)
  const candidates = [
    ...places.map(([, group]) => group),
    ...[...groupBy(open, ({project}) => project)].map(([, group]) => group),
    ...(gateway && titled.length > 0 ? [titled] : []),
    open,
  ].map(group => ({group, apart: distance(group, calls)}))
  const nearest = candidates.reduce((best, other) => (other.apart < best.apart ? other : best))
  if (nearest.apart <= SAME_TRAFFIC) return nearest.group
  if (!gateway) return []
  if (titled.length > 0) return titled
  const log = tokensOf(calls)
  const larger = candidates.filter(({group}) => tokensOf(group) >= log * 0.9)
  return larger.length > 0
    ? larger.reduce((best, other) => (other.apart < best.apart ? other : best)).group
    : open
}

const tokensOf = (items: readonly Item[]): number => items.reduce((sum, {tokens}) => sum + (tokens ?? 0), 0)

/** 0: the same tokens on the same days with the same models … 1: nothing in common. */
function distance(rows: readonly Item[], calls: readonly Item[]): number {
  const counting = rows.filter(({tokens}) => tokens !== null)
  // A report that is not grouped by model tells days apart and no more.
  const byModel = counting.every(({model}) => model !== null)
  const cell = ({day, model}: Item) => `${day}\n${byModel ? model : ''}`
  const counted = groupBy(counting, cell)
  const called = groupBy(calls, cell)
  let [apart, all] = [0, 0]
  for (const place of new Set([...counted.keys(), ...called.keys()])) {
    const [a, b] = [tokensOf(counted.get(place) ?? []), tokensOf(called.get(place) ?? [])]
    apart += Math.abs(a - b)
    all += a + b
  }
  return all === 0 || counted.size === 0 ? 1 : apart / all
}
