/** All signatures: each resolved over its active days, in as many intervals as its evidence has. Pure. */
import type {Signature} from '../model/fact.ts'
import {allocate} from '../model/money.ts'
import {DAY_MS} from '../model/time.ts'
import {resolveEntities} from './entities.ts'
import {
  type DeploymentRow,
  type EntityRow,
  Graph,
  type LinkRow,
  type Node,
  type RuleRow,
  Span,
} from './graph.ts'
import {Lookup} from './lookup.ts'
import type {Outcome, Share} from './outcome.ts'
import {Ownership} from './ownership.ts'
import {compileRules} from './repository-rules.ts'
import {budgetOf, resolve} from './resolve.ts'
import type {Case, Claim, Deployments} from './stages/claims.ts'
import {withValidity} from './validity.ts'

export interface Facts {
  readonly entities: readonly EntityRow[]
  readonly links: readonly LinkRow[]
  readonly rules: readonly RuleRow[]
  readonly deployments: readonly DeploymentRow[]
}

/** A signature and when it was used. */
export interface Active {
  readonly id: number
  readonly signature: Signature
  readonly firstDay: number
  readonly lastDay: number
  /** Epoch ms of its first use. */
  readonly firstAt: number
  /** What its rows say they cost, nano-dollars. */
  readonly cost: bigint
}

export interface Attribution {
  readonly signatureId: number
  /** Epoch ms, half-open. */
  readonly from: number
  readonly to: number
  readonly outcome: Outcome
}

export interface World {
  readonly graph: Graph
  readonly ownership: Ownership
  readonly lookup: Lookup
  readonly deployments: Deployments
}

export function buildWorld(facts: Facts): World {
  const {union, merges} = resolveEntities(facts.entities, facts.links, facts.rules)
  const owners: EntityRow[] = []
  const graph = new Graph([...facts.entities, ...owners], withValidity(facts.links), union, merges)
  const ownership = new Ownership(graph, compileRules(facts.rules, union))
  return {
    graph,
    ownership,
    lookup: new Lookup(graph, ownership.organizations),
    deployments: deploymentsOf(facts.deployments, graph),
  }
}

function deploymentsOf(rows: readonly DeploymentRow[], graph: Graph): Deployments {
  const known = rows.flatMap(row => {
    const node = graph.node(row.subject)
    return node ? [{node, at: row.at, where: row.where}] : []
  })
  return {
    before(at, within) {
      let low = 0
      for (let high = known.length; low < high; ) {
        const middle = (low + high) >> 1
        if (known[middle]!.at < at - within) low = middle + 1
        else high = middle
      }
      const found: (typeof known)[number][] = []
      for (let index = low; index < known.length && known[index]!.at <= at; index++) found.push(known[index]!)
      return found
    },
  }
}

interface Interval {
  readonly active: Active
  readonly from: number
  readonly to: number
  outcome: Outcome
  readonly closedSet: readonly Node[]
}

export function attributeAll(world: World, actives: readonly Active[]): Attribution[] {
  const keyFirstSeen = new Map<string, number>()
  for (const {signature, firstAt} of actives)
    if (signature.key !== undefined)
      keyFirstSeen.set(signature.key, Math.min(keyFirstSeen.get(signature.key) ?? firstAt, firstAt))
  const intervals = actives.flatMap(active => over(world, active, keyFirstSeen, []))
  const remembered = withHistory(world, intervals, keyFirstSeen)
  return splitShared(world, remembered).map(({active, from, to, outcome}) => ({
    signatureId: active.id,
    from,
    to,
    outcome,
  }))
}

/** Walks a signature's days: each answer says how long it holds. Equal neighbours become one interval. */
function over(
  world: World,
  active: Active,
  keyFirstSeen: ReadonlyMap<string, number>,
  history: readonly Claim[],
): Interval[] {
  const end = (active.lastDay + 1) * DAY_MS
  const found: Interval[] = []
  let last = ''
  for (let at = active.firstDay * DAY_MS; at < end; ) {
    const span = new Span()
    const {key} = active.signature
    const open: Case = {
      ...world,
      signature: active.signature,
      at,
      span,
      keyFirstSeen: key === undefined ? null : (keyFirstSeen.get(key) ?? null),
    }
    const {outcome, closedSet} = resolve(open, history)
    const to = Math.max(at + 1, Math.min(end, span.hi))
    const text = JSON.stringify(outcome)
    const previous = found.at(-1)
    if (previous && text === last) found[found.length - 1] = {...previous, to}
    else found.push({active, from: at, to, outcome, closedSet})
    last = text
    at = to
  }
  return found
}

const SETTLED = 0.8
const REMEMBERED = 0.75

/** R4: what the same key or user was settled as elsewhere, when every such answer agrees. */
function withHistory(
  world: World,
  intervals: readonly Interval[],
  keyFirstSeen: ReadonlyMap<string, number>,
): Interval[] {
  const settled = new Map<string, Map<string, string>>()
  const fields = ['key', 'user'] as const
  for (const {active, outcome} of intervals) {
    if (outcome.coper < SETTLED || !outcome.owner.organization) continue
    for (const field of fields) {
      const value = active.signature[field]
      if (value === undefined) continue
      const owners = settled.get(value) ?? new Map<string, string>()
      settled.set(value, owners.set(outcome.owner.organization.id, active.signature.key_name ?? value))
    }
  }
  return intervals.flatMap(interval => {
    if (interval.outcome.output_state !== 'unknown') return [interval]
    for (const field of fields) {
      const value = interval.active.signature[field]
      const owners = value === undefined ? undefined : settled.get(value)
      if (owners?.size !== 1) continue
      const [[id]] = [...owners] as [[string, string]]
      const because = `the same ${field} was settled as theirs in other rows`
      const claim: Claim = {
        rule: 'R4',
        family: 'history',
        basis: field === 'key' ? 'key_record' : 'directory',
        probability: REMEMBERED,
        exact: false,
        about: 'organization',
        node: world.graph.node(id)!,
        where: [],
        because,
      }
      return over(
        world,
        {
          ...interval.active,
          firstDay: Math.floor(interval.from / DAY_MS),
          lastDay: Math.ceil(interval.to / DAY_MS) - 1,
        },
        keyFirstSeen,
        [claim],
      )
    }
    return [interval]
  })
}

/**
 * Stage C: a shared key's spend is split over its closed set: by measured use (requests under the same key that carry a
 * hint), else by what those organizations spend elsewhere, else evenly.
 */
function splitShared(world: World, intervals: readonly Interval[]): Interval[] {
  const measured = new Map<string, Map<string, bigint>>()
  const elsewhere = new Map<string, bigint>()
  for (const {active, outcome} of intervals) {
    const organization = outcome.owner.organization?.id
    if (organization === undefined || outcome.coper < SETTLED) continue
    elsewhere.set(organization, (elsewhere.get(organization) ?? 0n) + active.cost)
    const {key} = active.signature
    if (key === undefined) continue
    const uses = measured.get(key) ?? new Map<string, bigint>()
    measured.set(key, uses.set(organization, (uses.get(organization) ?? 0n) + active.cost))
  }
  return intervals.map(interval => {
    if (interval.closedSet.length === 0) return interval
    const uses = measured.get(interval.active.signature.key ?? '')
    const {weights, basis} = basisOf(interval.closedSet, uses, elsewhere)
    const parts = allocate(
      1_000_000n,
      interval.closedSet.map((node, index) => ({key: node.id, weight: weights[index]!})),
    )
    const shares: Share[] = interval.closedSet.flatMap((node, index) =>
      parts[index] === 0n
        ? []
        : [
            {
              organization: {id: node.id, name: node.name},
              budget: budgetOf({...world, at: interval.from, span: new Span()}, node),
              share_ppm: Number(parts[index]),
              basis,
            },
          ],
    )
    const leading = Math.max(...shares.map(({share_ppm}) => share_ppm)) / 1_000_000
    const outcome: Outcome = {
      ...interval.outcome,
      shares,
      coper: Math.min(0.79, Math.round(leading * 10_000) / 10_000),
      rationale: `${interval.outcome.rationale} It is split ${basis}.`,
    }
    return {...interval, outcome}
  })
}

function basisOf(
  closed: readonly Node[],
  uses: ReadonlyMap<string, bigint> | undefined,
  elsewhere: ReadonlyMap<string, bigint>,
): {weights: bigint[]; basis: string} {
  for (const [totals, basis] of [
    [uses, 'by measured use under the same key'],
    [elsewhere, 'by what each spends elsewhere'],
  ] as const) {
    const weights = closed.map(({id}) => totals?.get(id) ?? 0n)
    if (weights.some(weight => weight > 0n)) return {weights, basis}
  }
  return {weights: closed.map(() => 1n), basis: 'in equal parts'}
}
