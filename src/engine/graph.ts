/**
 * The graph: nodes (one thing under all its aliases) and dated links between them. Built from facts; pure.
 * A look-up at an instant also narrows a `Span`: how long its answer stays the same.
 */
import type {Alias, Basis, NodeKind, Relation} from '../model/fact.ts'

export interface EntityRow {
  readonly kind: NodeKind
  readonly alias: Alias
  readonly name: string | null
  readonly type: string | null
  readonly status: string | null
  /** `file:line`. */
  readonly where: string
}

export interface LinkRow {
  readonly relation: Relation
  readonly from: Alias
  readonly to: Alias
  readonly basis: Basis
  readonly validFrom: number | null
  readonly validTo: number | null
  readonly exclusive: boolean
  readonly where: string
}

export interface RuleRow {
  readonly repository: Alias
  readonly file: string
  readonly line: number
  readonly pattern: string
  readonly owners: readonly string[]
  /** GitLab's section; null: the file is GitHub's, or has none. */
  readonly section: string | null
  readonly validFrom: number | null
  readonly validTo: number | null
  readonly where: string
}

export interface DeploymentRow {
  readonly subject: Alias
  readonly environment: string | null
  readonly at: number
  readonly where: string
}

/** Half-open interval in which an answer holds; look-ups narrow it. */
export class Span {
  lo = Number.NEGATIVE_INFINITY
  hi = Number.POSITIVE_INFINITY

  /** An interval that holds at `at`, or one that does not and so ends or begins the answer. */
  narrow(at: number, from: number | null, to: number | null): boolean {
    if (from !== null && at < from) {
      this.hi = Math.min(this.hi, from)
      return false
    }
    if (to !== null && at >= to) {
      this.lo = Math.max(this.lo, to)
      return false
    }
    if (from !== null) this.lo = Math.max(this.lo, from)
    if (to !== null) this.hi = Math.min(this.hi, to)
    return true
  }

  within(other: Span): void {
    this.lo = Math.max(this.lo, other.lo)
    this.hi = Math.min(this.hi, other.hi)
  }
}

export interface Node {
  /** The alias that names the node: the best-known system's, ties by text. */
  readonly id: Alias
  readonly kind: NodeKind
  readonly name: string
  readonly type: string | null
  readonly status: string | null
  readonly aliases: readonly Alias[]
}

/** Why two aliases are one node, and how sure that is. */
export interface Merge {
  readonly a: Alias
  readonly b: Alias
  readonly probability: number
  readonly because: string
  readonly where: string | null
}

/** A merge that `venturi.yaml` forbids, and the two aliases it keeps apart. */
export interface Refused extends Merge {
  readonly apart: readonly [Alias, Alias]
}

/** Two groups that may be one team and were not merged, and why not. */
export interface Rival extends Merge {
  readonly why: string
}

export class Union {
  readonly #parent: Map<Alias, Alias>
  /** By root: aliases that no member of its cluster may be one with, each with the member that may not. */
  readonly #apart: Map<Alias, Map<Alias, Alias>>

  constructor(
    parent: ReadonlyMap<Alias, Alias> = new Map(),
    apart: ReadonlyMap<Alias, ReadonlyMap<Alias, Alias>> = new Map(),
  ) {
    this.#parent = new Map(parent)
    this.#apart = new Map([...apart].map(([root, foes]) => [root, new Map(foes)]))
  }

  /** One to join further without changing this one. */
  copy(): Union {
    return new Union(this.#parent, this.#apart)
  }

  find(alias: Alias): Alias {
    let root = alias
    for (let next = this.#parent.get(root); next !== undefined; next = this.#parent.get(root)) root = next
    for (let at = alias; at !== root; ) {
      const next = this.#parent.get(at)!
      this.#parent.set(at, root)
      at = next
    }
    return root
  }

  /** From now on these two are never one, directly or through a third. To be said before anything is joined. */
  keepApart(a: Alias, b: Alias): void {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const)
      this.#apart.set(one, (this.#apart.get(one) ?? new Map<Alias, Alias>()).set(other, one))
  }

  /** The two aliases that forbid these two to be one; null: nothing does. */
  forbids(a: Alias, b: Alias): readonly [Alias, Alias] | null {
    const [left, right] = [this.find(a), this.find(b)]
    const pairs = [...(this.#apart.get(left) ?? [])]
      .filter(([foe]) => this.find(foe) === right)
      .map(([foe, member]): readonly [Alias, Alias] => (member < foe ? [member, foe] : [foe, member]))
    return pairs.sort(([a], [b]) => (a < b ? -1 : 1))[0] ?? null
  }

  /** The smaller text becomes the root, so that the order of merges leaves no trace. False: one already, or forbidden. */
  join(a: Alias, b: Alias): boolean {
    const [left, right] = [this.find(a), this.find(b)]
    if (left === right || this.forbids(left, right)) return false
    const [root, under] = left < right ? [left, right] : [right, left]
    this.#parent.set(under, root)
    const foes = this.#apart.get(under)
    if (foes) {
      const all = this.#apart.get(root) ?? new Map<Alias, Alias>()
      this.#apart.set(root, all)
      for (const [foe, member] of foes) all.set(foe, member)
      this.#apart.delete(under)
    }
    return true
  }
}

/** Systems whose ids and names people know a node by, best first. */
const SYSTEMS = [
  'backstage:',
  'github:',
  'gitlab:',
  'okta:',
  'entra:',
  'google:',
  'scim:',
  'hr:worker',
  'email:',
  'hr:',
  'datadog:',
  'cortex:',
  'opslevel:',
  'k8s:',
  'argocd:',
  'aws:',
  'litellm:',
  'openai:',
  'anthropic:',
  'name:',
]
const rank = (alias: Alias): number => {
  const found = SYSTEMS.findIndex(system => alias.startsWith(system))
  return found === -1 ? SYSTEMS.length : found
}
const better = (a: Alias, b: Alias): number => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0)

const KIND_OF: readonly (readonly [RegExp, NodeKind])[] = [
  [/^(name:service|backstage:component|k8s:workload|argocd:application|[a-z]+:service\/)/, 'service'],
  [/^(name:team|[a-z]+:(group|team|organization|department|division)\/|finance:)/, 'organization'],
  [
    /^(name:repo|name:namespace|name:project|github:repo|git:repo|[a-z]+:(project|workspace|namespace|account|system|cognitive_account|resource_group|folder|domain|resource|api)\/)/,
    'project',
  ],
]
export const kindOf = (alias: Alias): NodeKind =>
  KIND_OF.find(([pattern]) => pattern.test(alias))?.[1] ?? 'identity'

/** What was joined, what may not be, and what nearly was. */
export interface Resolution {
  readonly union: Union
  readonly merges: readonly Merge[]
  readonly refused: readonly Refused[]
  readonly rivals: readonly Rival[]
}

export interface DatedLink {
  readonly link: LinkRow
  /** Node at the other end. */
  readonly to: Node
}

type Index = Map<Alias, Map<Relation, DatedLink[]>>

interface Parts extends Omit<Resolution, 'union'> {
  readonly nodes: readonly Node[]
  readonly byAlias: Map<Alias, Node>
  readonly out: Index
  readonly into: Index
}

export class Graph {
  readonly nodes: readonly Node[]
  readonly merges: readonly Merge[]
  readonly refused: readonly Refused[]
  readonly rivals: readonly Rival[]
  readonly #byAlias: Map<Alias, Node>
  readonly #out: Index
  readonly #in: Index

  private constructor({nodes, merges, refused, rivals, byAlias, out, into}: Parts) {
    this.nodes = nodes
    this.merges = merges
    this.refused = refused
    this.rivals = rivals
    this.#byAlias = byAlias
    this.#out = out
    this.#in = into
  }

  static of(
    entities: readonly EntityRow[],
    links: readonly LinkRow[],
    {union, merges, refused, rivals}: Resolution,
    mentioned: readonly Alias[] = [],
  ): Graph {
    const members = new Map<Alias, Set<Alias>>()
    const known = new Map<Alias, EntityRow[]>()
    const see = (alias: Alias) => {
      const root = union.find(alias)
      const set = members.get(root)
      if (set) set.add(alias)
      else members.set(root, new Set([alias]))
    }
    for (const entity of entities) {
      see(entity.alias)
      const rows = known.get(entity.alias)
      if (rows) rows.push(entity)
      else known.set(entity.alias, [entity])
    }
    for (const alias of mentioned) see(alias)
    for (const {from, to} of links) {
      see(from)
      see(to)
    }
    const nodes = [...members.values()].map(aliases => toNode([...aliases].sort(better), known)).sort(byId)
    const byAlias = new Map<Alias, Node>()
    for (const node of nodes) for (const alias of node.aliases) byAlias.set(alias, node)
    const graph = new Graph({nodes, merges, refused, rivals, byAlias, out: new Map(), into: new Map()})
    graph.#add(links)
    return graph
  }

  /** The same with a few links more. Those of other nodes, and nodes that both have, are shared. */
  with(links: readonly LinkRow[]): Graph {
    const byAlias = new Map(this.#byAlias)
    const unknown = [...new Set(links.flatMap(({from, to}) => [from, to]))].filter(
      alias => !byAlias.has(alias),
    )
    const added = unknown.map(alias => toNode([alias], new Map()))
    for (const node of added) byAlias.set(node.id, node)
    const touched = new Set(links.flatMap(({from, to}) => [byAlias.get(from)!.id, byAlias.get(to)!.id]))
    const graph = new Graph({
      nodes: added.length === 0 ? this.nodes : [...this.nodes, ...added].sort(byId),
      ...{merges: this.merges, refused: this.refused, rivals: this.rivals, byAlias},
      ...{out: copied(this.#out, touched), into: copied(this.#in, touched)},
    })
    graph.#add(links)
    return graph
  }

  #add(links: readonly LinkRow[]): void {
    for (const link of links) {
      if (link.relation === 'same_as' || link.relation === 'apart_from') continue
      const [from, to] = [this.#byAlias.get(link.from)!, this.#byAlias.get(link.to)!]
      push(this.#out, from.id, link.relation, {link, to})
      push(this.#in, to.id, link.relation, {link, to: from})
    }
  }

  node(alias: Alias): Node | undefined {
    return this.#byAlias.get(alias)
  }

  /** Links that leave a node and hold at `at`. */
  *out(node: Node, relation: Relation, at: number, span: Span): Generator<DatedLink> {
    for (const dated of this.#out.get(node.id)?.get(relation) ?? [])
      if (span.narrow(at, dated.link.validFrom, dated.link.validTo)) yield dated
  }

  /** Links that reach a node and hold at `at`; `to` is where they come from. */
  *into(node: Node, relation: Relation, at: number, span: Span): Generator<DatedLink> {
    for (const dated of this.#in.get(node.id)?.get(relation) ?? [])
      if (span.narrow(at, dated.link.validFrom, dated.link.validTo)) yield dated
  }

  /** All links, by the nodes they join. */
  *links(): Generator<DatedLink & {readonly from: Node}> {
    for (const from of this.nodes)
      for (const links of this.#out.get(from.id)?.values() ?? [])
        for (const dated of links) yield {...dated, from}
  }

  /** Every link that leaves a node, whenever it holds. */
  everOut(node: Node, relation: Relation): readonly DatedLink[] {
    return this.#out.get(node.id)?.get(relation) ?? []
  }

  everInto(node: Node, relation: Relation): readonly DatedLink[] {
    return this.#in.get(node.id)?.get(relation) ?? []
  }
}

const byId = (a: Node, b: Node): number => (a.id < b.id ? -1 : 1)

/** An index of its own for some nodes. */
function copied(index: Index, nodes: ReadonlySet<Alias>): Index {
  const copy = new Map(index)
  for (const id of nodes) {
    const relations = index.get(id)
    if (relations) copy.set(id, new Map([...relations].map(([relation, links]) => [relation, [...links]])))
  }
  return copy
}

function push(index: Index, id: Alias, relation: Relation, dated: DatedLink): void {
  const relations = index.get(id) ?? new Map<Relation, DatedLink[]>()
  index.set(id, relations)
  const links = relations.get(relation)
  if (links) links.push(dated)
  else relations.set(relation, [dated])
}

function toNode(aliases: readonly Alias[], known: ReadonlyMap<Alias, readonly EntityRow[]>): Node {
  const rows = aliases.flatMap(alias =>
    [...(known.get(alias) ?? [])].sort((a, b) => (a.where < b.where ? -1 : 1)),
  )
  const [id] = aliases
  const named = rows.find(({name}) => name !== null)?.name
  return {
    id: id!,
    kind: rows[0]?.kind ?? kindOf(id!),
    name: named ?? id!.replace(/^[^/]*\//, ''),
    // One source that says a group is everybody's is enough: the others only did not look at its members.
    type: rows.some(({type}) => type === 'everyone')
      ? 'everyone'
      : (rows.find(({type}) => type !== null)?.type ?? null),
    status: rows.find(({status}) => status !== null)?.status ?? null,
    aliases,
  }
}
