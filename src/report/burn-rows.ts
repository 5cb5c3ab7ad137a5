/** A week's usage by cost center, project, feature and owner, beside the week before. Every nano-dollar is in one row. Pure. */
import {createHash} from 'node:crypto'
import type {Ref} from '../engine/outcome.ts'
import {canonical} from '../model/audit.ts'
import {allocate, type Nanos} from '../model/money.ts'
import {type Change, type Consumed, changeOf} from './change.ts'
import {consumedOf, modelOf} from './consumed.ts'
import type {Calls, Use} from './load-activity.ts'
import {sharesOf, splitOver} from './record.ts'

/** `by`: the caller's tag, or what the attribution found where there is none. */
export interface Dimension {
  readonly by: 'tag' | 'attributed'
  /** The tag, or the alias. */
  readonly id: string
  readonly name: string
}

export interface Dimensions {
  readonly costCenter: Dimension | null
  readonly project: Dimension | null
  readonly feature: Dimension | null
  /** The attributed owner, whatever a tag says. */
  readonly owner: Ref | null
}

/** A part of what a row costs, by a name. */
export interface Mixed {
  readonly name: string
  /** Of the row's cost; parts sum to 1,000,000. */
  readonly sharePpm: number
}

/** How its calls went, where gateways and traces logged them. Calls of money that is split count in each of its rows. */
export interface Went {
  readonly topReason: string | null
  /** Parts per million of the calls whose log tells; null: none does. */
  readonly errorPpm: number | null
  readonly retryPpm: number | null
}

export interface BurnRow extends Dimensions, Went {
  /** Of its dimensions: the same in every week. */
  readonly key: string
  readonly cost: Nanos
  readonly records: number
  /** Null: the week before has no usage at all. */
  readonly prior: Nanos | null
  readonly change: Change | null
  /** Largest first. */
  readonly models: readonly Mixed[]
  readonly intents: readonly Mixed[]
  /** Requests now and in the week before; null: nobody counted. */
  readonly requests: {readonly now: bigint | null; readonly before: bigint | null}
  /** What tags say that the attribution does not. */
  readonly contradictions: readonly string[]
}

/** Dearest first, ties by key. `prior`: null where the week before has no usage. */
export function burnRows(
  current: readonly Use[],
  prior: readonly Use[] | null,
  calls: readonly Calls[],
): BurnRow[] {
  const rows = new Map<string, Row>()
  const rowFor = (dimensions: Dimensions): Row => {
    const key = keyOf(dimensions)
    let row = rows.get(key)
    if (row === undefined) rows.set(key, (row = new Row(key, dimensions)))
    return row
  }
  for (const {use, dimensions, share, cost} of partsOf(current))
    rowFor(dimensions).add('now', use, share, cost)
  for (const {use, dimensions, share, cost} of partsOf(prior ?? []))
    rowFor(dimensions).add('before', use, share, cost)
  const byWorkload = Map.groupBy(calls, ({workload}) => workload.id)
  return [...rows.values()]
    .map(row => row.done(prior !== null, byWorkload))
    .sort((a, b) => (a.cost === b.cost ? (a.key < b.key ? -1 : 1) : a.cost > b.cost ? -1 : 1))
}

/** Eight digits of a digest of what the row is about. */
export function keyOf({costCenter, project, feature, owner}: Dimensions): string {
  const about = [costCenter, project, feature].map(dimension => dimension && [dimension.by, dimension.id])
  return createHash('sha256')
    .update(canonical([...about, owner?.id ?? null]))
    .digest('hex')
    .slice(0, 8)
}

/** What people call a row: what is known of it, the most telling first. */
export function nameOf({costCenter, project, feature, owner}: Dimensions): string {
  const known = [feature?.name, project?.name, owner?.name ?? costCenter?.name]
  return known.filter(name => name !== undefined).join(', ') || 'usage nothing is known of'
}

interface Part {
  readonly use: Use
  readonly dimensions: Dimensions
  /** Parts per million of the use. */
  readonly share: number
  readonly cost: Nanos
}

function* partsOf(uses: readonly Use[]): Generator<Part> {
  for (const use of uses) {
    const {outcome, tags} = use.workload
    const shares = use.spendClass === 'unresolved' ? NOBODY : sharesOf(outcome)
    const costs = use.spendClass === 'unresolved' ? [use.cost] : splitOver(shares, use.cost)
    const project = tagged(tags.project_id) ?? attributed(outcome.owner.project)
    const feature = tagged(tags.feature)
    for (const [index, {organization: owner, budget, share_ppm: share}] of shares.entries()) {
      const costCenter = tagged(tags.cost_center) ?? attributed(budget)
      yield {use, dimensions: {costCenter, project, feature, owner}, share, cost: costs[index]!}
    }
  }
}

const NOBODY = [{organization: null, budget: null, share_ppm: 1_000_000, basis: 'owner not known'}] as const

const tagged = (tag: string | undefined): Dimension | null =>
  tag === undefined ? null : {by: 'tag', id: tag, name: tag}

const attributed = (found: Ref | null): Dimension | null =>
  found === null ? null : {by: 'attributed', id: found.id, name: found.name}

type Week = 'now' | 'before'

class Row {
  readonly #key: string
  readonly #dimensions: Dimensions
  readonly #consumed = {now: new Map<string, Consumed>(), before: new Map<string, Consumed>()}
  readonly #models = new Map<string, Nanos>()
  readonly #intents = new Map<string, Nanos>()
  readonly #contradictions = new Set<string>()
  readonly #workloads = new Set<number>()
  readonly #counted = new Set<Use>()
  #records = 0

  constructor(key: string, dimensions: Dimensions) {
    this.#key = key
    this.#dimensions = dimensions
  }

  add(week: Week, use: Use, share: number, cost: Nanos): void {
    const part = consumedOf(use, share, cost)
    // What a bill adds without counts stays apart from what is counted.
    const place = `${part.model} ${part.requests === null} ${part.tokens === null}`
    const sums = this.#consumed[week]
    sums.set(place, joined(sums.get(place), part))
    if (week === 'before') return
    const {tags, outcome, id} = use.workload
    addTo(this.#models, modelOf(use) ?? UNSAID, cost)
    addTo(this.#intents, tags.request_intent ?? UNSAID, cost)
    this.#workloads.add(id)
    if (!this.#counted.has(use)) this.#records += use.records
    this.#counted.add(use)
    for (const said of outcome.contradictions) this.#contradictions.add(said)
    for (const said of differing(use, this.#dimensions)) this.#contradictions.add(said)
  }

  done(compared: boolean, calls: ReadonlyMap<number, readonly Calls[]>): BurnRow {
    const [now, before] = [[...this.#consumed.now.values()], [...this.#consumed.before.values()]]
    return {
      ...this.#dimensions,
      key: this.#key,
      cost: costOf(now),
      records: this.#records,
      prior: compared ? costOf(before) : null,
      change: compared ? changeOf(before, now) : null,
      models: mixOf(this.#models),
      intents: this.#intents.size === 1 && this.#intents.has(UNSAID) ? [] : mixOf(this.#intents),
      requests: {now: requestsOf(now), before: compared ? requestsOf(before) : null},
      contradictions: [...this.#contradictions].sort(),
      ...wentOf([...this.#workloads].flatMap(id => calls.get(id) ?? [])),
    }
  }
}

const UNSAID = 'not said'

const plus = (a: bigint | null, b: bigint | null): bigint | null => (a === null ? b : b === null ? a : a + b)

const joined = (known: Consumed | undefined, part: Consumed): Consumed =>
  known === undefined
    ? part
    : {
        model: part.model,
        requests: plus(known.requests, part.requests),
        tokens: plus(known.tokens, part.tokens),
        cost: known.cost + part.cost,
      }

const costOf = (consumed: readonly Consumed[]): Nanos => consumed.reduce((sum, {cost}) => sum + cost, 0n)

/** Whole requests, rounded down. */
const requestsOf = (consumed: readonly Consumed[]): bigint | null => {
  const sum = consumed.reduce<bigint | null>((total, {requests}) => plus(total, requests), null)
  return sum === null ? null : sum / 1_000_000n
}

function addTo(sums: Map<string, Nanos>, name: string, cost: Nanos): void {
  sums.set(name, (sums.get(name) ?? 0n) + cost)
}

/** A credit takes no part in a mix. */
function mixOf(sums: ReadonlyMap<string, Nanos>): Mixed[] {
  if (sums.size === 0) return []
  const parts = [...sums].map(([key, cost]) => ({key, weight: cost > 0n ? cost : 0n}))
  const shares = allocate(1_000_000n, parts)
  return parts
    .map(({key: name}, index) => ({name, sharePpm: Number(shares[index]!)}))
    .sort((a, b) => b.sharePpm - a.sharePpm || (a.name < b.name ? -1 : 1))
}

/** A tag that names another cost center or owner than the attribution found. */
function differing({workload: {tags, outcome}, spendClass}: Use, {owner, costCenter}: Dimensions): string[] {
  if (spendClass === 'unresolved') return []
  const said: string[] = []
  const claims = outcome.contradictions.some(text => tags.owner_team && text.includes(tags.owner_team))
  if (tags.owner_team !== undefined && owner !== null && !claims && !names(tags.owner_team, owner))
    said.push(`the tag says owner_team ${tags.owner_team}`)
  const {budget} = outcome.owner
  if (costCenter?.by === 'tag' && budget !== null && !names(costCenter.name, budget))
    said.push(`the tag says cost_center ${costCenter.name}, the owner's is ${budget.name}`)
  return said
}

const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')

/** Whether a tag is the name of what was found, its code, or a part of them. */
function names(tag: string, {id, name}: Ref): boolean {
  const [said, code, whole] = [plain(tag), plain(id.slice(id.lastIndexOf('/') + 1)), plain(name)]
  return (
    said !== '' && [code, whole].some(known => known.includes(said) || (known !== '' && said.includes(known)))
  )
}

function wentOf(calls: readonly Calls[]): Went {
  const reasons = new Map<string, number>()
  const sum = {calls: 0, told: 0, failed: 0, retried: 0}
  for (const {context, calls: count, told, failed} of calls) {
    sum.calls += count
    sum.told += told
    sum.failed += failed
    if (context.retries !== undefined) sum.retried += count
    if (context.reason !== undefined) reasons.set(context.reason, (reasons.get(context.reason) ?? 0) + count)
  }
  const [top] = [...reasons].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return {
    topReason: top?.[0] ?? null,
    errorPpm: sum.told === 0 ? null : Math.round((sum.failed * 1_000_000) / sum.told),
    // Logs tell of retries only where there were some: without any it is not known whether they would.
    retryPpm: sum.retried === 0 ? null : Math.round((sum.retried * 1_000_000) / sum.calls),
  }
}
