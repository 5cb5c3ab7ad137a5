/**
 * What people have decided: overrides and declared owners, which outrank all evidence on their subject, and disputes, while
 * which money stays contested. Pure; `docs/engine.md` has the order of precedence.
 */
import {signatureText} from '../model/chunk.ts'
import type {Alias} from '../model/fact.ts'
import {budgetOf} from './answers.ts'
import type {Graph, LinkRow, Node, Span} from './graph.ts'
import type {Outcome, Ref} from './outcome.ts'
import {CAP, CHARGEBACK_FLOOR, logit} from './probability.ts'
import {RELIABILITY} from './reliability.ts'
import type {Settled} from './resolve.ts'
import type {Case} from './stages/claims.ts'
import {isPerson} from './stages/holders.ts'
import {edge} from './voices.ts'

/** Everything of one node, or everything with one evidence (a signature's text). */
export type RulingSubject = {readonly alias: Alias} | {readonly evidence: string}

interface Ruling {
  readonly of: RulingSubject
  /** Days of use it is about, as epoch ms, end excluded; null: unbounded. */
  readonly from: number | null
  readonly to: number | null
  /** `audit:7` or `venturi.yaml`. */
  readonly where: string
}

/** Somebody's word on whose something is. Of two about one thing the later in the list holds. */
export interface OwnerRuling extends Ruling {
  readonly rule: 'override' | 'declared'
  readonly team: Alias
  /** A person, or `venturi.yaml`. */
  readonly who: string
  /** The day, as written, and the reason of an override. */
  readonly on: string | null
  readonly why: string | null
}

export interface DisputeRuling extends Ruling {
  readonly id: number
  readonly who: string
  readonly on: string
  readonly why: string
}

export interface RulingFacts {
  readonly owners: readonly OwnerRuling[]
  readonly disputes: readonly DisputeRuling[]
}

export const NO_RULINGS: RulingFacts = {owners: [], disputes: []}

/** The same as links of the graph: where it is only likely which service a call is, its owner is one witness among others. */
export const rulingLinks = ({owners}: RulingFacts): LinkRow[] =>
  owners.flatMap(({of, team, from, to, where}) =>
    'alias' in of
      ? [
          {
            ...{relation: 'owned_by' as const, from: of.alias, to: team, basis: 'declared' as const},
            ...{validFrom: from, validTo: to, exclusive: false, where},
          },
        ]
      : [],
  )

/** Rulings by what they are about. */
class Index<R extends Ruling> {
  readonly #ofNode = new Map<Alias, R[]>()
  readonly #ofEvidence = new Map<string, R[]>()

  constructor(rulings: readonly R[], graph: Graph) {
    for (const ruling of rulings) {
      const [map, key] =
        'alias' in ruling.of
          ? [this.#ofNode, graph.node(ruling.of.alias)?.id ?? ruling.of.alias]
          : [this.#ofEvidence, ruling.of.evidence]
      map.set(key, [...(map.get(key) ?? []), ruling])
    }
  }

  get isEmpty(): boolean {
    return this.#ofNode.size + this.#ofEvidence.size === 0
  }

  /** The last that holds at `at` of the first subject that has any. */
  find(
    evidence: string,
    nodes: Iterable<Node>,
    at: number,
    span: Span,
  ): {ruling: R; node: Node | null} | null {
    const last = (rulings: readonly R[] = []) => rulings.findLast(({from, to}) => span.narrow(at, from, to))
    const own = last(this.#ofEvidence.get(evidence))
    if (own) return {ruling: own, node: null}
    for (const node of nodes) {
      const ruling = last(this.#ofNode.get(node.id))
      if (ruling) return {ruling, node}
    }
    return null
  }
}

export class Rulings {
  readonly owners: Index<OwnerRuling>
  readonly disputes: Index<DisputeRuling>

  constructor({owners, disputes}: RulingFacts, graph: Graph) {
    this.owners = new Index(owners, graph)
    this.disputes = new Index(disputes, graph)
  }
}

/** What is settled, as far as nobody has decided otherwise. `bare`: what it would be without anybody's decisions. */
export function ruled(
  {owners, disputes}: Rulings,
  open: Case,
  settled: Settled,
  bare: () => Settled,
): Settled {
  if (owners.isEmpty && disputes.isEmpty) return settled
  const evidence = signatureText(open.signature)
  const subjects = subjectsOf(open, settled)
  const found = owners.find(evidence, subjects, open.at, open.span)
  const team = found && teamOf(open, found.ruling)
  const answer = team ? {outcome: overridden(open, bare().outcome, {...found, team}), shared: null} : settled
  const {owner} = answer.outcome
  const owned = [owner.service, owner.identity, owner.project, owner.organization].flatMap(
    ref => (ref && open.graph.node(ref.id)) ?? [],
  )
  const dispute = disputes.find(evidence, [...subjects, ...owned], open.at, open.span)
  return {
    ...settled,
    ...answer,
    outcome: dispute ? contested(answer.outcome, dispute.ruling) : answer.outcome,
  }
}

/** From here on a service is known well enough for a word on it to decide. */
const SURE = CHARGEBACK_FLOOR
const BEHIND = ['acts_for', 'built_from', 'runs_in'] as const
const MOST_STEPS = 4

/** Nodes that a signature is about, the most particular first. */
function subjectsOf(open: Case, {service}: Settled): Set<Node> {
  const direct = (...fields: readonly (keyof Case['signature'])[]): Node[] =>
    fields.flatMap(field => {
      const alias = open.signature[field]
      return alias === undefined ? [] : (open.graph.node(alias) ?? [])
    })
  const sure = service !== null && service.probability >= SURE ? service.node : null
  const callers = direct('key', 'role', 'workload')
  const reached = (from: readonly Node[]) => from.flatMap(node => behind(open, node, sure !== null))
  return new Set([
    ...callers,
    ...(sure === null ? [] : [sure, ...reached([sure])]),
    ...direct('repository', 'namespace', 'user'),
    ...reached(callers),
    ...direct('project', 'team', 'organization', 'account'),
  ])
}

/**
 * What stands behind a key, role or service: service accounts, repositories, namespaces, projects. Which service it is
 * has been settled; a person stands behind a key only where no service does.
 */
function behind(open: Case, start: Node, isService: boolean): Node[] {
  const found = new Set<Node>()
  let edge = [start]
  for (let step = 0; step < MOST_STEPS && edge.length > 0; step++) {
    edge = edge
      .flatMap(node => BEHIND.flatMap(relation => [...open.graph.out(node, relation, open.at, open.span)]))
      .map(({to}) => to)
      .filter(node => !found.has(node) && node.kind !== 'service' && node.kind !== 'organization')
      .filter(node => !(isService && isPerson(node)))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    for (const node of edge) {
      found.add(node)
      const whole = node.id.includes('#')
        ? open.graph.node(node.id.slice(0, node.id.indexOf('#')))
        : undefined
      if (whole) found.add(whole)
    }
  }
  return [...found]
}

/** An override names its team outright; what `venturi.yaml` calls a team may be a name, or a person of it. */
function teamOf(open: Case, {rule, team}: OwnerRuling): Node | null {
  const node = open.graph.node(team)
  if (!node) return null
  if (rule === 'override') return node.kind === 'organization' ? node : null
  const says = open.ownership.organizationsOf(node, RELIABILITY.declared, open.at, open.span)
  const [best] = [...says].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return best && best[1] >= SURE ? open.graph.node(best[0])! : null
}

interface Ruled {
  readonly ruling: OwnerRuling
  /** Null: the record's own evidence. */
  readonly node: Node | null
  readonly team: Node
}

const ref = ({id, name}: Node): Ref => ({id, name})
function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000
}

/** The ruling decides; what the evidence says stays beside it. */
function overridden(open: Case, evidence: Outcome, {ruling, node, team}: Ruled): Outcome {
  const {rule, where} = ruling
  const organization = ref(team)
  const budget = budgetOf(open, team)
  const prior = thousandths(logit(1 / open.ownership.candidates))
  const settled = {output_state: 'deterministically_resolved', coper: CAP, stage_origin: 'stage_a'} as const
  const because = sentence(ruling, node?.name ?? 'it', team.name)
  const against = contradictionOf(evidence, team)
  const relation =
    node === null || node.kind === 'identity' ? 'identity_organization' : 'project_organization'
  const decided = edge(relation, node?.id ?? null, team.id, [
    {rule, basis: 'declared', source: because, where, log_odds: SAID},
  ])
  return {
    ...evidence,
    ...settled,
    owner: {...evidence.owner, ...(node && asLayer(evidence, node)), organization, budget},
    shares: [{organization, budget, share_ppm: 1_000_000, basis: 'sole owner'}],
    edges: [...evidence.edges.filter(({relation: leads}) => !leads.endsWith('_organization')), decided].map(
      item => ({...item, ...settled}),
    ),
    candidates: [
      {organization, probability: CAP, evidence_basis: ['declared']},
      ...evidence.candidates
        .filter(({organization: other}) => other.id !== team.id)
        .map(other => ({...other, probability: Math.round(other.probability * (1 - CAP) * 10_000) / 10_000})),
    ],
    waterfall: [
      {
        because: `one of ${open.ownership.candidates} organizations, nothing known`,
        log_odds: prior,
        evidence: [],
      },
      {because, log_odds: thousandths(SAID - prior), evidence: [where]},
    ],
    basis: ['declared', ...(evidence.owner.organization?.id === team.id ? evidence.basis : [])],
    contradictions: [
      ...evidence.contradictions,
      ...(against === null ? [] : [`the evidence alone says ${against}`]),
    ],
    rationale: `${because} (${where}).${against === null ? '' : ` The evidence alone says ${against}.`}`,
  }
}

const SAID = thousandths(logit(RELIABILITY.declared))

const sentence = ({rule, who, on, why}: OwnerRuling, what: string, team: string): string =>
  rule === 'declared'
    ? `${who} says that ${what} is ${team}'s`
    : `${who} decided on ${on} that ${what} is ${team}'s: ${why}`

/** What the evidence alone is sure of, where that is another owner. */
function contradictionOf({owner, coper}: Outcome, team: Node): string | null {
  if (owner.organization === null || owner.organization.id === team.id || coper < CHARGEBACK_FLOOR)
    return null
  return `${owner.organization.name}, at ${coper}`
}

/** The subject itself, where the evidence has nothing for its layer. */
function asLayer({owner}: Outcome, node: Node): Partial<Outcome['owner']> {
  if (node.kind === 'organization') return {}
  return owner[node.kind] === null ? {[node.kind]: ref(node)} : {}
}

const contested = (outcome: Outcome, {id, who, on, why}: DisputeRuling): Outcome => ({
  ...outcome,
  disputed: {id, why},
  rationale: `${outcome.rationale} ${who} has disputed it since ${on}: ${why} (audit:${id}). Until that is resolved it is contested.`,
})
