/** All signatures: each resolved over its active days, in as many intervals as its evidence has. Pure. */
import type {Alias, Signature} from '../model/fact.ts'
import {allocate} from '../model/money.ts'
import {DAY_MS} from '../model/time.ts'
import {type Resolved, resolveEntities} from './entities.ts'
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
import {compileRules, directoryOf} from './repository-rules.ts'
import {budgetOf, resolve} from './resolve.ts'
import type {Case, Claim, Deployments} from './stages/claims.ts'
import {describedTeams} from './teams.ts'
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

/** Signature fields that hold ids. A thing only usage knows is a node too: it may turn out to be one that others know. */
const IDS = [
  'key',
  'project',
  'user',
  'team',
  'organization',
  'role',
  'account',
  'repository',
  'namespace',
  'workload',
] as const

/** Which aliases are one node, with everything any fact or row mentions. */
export interface Known extends Resolved {
  /** Aliases that only usage and lines of CODEOWNERS name. */
  readonly mentioned: readonly Alias[]
}

export function resolveFacts({entities, links, rules}: Facts, signatures: Iterable<Signature> = []): Known {
  const mentioned = new Set<Alias>(
    rules.flatMap(({repository, pattern}) => directoryOf(repository, pattern) ?? []),
  )
  for (const signature of signatures)
    for (const field of IDS) if (signature[field] !== undefined) mentioned.add(signature[field])
  const sorted = [...mentioned].sort()
  return {...resolveEntities(entities, links, rules, sorted), mentioned: sorted}
}

export function worldOf({entities, links, rules, deployments}: Facts, known: Known): World {
  const {union, inferred, owners, mentioned} = known
  const graph = new Graph(entities, withValidity([...links, ...inferred]), known, [...mentioned, ...owners])
  const ownership = new Ownership(graph, compileRules(rules, union), describedTeams(entities))
  const lookup = new Lookup(graph, ownership)
  return {graph, ownership, lookup, deployments: deploymentsOf(deployments, graph)}
}

export const buildWorld = (facts: Facts, signatures: Iterable<Signature> = []): World =>
  worldOf(facts, resolveFacts(facts, signatures))

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
  const intervals = actives.flatMap(active =>
    over(
      world,
      active,
      {from: active.firstDay * DAY_MS, to: (active.lastDay + 1) * DAY_MS},
      keyFirstSeen,
      [],
    ),
  )
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
  {from: start, to: end}: {readonly from: number; readonly to: number},
  keyFirstSeen: ReadonlyMap<string, number>,
  history: readonly Claim[],
): Interval[] {
  const found: Interval[] = []
  let last = ''
  for (let at = start; at < end; ) {
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

/** What is remembered of a key from its other rows: nothing else says so / exact joins say so for a tenth of its cost. */
const REMEMBERED = {weak: 0.75, strong: 0.9} as const
const TELLING_PART = 10n

interface Memory {
  readonly settled: {readonly organization: string; readonly exact: boolean; readonly interval: Interval}[]
  total: bigint
}

/** R4: what the same key was settled as in other rows, when every such answer agrees. */
function withHistory(
  world: World,
  intervals: readonly Interval[],
  keyFirstSeen: ReadonlyMap<string, number>,
): Interval[] {
  const memories = new Map<string, Memory>()
  for (const interval of intervals) {
    const {active, outcome} = interval
    const {key} = active.signature
    if (key === undefined) continue
    const memory = memories.get(key) ?? {settled: [], total: 0n}
    memories.set(key, memory)
    memory.total += active.cost
    const organization = outcome.owner.organization?.id
    if (outcome.coper >= SETTLED && organization !== undefined)
      memory.settled.push({
        organization,
        exact: outcome.output_state === 'deterministically_resolved',
        interval,
      })
  }
  return intervals.flatMap(interval => {
    const {active, from, to, outcome} = interval
    if (outcome.output_state !== 'unknown' && outcome.output_state !== 'ambiguous') return [interval]
    const memory = memories.get(active.signature.key ?? '')
    const owners = new Set(memory?.settled.map(({organization}) => organization))
    if (!memory || owners.size !== 1) return [interval]
    // Rows of other days say how it was, not how it is: an owner may have left since.
    const exact = memory.settled.filter(
      other => other.exact && other.interval.from < to && from < other.interval.to,
    )
    const cost = exact.reduce((sum, other) => sum + other.interval.active.cost, 0n)
    const strong = cost > 0n && cost * TELLING_PART >= memory.total
    const claim: Claim = {
      rule: 'R4',
      family: 'history',
      basis: 'key_record',
      probability: strong ? REMEMBERED.strong : REMEMBERED.weak,
      exact: strong,
      about: 'organization',
      node: world.graph.node([...owners][0]!)!,
      where: [],
      because: 'every other row of this key that could be settled is theirs',
    }
    return over(world, active, {from, to}, keyFirstSeen, [claim])
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
