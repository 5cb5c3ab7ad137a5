/** Who holds a key for whom: people who use their own, robots, and those who made it for others. */
import type {Signature} from '../../model/fact.ts'
import {PROVIDER_PROJECT} from '../company.ts'
import type {Graph, Node} from '../graph.ts'
import {environmentIn} from '../names.ts'
import {topOf} from '../probability.ts'
import type {Witness} from '../witness.ts'
import type {Case} from './claims.ts'

/** Somebody who made more keys than this makes them for others, and says nothing of whose they are. */
export const MOST_OWN_KEYS = 3

export const isPerson = (node: Node): boolean =>
  node.kind === 'identity' &&
  node.type !== 'bot' &&
  node.type !== 'service_account' &&
  node.aliases.some(known =>
    /^(email:|hr:worker|okta:user|scim:user|entra:user|google:user|github:user|gitlab:user|name:person)/.test(
      known,
    ),
  )

/** What the addresses of a user are called before the @, without words that every robot has. */
export const localParts = (node: Node): string[] => [
  ...new Set(node.aliases.flatMap(known => /^email:([^@]+)@/.exec(known)?.[1] ?? [])),
]

/** An account no directory knows is a robot's or a contractor's: its name may be a service's. */
export const isNamedAfterNobody = ({graph, lookup}: Case, node: Node): boolean =>
  graph.everOut(node, 'member_of').length === 0 &&
  graph.everOut(node, 'reports_to').length === 0 &&
  localParts(node).some(name => lookup.serviceOfKey(name).some(({probability}) => probability > 0.5))

/** A key that bears the name of production, or is of such a project, and not of a person, is a service's, whoever made it. */
export const isNamedForProduction = ({signature, lookup, graph}: Case, holder: Node | undefined): boolean =>
  [signature.key_name, holder?.name, projectOf(graph, signature)?.name].some(
    name =>
      name !== undefined && environmentIn(name) === 'production' && lookup.personOfKey(name).length === 0,
  )

const projectOf = (graph: Graph, {project}: Signature): Node | undefined =>
  project === undefined ? undefined : graph.node(project)

/** So much of all the others in a project, and it is one team's. */
const ONE_TEAM = 0.8

/** In a provider project that is another team's, somebody opened it or looks after it for them; where people of many teams meet nobody is. */
function isGuest(open: Case, person: Node): boolean {
  const project = projectOf(open.graph, open.signature)
  const members = project && PROVIDER_PROJECT.test(project.id) ? membersOf(open, project) : undefined
  if (members === undefined) return false
  const own = open.ownership.teamOf(person, open.at)
  open.span.within(own.span)
  const mine = topOf(own.says)
  if (mine === null || mine === topOf(members.says)) return false
  const others = [...members.says].filter(([name]) => name !== mine).map(([, part]) => part)
  return Math.max(...others) > ONE_TEAM * others.reduce((sum, part) => sum + part, 0)
}

/** What the people who work in a project say of whose it is. */
export function membersOf(open: Case, project: Node): Witness | undefined {
  const answer = open.ownership.ownerOf(project, open.at)
  open.span.within(answer.span)
  return answer.witnesses.find(({family}) => family === 'contributors')
}

/** Somebody who holds many keys, or is in many provider projects, made them for others: an administrator, not a user. */
export const makesKeysForOthers = (open: Case, person: Node): boolean =>
  open.graph.everInto(person, 'acts_for').length > MOST_OWN_KEYS ||
  open.ownership.company.administrators.has(person.id) ||
  isGuest(open, person)
