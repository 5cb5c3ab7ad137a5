/**
 * Finds the provider's rows behind calls that do not say which they are: a gateway's log and a service's spans name nothing
 * of the provider's. The same tokens on the same days with the same models are the same traffic.
 */
import {divide, type Matching} from './divide.ts'
import {groupBy} from './group-by.ts'
import type {Item, Ledger} from './ledger.ts'

/** What a project or key is called; '' when nobody says. */
export type NameOf = (alias: string) => string

/** Calls and a provider's rows are the same traffic when their tokens by day and model differ by less than this. */
const SAME_TRAFFIC = 0.1
/** A key with fewer of the tokens than this cannot be the one behind a gateway. */
const ROOM = 0.9

/** Calls and rows of the provider have nothing but days and models in common; those that are alike, also across days. */
const ALIKE: Matching = {by: [], byAccount: false, acrossDays: true}
const SUPPOSED: Matching = {...ALIKE, acrossDays: false}

const GATEWAY =
  /litellm|(ai|llm|model|genai|openai|claude|anthropic)[-_ ]?(gateway|proxy|router)|(gateway|proxy)[-_ ]?(ai|llm|openai|anthropic|claude)|portkey|helicone|openrouter|^(gateway|llm|proxy)$/i

/**
 * Each gateway and each service whose traffic is that of a key or project is explained by it, or all gateways, all services, or
 * all calls together where they are more alike; then what is left of these. A gateway that is like none is behind the key named like one, else the nearest that has room.
 * What is then left of the provider's rows is compared with the services again.
 */
export function explain(
  scopes: readonly Item[],
  calls: readonly Item[],
  ledger: Ledger,
  nameOf: NameOf,
): void {
  if (calls.length === 0) return
  const traffic = new Traffic(scopes, ledger, nameOf)
  const gateways = calls.filter(({gateway}) => gateway)
  const services = calls.filter(({gateway}) => !gateway)
  const together = [gateways, services, calls]
  traffic.nearest([...groupBy(calls, ({origin}) => origin).values(), ...together])
  for (const left of together) traffic.nearest([left])
  traffic.suppose(traffic.open(gateways))
  traffic.nearest([...groupBy(traffic.open(services), ({origin}) => origin).values()])
  traffic.nearest([traffic.open(services)])
  traffic.divide(traffic.sole(), traffic.open(services), SUPPOSED)
}

/** Rows of the provider that may be behind the same calls. */
interface Candidate {
  readonly rows: readonly Item[]
  readonly profile: Profile
}

class Traffic {
  readonly #scopes: readonly Item[]
  readonly #ledger: Ledger
  readonly #nameOf: NameOf

  constructor(scopes: readonly Item[], ledger: Ledger, nameOf: NameOf) {
    this.#scopes = scopes
    this.#ledger = ledger
    this.#nameOf = nameOf
  }

  /** Calls that nothing explains yet. */
  open(calls: readonly Item[]): Item[] {
    return calls.filter(({id}) => !this.#ledger.reconciled.has(id) && !this.#ledger.kept.has(id))
  }

  divide(rows: readonly Item[], calls: readonly Item[], matching: Matching): void {
    if (rows.length > 0 && calls.length > 0) divide(rows, calls, matching, this.#ledger)
  }

  /** Explains groups of calls by the rows whose traffic they are, the most alike first. */
  nearest(groups: readonly (readonly Item[])[]): void {
    const open = groups.map(group => this.open(group)).filter(group => group.length > 0)
    if (open.length === 0) return
    const candidates = this.#candidates()
    const pairs = open
      .flatMap(calls => {
        const profile = new Profile(calls, ({tokens}) => tokens)
        return candidates.map(({rows, profile: own}) => ({calls, rows, apart: own.distance(profile)}))
      })
      .filter(({apart}) => apart <= SAME_TRAFFIC)
      .sort(
        (a, b) =>
          a.apart - b.apart ||
          a.rows.length - b.rows.length ||
          order(a.rows, b.rows) ||
          order(a.calls, b.calls),
      )
    const taken = new Set<Item>()
    for (const {calls, rows} of pairs) {
      if (calls.some(call => taken.has(call)) || rows.some(row => taken.has(row))) continue
      this.divide(rows, calls, ALIKE)
      for (const item of [...rows, ...calls]) taken.add(item)
    }
  }

  /** Gateways whose logs are like nothing: those behind which the same rows are supposed share them. */
  suppose(logs: readonly Item[]): void {
    const supposed = [...groupBy(logs, ({origin}) => origin)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, log]) => ({log, rows: this.#behind(log)}))
    for (const [, sharing] of groupBy(supposed, ({rows}) => rows.map(({id}) => id).join('\n')))
      this.divide(
        sharing[0]!.rows,
        sharing.flatMap(({log}) => log),
        SUPPOSED,
      )
  }

  #behind(log: readonly Item[]): readonly Item[] {
    const open = this.#open()
    const places = [...placesOf(open)]
    if (places.length <= 1) return open
    const titled = places
      .filter(([place]) =>
        (JSON.parse(place) as (string | null)[]).some(
          known => known !== null && GATEWAY.test(this.#nameOf(known)),
        ),
      )
      .flatMap(([, rows]) => rows)
    if (titled.length > 0) return titled
    const profile = new Profile(log, ({tokens}) => tokens)
    const roomy = this.#candidates()
      .filter(({profile: own}) => own.total >= profile.total * ROOM)
      .map(candidate => ({...candidate, apart: candidate.profile.distance(profile)}))
    if (roomy.length === 0) return open
    return roomy.reduce((best, other) => (other.apart < best.apart ? other : best)).rows
  }

  /** All open rows where the provider tells nothing apart: whatever calls it, they are behind it. */
  sole(): readonly Item[] {
    return placesOf(this.#scopes).size === 1 ? this.#open() : []
  }

  #open(): Item[] {
    return this.#scopes.filter(
      row =>
        !this.#ledger.absorbed.has(row.id) &&
        this.#ledger.openPart(row) > 0n &&
        (this.#ledger.money(row) !== 0n || this.#ledger.isUnpriced(row)),
    )
  }

  /** Keys, projects, and all there is. */
  #candidates(): Candidate[] {
    const open = this.#open()
    const groups = [
      ...placesOf(open).values(),
      ...groupBy(open, ({account, project}) => JSON.stringify([account, project])).values(),
      ...(open.length > 0 ? [open] : []),
    ]
    return groups.map(rows => ({rows, profile: new Profile(rows, row => this.#ledger.tokensLeft(row))}))
  }
}

const placesOf = (rows: readonly Item[]) =>
  groupBy(rows, ({account, project, key}) => JSON.stringify([account, project, key]))

const order = ([a]: readonly Item[], [b]: readonly Item[]): number =>
  a!.id < b!.id ? -1 : a!.id > b!.id ? 1 : 0

/** Tokens by day and model. */
class Profile {
  readonly total: number
  /** A report that is not grouped by model tells days apart and no more, one of a month models and no more. */
  readonly #byModel: boolean
  readonly #byDay: boolean
  readonly #cells: readonly {readonly day: number; readonly model: string | null; readonly tokens: number}[]

  constructor(items: readonly Item[], tokensOf: (item: Item) => number | null) {
    const counted = items.flatMap(({day, lastDay, model}, index) => {
      const tokens = tokensOf(items[index]!)
      return tokens === null ? [] : [{day, lastDay, model, tokens}]
    })
    this.#cells = counted
    this.#byModel = counted.every(({model}) => model !== null)
    this.#byDay = counted.every(({day, lastDay}) => day === lastDay)
    this.total = counted.reduce((sum, {tokens}) => sum + tokens, 0)
  }

  /** 0: the same tokens on the same days with the same models … 1: nothing in common. */
  distance(calls: Profile): number {
    if (this.total === 0) return 1
    return apart(this.#sums(this.#byDay, this.#byModel), calls.#sums(this.#byDay, this.#byModel))
  }

  readonly #known = new Map<string, ReadonlyMap<string, number>>()

  #sums(byDay: boolean, byModel: boolean): ReadonlyMap<string, number> {
    const grain = `${byDay} ${byModel}`
    const known = this.#known.get(grain)
    if (known) return known
    const sums = new Map<string, number>()
    for (const {day, model, tokens} of this.#cells) {
      const cell = `${byDay ? day : ''}\n${byModel ? model : ''}`
      sums.set(cell, (sums.get(cell) ?? 0) + tokens)
    }
    this.#known.set(grain, sums)
    return sums
  }
}

function apart(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let [difference, all] = [0, 0]
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const [x, y] = [a.get(key) ?? 0, b.get(key) ?? 0]
    difference += Math.abs(x - y)
    all += x + y
  }
  return all === 0 ? 1 : difference / all
}
