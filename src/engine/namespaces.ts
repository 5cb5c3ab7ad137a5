/** What a namespace's name, and the owners of what runs in it, say of whose it is. */
import type {Node, Span} from './graph.ts'
import {canonicalTeam} from './names.ts'
import type {Ownership} from './ownership.ts'
import {WEAKER} from './reliability.ts'
import type {Witness} from './witness.ts'

/** A namespace called like a team, and the owners written on what runs in it. */
export function* namespaceWitnesses(
  ownership: Ownership,
  node: Node,
  at: number,
  span: Span,
): Generator<Witness> {
  const name = node.id.split('/').at(-1)!
  const called = ownership.company.teamsByName.get(canonicalTeam(name)) ?? []
  const says =
    called.length === 1 ? ownership.organizationsOf(called[0]!, WEAKER.namespaceName, at, span) : new Map()
  if (says.size > 0)
    yield {
      family: 'namespace name',
      basis: 'name',
      says,
      because: `it is called like ${called[0]!.name}`,
      where: [],
    }
  yield* insideWitness(ownership, node, at, span)
}

export const RUNS_INSIDE = 'runs inside'

/** The owners written on what runs in a namespace, but for one service. */
export function* insideWitness(
  ownership: Ownership,
  namespace: Node,
  at: number,
  span: Span,
  except?: Node,
): Generator<Witness> {
  const votes = new Map<string, number>()
  const where: string[] = []
  let inside = 0
  for (const {to: service} of ownership.graph.into(namespace, 'runs_in', at, span)) {
    if (service.kind !== 'service' || service === except) continue
    const stated = new Map<string, number>()
    for (const {link, to} of ownership.graph.out(service, 'owned_by', at, span)) {
      const says = ownership.organizationsOf(to, 1, at, span)
      for (const [id, probability] of says) stated.set(id, Math.max(stated.get(id) ?? 0, probability))
      if (says.size > 0) where.push(link.where)
    }
    const sum = [...stated.values()].reduce((total, part) => total + part, 0)
    if (sum > 0) inside++
    for (const [id, part] of stated) votes.set(id, (votes.get(id) ?? 0) + part / sum)
  }
  if (inside === 0) return
  // Half a vote for somebody else: one service alone says little of the namespace.
  yield {
    family: RUNS_INSIDE,
    basis: 'label',
    says: new Map([...votes].map(([id, count]) => [id, (WEAKER.namespace * count) / (inside + 0.5)])),
    because: 'the owners of what runs in it',
    where: where.slice(0, 3),
  }
}
