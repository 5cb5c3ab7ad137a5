/** All signatures: each resolved over its active days, in as many intervals as its evidence has. Pure. */
import type {AllocationRule} from '../model/allocation-rule.ts'
import type {Alias, Signature, SignatureField} from '../model/fact.ts'
import {DAY_MS} from '../model/time.ts'
import {type CommitRow, Commits} from './commits.ts'
import {type Company, companyOf} from './company.ts'
import {type Resolved, resolveEntities} from './entities.ts'
import {type DeploymentRow, type EntityRow, Graph, type LinkRow, type RuleRow, Span} from './graph.ts'
import type {Shared} from './hearing.ts'
import {Lookup} from './lookup.ts'
import {measureReliability} from './measured-reliability.ts'
import type {Outcome} from './outcome.ts'
import {type Knowledge, Ownership} from './ownership.ts'
import {CHARGEBACK_FLOOR} from './probability.ts'
import {heuristicBaseline, type Model, whileInTime} from './rail/model.ts'
import {compileRules, directoryOf} from './repository-rules.ts'
import {resolve} from './resolve.ts'
import {NO_RULINGS, type OwnerRuling, type RulingFacts, Rulings, ruled, rulingLinks} from './rulings.ts'
import {allocateShared} from './stages/allocation.ts'
import type {Case, Claim, Deployments} from './stages/claims.ts'
import type {UsesOf} from './stages/shared-use.ts'
import {describedTeams} from './team-groups.ts'
import {withValidity} from './validity.ts'

export interface Facts {
  readonly entities: readonly EntityRow[]
  readonly links: readonly LinkRow[]
  readonly rules: readonly RuleRow[]
  readonly deployments: readonly DeploymentRow[]
  /** What people have decided; absent: nothing. */
  readonly rulings?: RulingFacts
  readonly commits: readonly CommitRow[]
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
  readonly rulings: Rulings
  /** The same without what people have decided about owners. */
  readonly bare: Pick<World, 'graph' | 'ownership' | 'lookup'>
  readonly model: Model
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

/** After everything dated: how things are now. */
const TODAY = Number.MAX_SAFE_INTEGER

/** Which aliases are one node, with everything any fact or row mentions. */
export interface Known extends Resolved {
  /** Aliases that only usage, commits, decisions and lines of CODEOWNERS name. */
  readonly mentioned: readonly Alias[]
}

export function resolveFacts(
  {entities, links, rules, commits, rulings = NO_RULINGS}: Facts,
  signatures: Iterable<Signature> = [],
): Known {
  const mentioned = new Set<Alias>(
    rules.flatMap(({repository, pattern}) => directoryOf(repository, pattern) ?? []),
  )
  for (const signature of signatures)
    for (const field of IDS) if (signature[field] !== undefined) mentioned.add(signature[field])
  for (const {author} of commits) mentioned.add(author)
  for (const {of, team} of rulings.owners) mentioned.add(team).add('alias' in of ? of.alias : team)
  const sorted = [...mentioned].sort()
  return {...resolveEntities(entities, links, rules, sorted), mentioned: sorted}
}

export function worldOf(facts: Facts, known: Known, model: Model): World {
  const {entities, links, rules, rulings = NO_RULINGS} = facts
  const {union, inferred, owners, mentioned} = known
  const knowledge: Knowledge = {
    rules: compileRules(rules, union),
    described: describedTeams(entities),
    commits: new Commits(facts.commits, union),
    model,
  }
  const connect = (decided: readonly LinkRow[]) => {
    // What people decide about owners says nothing of which teams are one.
    const dated = withValidity([...links, ...inferred, ...decided])
    const graph = Graph.of(entities, dated, known, [...mentioned, ...owners])
    const ownership = ownershipIn(graph, companyOf(graph), knowledge)
    return {graph, ownership, lookup: new Lookup(graph, ownership)}
  }
  const decided = rulingLinks(rulings)
  const connected = connect(decided)
  return {
    ...connected,
    deployments: deploymentsOf(facts.deployments, connected.graph),
    model,
    rulings: new Rulings(rulings, connected.graph),
    bare: decided.length === 0 ? connected : connect([]),
  }
}

/** Ownership by sources that are believed as far as they agree with the others here. */
function ownershipIn(graph: Graph, company: Company, knowledge: Knowledge): Ownership {
  const documented = new Ownership(graph, company, knowledge)
  const trust = measureReliability(
    graph.nodes
      .filter(({kind}) => kind === 'service' || kind === 'project')
      .map(node => documented.ownerOf(node, TODAY).witnesses),
    documented.candidates,
  )
  return new Ownership(graph, company, {...knowledge, trust})
}

/** The world in which people have decided some more. `bare` stays, what they decided being nothing of the evidence. */
export function deciding(world: World, rulings: RulingFacts, more: readonly OwnerRuling[]): World {
  const graph = world.graph.with(rulingLinks({owners: more, disputes: []}))
  const ownership = ownershipIn(graph, world.ownership.company, world.ownership.knowledge)
  const isListed = (alias: Alias) => {
    const node = graph.node(alias)!
    return node.kind !== 'service' || world.lookup.lists(node)
  }
  return {
    ...{graph, ownership, deployments: world.deployments, model: world.model, bare: world.bare},
    lookup: more.every(({of}) => !('alias' in of) || isListed(of.alias))
      ? world.lookup
      : new Lookup(graph, ownership),
    rulings: new Rulings({...rulings, owners: [...rulings.owners, ...more]}, graph),
  }
}

export const buildWorld = (
  facts: Facts,
  signatures: Iterable<Signature> = [],
  model: Model = heuristicBaseline('disabled'),
): World => worldOf(facts, resolveFacts(facts, signatures), model)

function deploymentsOf(rows: readonly DeploymentRow[], graph: Graph): Deployments {
  const known = rows.flatMap(row => {
    const node = graph.node(row.subject)
    return node ? [{node, at: row.at, where: row.where}] : []
  })
  const days = known.length < 2 ? 1 : Math.max(1, (known.at(-1)!.at - known[0]!.at) / DAY_MS)
  // A repository and its service go out as one.
  const times = new Set(known.map(({at}) => at))
  return {
    perMs: times.size / (days * DAY_MS),
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

/** A signature over an interval with one answer. */
export interface Interval {
  readonly active: Active
  readonly from: number
  readonly to: number
  readonly outcome: Outcome
  /** Null: not shared. */
  readonly shared: (Shared & {readonly rule: AllocationRule | null}) | null
}

/** How shared costs are split: the company's own rules, and what may be read of how signatures were used. */
export interface Sharing {
  readonly rules: readonly AllocationRule[]
  readonly usesOf: UsesOf
}

/** Nothing is written down, and of use no more is known than what each signature costs. */
const UNKNOWN: Sharing = {rules: [], usesOf: windows => windows.map(() => [])}

/** Once `inTime` is false, `HeuristicBaseline` answers whose the remaining signatures are and which service; their outcomes say so. */
export function attributeAll(
  world: World,
  actives: readonly Active[],
  sharing: Sharing = UNKNOWN,
  inTime: () => boolean = () => true,
): Attribution[] {
  const keyFirstSeen = firstSeen(actives)
  const {rules} = sharing
  const settling: Settling = {world, keyFirstSeen, rules, inTime}
  const intervals = actives.flatMap(active =>
    over(settling, active, {from: active.firstDay * DAY_MS, to: (active.lastDay + 1) * DAY_MS}, []),
  )
  const remembered = withHistory(settling, intervals)
  return allocateShared(world, remembered, sharing.usesOf).map(({active, from, to, outcome}) => ({
    signatureId: active.id,
    from,
    to,
    outcome,
  }))
}

const HOUR_MS = 3_600_000

/** First use of every key that was not in use already when the data begin: those were new long before. */
export function firstSeen(actives: readonly Active[]): ReadonlyMap<string, number> {
  const seen = new Map<string, number>()
  let begin = Number.POSITIVE_INFINITY
  for (const {signature, firstAt} of actives) {
    begin = Math.min(begin, firstAt)
    // Reports say in which hour or day it was, and that is not when.
    if (signature.key !== undefined && firstAt % HOUR_MS !== 0)
      seen.set(signature.key, Math.min(seen.get(signature.key) ?? firstAt, firstAt))
  }
  return new Map([...seen].filter(([, at]) => at >= begin + DAY_MS))
}

interface Settling {
  readonly world: World
  readonly keyFirstSeen: ReadonlyMap<string, number>
  readonly rules: readonly AllocationRule[]
  readonly inTime: () => boolean
}

/** Walks a signature's days: each answer says how long it holds. Equal neighbours become one interval. */
function over(
  {world, keyFirstSeen, rules, inTime}: Settling,
  active: Active,
  {from: start, to: end}: {readonly from: number; readonly to: number},
  history: readonly Claim[],
): Interval[] {
  const found: Interval[] = []
  const model = whileInTime(world.model, inTime)
  const textOf = ({outcome, shared}: Interval) => JSON.stringify([outcome, shared?.rule?.place])
  let last: string | null = null
  for (let at = start; at < end; ) {
    const span = new Span()
    const {key} = active.signature
    const open: Case = {
      ...world,
      model,
      signature: active.signature,
      at,
      span,
      keyFirstSeen: key === undefined ? null : (keyFirstSeen.get(key) ?? null),
    }
    const bare = () => resolve({...open, ...world.bare}, history)
    const settled = ruled(world.rulings, open, resolve(open, history), bare)
    const {outcome} = settled
    const rule = settled.shared && ruleFor(open, settled.shared, rules)
    const shared = settled.shared && {...settled.shared, rule}
    const to = Math.max(at + 1, Math.min(end, span.hi))
    const next = {active, from: at, to, outcome, shared}
    const previous = found.at(-1)
    // Most have one answer on all their days, and nothing to be compared with.
    const text = previous ? textOf(next) : null
    if (previous && text === (last ?? textOf(previous))) found[found.length - 1] = {...previous, to}
    else found.push(next)
    last = text
    at = to
  }
  return found
}

/** The first rule written down for what is shared; where another begins or ends, another answer does. */
function ruleFor(
  {graph, at, span}: Case,
  {holder}: Shared,
  rules: readonly AllocationRule[],
): AllocationRule | null {
  const own = rules.filter(({of}) => graph.node(of) === holder)
  return own.filter(({from, until}) => span.narrow(at, from, until))[0] ?? null
}

/** What is remembered of a key from its other rows: nothing else says so / exact joins say so for a tenth of its cost. */
const REMEMBERED = {weak: 0.75, strong: 0.9} as const
const TELLING_PART = 10n

interface Memory {
  readonly settled: {readonly organization: string; readonly exact: boolean; readonly interval: Interval}[]
  total: bigint
}

/** What rows may tell of their owner beside their key. */
const BESIDE_KEY = [
  ...['user', 'team', 'team_name', 'role', 'session', 'service', 'namespace', 'workload', 'repository'],
  ...['tag_service', 'tag_team', 'tag_cost_center', 'tag_repository', 'tag_namespace'],
] as readonly SignatureField[]

/** The same evidence says nothing new, on other days or of another model. */
const tellsMore = ({signature: other}: Active, {signature: own}: Active): boolean =>
  BESIDE_KEY.some(field => other[field] !== undefined && other[field] !== own[field])

/** R4: what the same key was settled as in other rows, when every such answer agrees. */
function withHistory(settling: Settling, intervals: readonly Interval[]): Interval[] {
  const memories = new Map<string, Memory>()
  for (const interval of intervals) {
    const {active, outcome} = interval
    const {key} = active.signature
    if (key === undefined) continue
    const memory = memories.get(key) ?? {settled: [], total: 0n}
    memories.set(key, memory)
    memory.total += active.cost
    const organization = outcome.owner.organization?.id
    if (outcome.coper >= CHARGEBACK_FLOOR && organization !== undefined)
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
    const others = memory?.settled.filter(other => tellsMore(other.interval.active, active)) ?? []
    const owners = new Set(others.map(({organization}) => organization))
    if (!memory || owners.size !== 1) return [interval]
    // Rows of other days say how it was, not how it is: an owner may have left since.
    const exact = others.filter(other => other.exact && other.interval.from < to && from < other.interval.to)
    const cost = exact.reduce((sum, other) => sum + other.interval.active.cost, 0n)
    const strong = cost > 0n && cost * TELLING_PART >= memory.total
    const claim: Claim = {
      rule: 'R4',
      family: 'history',
      basis: 'key_record',
      probability: strong ? REMEMBERED.strong : REMEMBERED.weak,
      exact: strong,
      about: 'organization',
      node: settling.world.graph.node([...owners][0]!)!,
      where: [],
      because: 'every other row of this key that could be settled is theirs',
    }
    return over(settling, active, {from, to}, [claim])
  })
}
