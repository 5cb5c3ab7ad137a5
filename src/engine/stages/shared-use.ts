/** What is known of how a shared key, project or role is used, and by whom: what Stage C's bases look at. Pure. */
import type {Signature} from '../../model/fact.ts'
import {DAY_MS} from '../../model/time.ts'
import type {Interval, World} from '../attribute.ts'
import type {Node} from '../graph.ts'
import {groupBy} from '../group-by.ts'
import {CHARGEBACK_FLOOR} from '../probability.ts'
import type {Cell} from './mixture.ts'

/** A signature's requests over [from, to), epoch ms. */
export interface Window {
  readonly signatureId: number
  readonly from: number
  readonly to: number
}

export interface Use extends Cell {
  readonly tokens: number
  /** What the rows say of themselves, nano-dollars; only ever a weight. */
  readonly nanos: number
}

/** Uses of each window, in their order; nothing for signatures that only bills and usage reports know. */
export type UsesOf = (windows: readonly Window[]) => readonly (readonly Use[])[]

/** An interval, or the part of it that lies in some days. */
export interface Part extends Window {
  readonly interval: Interval
  /** Whose it is known to be, an organization's id; null: it does not say. */
  readonly whose: string | null
}

/** Everything settled as one of the same candidates' under one shared key, project or role. */
export interface Pot {
  readonly holder: Node
  readonly rule: NonNullable<Interval['shared']>['rule']
  /** The candidates, by id. */
  readonly among: readonly Node[]
  /** Services its record lists as its users. */
  readonly services: NonNullable<Interval['shared']>['services']
  readonly silent: readonly Part[]
  /** Everything under the holder, whoever it was settled for. */
  readonly all: readonly Part[]
  /** Known to be one candidate's under the same holder, on the same days and at any time. */
  readonly hinted: readonly Part[]
  readonly ever: readonly Part[]
  readonly from: number
  readonly to: number
}

const whole = (interval: Interval, whose: string | null): Part => ({
  interval,
  whose,
  signatureId: interval.active.id,
  from: interval.from,
  to: interval.to,
})

/** Who it was settled for surely enough to be learnt from. */
const settledFor = ({outcome}: Interval): string | null =>
  outcome.coper >= CHARGEBACK_FLOOR ? (outcome.owner.organization?.id ?? null) : null

/** Fields of a signature whose own record may say that several share it. */
const HOLDERS = ['key', 'project', 'account', 'organization', 'user', 'team', 'role'] as const

export function potsOf({graph}: World, intervals: readonly Interval[]): Pot[] {
  const shared = intervals.filter(interval => interval.shared !== null)
  const holders = new Set(shared.map(({shared}) => shared!.holder))
  const under = new Map([...holders].map(holder => [holder, new Set<Interval>()]))
  for (const interval of intervals)
    for (const field of HOLDERS) {
      const id = interval.active.signature[field]
      const node = id === undefined ? undefined : graph.node(id)
      if (node) under.get(node)?.add(interval)
    }
  const alike = groupBy(shared, ({shared}) =>
    JSON.stringify([shared!.holder.id, shared!.rule?.place, shared!.among.map(({id}) => id)]),
  )
  return [...alike.values()].map(silent => {
    const {holder, rule, among, services} = silent[0]!.shared!
    const from = Math.min(...silent.map(interval => interval.from))
    const to = Math.max(...silent.map(interval => interval.to))
    const candidates = new Set(among.map(({id}) => id))
    const all = [...under.get(holder)!].map(interval => whole(interval, candidateOf(interval, services)))
    const ever = all.filter(({whose}) => whose !== null && candidates.has(whose))
    const hinted = ever
      .filter(part => part.from < to && part.to > from)
      .map(part => ({...part, from: Math.max(part.from, from), to: Math.min(part.to, to)}))
    return {
      ...{holder, rule, among, services, from, to, all, ever, hinted},
      silent: silent.map(interval => whole(interval, null)),
    }
  })
}

/** A request of a listed service is its candidate's, though that service's owner may be in doubt. */
const candidateOf = (interval: Interval, services: Pot['services']): string | null =>
  settledFor(interval) ??
  (interval.shared === null ? (services.get(interval.outcome.owner.service?.id ?? '') ?? null) : null)

/** What candidates are settled for anywhere but under the holder. */
export function elsewhere(pot: Pot, intervals: readonly Interval[]): Part[] {
  const here = new Set(pot.ever.map(({interval}) => interval))
  return intervals
    .filter(interval => !here.has(interval) && pot.among.some(({id}) => id === settledFor(interval)))
    .map(interval => whole(interval, settledFor(interval)))
}

/** Remembers what has been asked, so that the bases of one run read nothing twice. */
export class Uses {
  readonly #read: UsesOf
  readonly #known = new Map<string, readonly Use[]>()

  constructor(read: UsesOf) {
    this.#read = read
  }

  /** Reads many at once: one statement is cheaper than many. */
  fetch(windows: readonly Window[]): void {
    const open = new Map(
      windows.map(window => [keyOf(window), window] as const).filter(([key]) => !this.#known.has(key)),
    )
    if (open.size === 0) return
    const found = this.#read([...open.values()])
    ;[...open.keys()].forEach((key, index) => {
      this.#known.set(key, found[index] ?? [])
    })
  }

  of(window: Window): readonly Use[] {
    this.fetch([window])
    return this.#known.get(keyOf(window))!
  }

  all(windows: readonly Window[]): Use[] {
    return windows.flatMap(window => this.of(window))
  }

  requests(windows: readonly Window[]): number {
    return this.all(windows).reduce((sum, {requests}) => sum + requests, 0)
  }

  /** Nano-dollars. Where nobody lists the requests, the signature's cost by days. */
  cost(part: Part): bigint {
    const uses = this.of(part)
    if (uses.length > 0) return uses.reduce((sum, {nanos}) => sum + BigInt(nanos), 0n)
    const {cost, firstDay, lastDay} = part.interval.active
    return (cost * BigInt(part.to - part.from)) / BigInt((lastDay + 1 - firstDay) * DAY_MS)
  }

  costs(parts: readonly Part[]): bigint {
    return parts.reduce((sum, part) => sum + this.cost(part), 0n)
  }
}

const keyOf = ({signatureId, from, to}: Window): string => `${signatureId} ${from} ${to}`

/** Ways in which a request says whose it is, each given or left out by itself. */
const HINTS: readonly (readonly (keyof Signature)[])[] = [
  ['tag_service', 'tag_team', 'tag_cost_center', 'tag_repository', 'tag_namespace'],
  ['service', 'namespace', 'workload', 'repository'],
  ['user', 'session', 'team', 'team_name'],
  ['key', 'role', 'project'],
]
const OTHER = 1 << HINTS.length

/** A hint means the same candidate at least this often. */
const MEANS = 0.9

/**
 * The kinds of hint a signature gives, as bits. What goes with several candidates or with none (the key itself, a tag that
 * names none of its users) is no hint.
 */
export function hintsIn(parts: readonly Part[], uses: Uses): (signature: Signature) => number {
  const said = new Map<string, Map<string | null, number>>()
  for (const part of parts) {
    const {signature} = part.interval.active
    for (const field of HINTS.flat()) {
      if (signature[field] === undefined) continue
      const key = `${field} ${signature[field]}`
      const by = said.get(key) ?? new Map<string | null, number>()
      const owner = part.whose
      said.set(key, by.set(owner, (by.get(owner) ?? 0) + uses.requests([part])))
    }
  }
  const hints = new Set(
    [...said].flatMap(([key, by]) => {
      const all = [...by.values()].reduce((sum, requests) => sum + requests, 0)
      return [...by].some(([owner, requests]) => owner !== null && requests >= all * MEANS) ? key : []
    }),
  )
  return signature =>
    HINTS.reduce(
      (bits, fields, kind) =>
        fields.some(field => hints.has(`${field} ${signature[field]}`)) ? bits | (1 << kind) : bits,
      0,
    ) || OTHER
}
