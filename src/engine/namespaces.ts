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

/** The owners written on what runs in a namespace, one vote a service. */
export interface Inside {
  readonly votes: ReadonlyMap<string, number>
  readonly services: number
  /** Where the first few are written. */
  readonly places: readonly {readonly service: Node; readonly where: string}[]
}

const MOST_PLACES = 3
/** Less is what floating point leaves of a vote that was taken away. */
const NO_VOTE = 1e-9

/** Asked once a namespace: every service in it asks again. */
export function insideOf(ownership: Ownership, namespace: Node, at: number, span: Span): Inside {
  const votes = new Map<string, number>()
  const places: {service: Node; where: string}[] = []
  let services = 0
  const running = [...ownership.graph.into(namespace, 'runs_in', at, span)].map(({to}) => to)
  for (const service of new Set(running)) {
    if (service.kind !== 'service') continue
    const {parts, where} = writtenOn(ownership, service, at, span)
    if (parts.size === 0) continue
    services++
    for (const [id, part] of parts) votes.set(id, (votes.get(id) ?? 0) + part)
    if (places.length <= MOST_PLACES) places.push({service, where})
  }
  return {votes, services, places}
}

/** A service's vote: what is written on it, adding up to 1; nothing where nobody is named. */
function writtenOn(
  ownership: Ownership,
  service: Node,
  at: number,
  span: Span,
): {readonly parts: ReadonlyMap<string, number>; readonly where: string} {
  const stated = new Map<string, number>()
  let place = ''
  for (const {link, to} of ownership.graph.out(service, 'owned_by', at, span)) {
    const says = ownership.organizationsOf(to, 1, at, span)
    for (const [id, probability] of says) stated.set(id, Math.max(stated.get(id) ?? 0, probability))
    if (says.size > 0 && place === '') place = link.where
  }
  const sum = [...stated.values()].reduce((total, part) => total + part, 0)
  return {parts: new Map([...stated].map(([id, part]) => [id, part / sum])), where: place}
}

/** What the others in a namespace say of it: those beside a service, or (`beside` absent) all. */
export function* insideWitness(
  ownership: Ownership,
  namespace: Node,
  at: number,
  span: Span,
  beside?: Node,
): Generator<Witness> {
  const {votes, services, places} = ownership.inside(namespace, at, span)
  const own = beside ? writtenOn(ownership, beside, at, span).parts : new Map<string, number>()
  const others = services - (own.size > 0 ? 1 : 0)
  if (others === 0) return
  const counted = [...votes]
    .map(([id, count]) => [id, count - (own.get(id) ?? 0)] as const)
    .filter(([, count]) => count > NO_VOTE)
  // Half a vote for somebody else: one service alone says little of the namespace.
  yield {
    family: RUNS_INSIDE,
    basis: 'label',
    says: new Map(counted.map(([id, count]) => [id, (WEAKER.namespace * count) / (others + 0.5)])),
    because: 'the owners of what runs in it',
    where: places
      .filter(({service}) => service !== beside)
      .slice(0, MOST_PLACES)
      .map(({where}) => where),
  }
}
