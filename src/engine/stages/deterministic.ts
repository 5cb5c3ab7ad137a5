/**
 * Stage A: rules that join on facts, no learning. Each is a pure function in the list at the end; adding a rule is adding an
 * entry. Claims by likeness of names are marked inexact: they never make a deterministic answer.
 */

import * as alias from '../../model/alias.ts'
import type {Basis} from '../../model/fact.ts'
import {payersOf} from '../budgets.ts'
import {PROVIDER_PROJECT} from '../company.ts'
import type {DatedLink, Node} from '../graph.ts'
import {environmentIn} from '../names.ts'
import {RELIABILITY, WEAKER} from '../reliability.ts'
import {describe} from '../witness.ts'
import type {Case, Claim, Rule, RuleId} from './claims.ts'
import {
  isNamedAfterNobody,
  isNamedForProduction,
  isPerson,
  localParts,
  MOST_OWN_KEYS,
  makesKeysForOthers,
  membersOf,
} from './holders.ts'
import {byKeyName, naming} from './naming.ts'
import {ofProject} from './project-claims.ts'

const HOUR = 3_600_000
/** Deployments nearer than this went out together. */
const TOGETHER = 10 * 60_000
/** AWS itself writes the person into the session of a single sign-on role. */
const SSO = /\/AWSReservedSSO_/
/** A key's record, what is written into it and the log of both are one source. */
const RECORDED: ReadonlySet<Basis> = new Set(['key_record', 'key_history', 'label'])

/** R1: what the key's, project's or user's own record says, by id. */
function* directKey(open: Case): Generator<Claim> {
  const {signature, graph} = open
  for (const field of ['key', 'project', 'account', 'organization'] as const) {
    const node = signature[field] === undefined ? undefined : graph.node(signature[field])
    // Behind a gateway's key the account is the gateway's, whoever called.
    if (node && !(field === 'account' && signature.key !== undefined)) yield* ofHolder(open, node, 'R1')
  }
  for (const field of ['user', 'team'] as const) {
    const node = signature[field] === undefined ? undefined : graph.node(signature[field])
    if (!node) continue
    const said = {
      rule: 'R1',
      family: field === 'team' ? 'key record' : 'user record',
      basis: 'key_record',
      probability: RELIABILITY.key_record,
      exact: true,
      where: [],
    } as const
    if (node.kind === 'organization')
      yield {...said, about: 'organization', node, because: `the row was billed to ${node.name}`}
    else if (isPerson(node) && !isNamedAfterNobody(open, node)) {
      const key = signature.key === undefined ? undefined : graph.node(signature.key)
      const own = key === undefined || !(makesKeysForOthers(open, node) || isNamedForProduction(open, key))
      const made = own ? {} : {family: 'administrator', probability: WEAKER.administrator, exact: false}
      yield {...said, ...made, about: 'person', node, because: `the row was billed to the user ${node.id}`}
    } else {
      yield* ofHolder(open, node, 'R1')
      for (const name of localParts(node)) yield* byKeyName(open, name, node, 'R1', 'user')
    }
  }
  if (signature.team_name !== undefined)
    for (const found of open.lookup.team(signature.team_name))
      yield {
        ...named(found.node, 'key record', RELIABILITY.key_record * found.probability),
        about: 'organization',
        basis: 'key_record',
        rule: 'R1',
        exact: found.exact,
        because: `the gateway billed it to its team ${signature.team_name}`,
      }
  if (signature.session?.includes('@')) {
    const node = graph.node(alias.email(signature.session))
    if (node)
      yield {
        ...named(node, 'session', SSO.test(signature.role ?? '') ? RELIABILITY.verified : WEAKER.session),
        about: 'person',
        basis: 'caller',
        rule: 'R1',
        exact: true,
        because: 'the role session carries the address',
      }
  }
  for (const field of ['workload', 'repository', 'namespace'] as const) {
    const node = signature[field] === undefined ? undefined : graph.node(signature[field])
    if (!node) continue
    if (node.kind === 'service')
      yield {
        ...named(node, 'telemetry', RELIABILITY.deployment),
        about: 'service',
        basis: 'deployment',
        rule: 'R1',
        exact: true,
        because: `it ran in the workload ${node.name}`,
      }
    // Which part of a monorepo it was, its root does not say.
    else if (field !== 'repository' || !open.ownership.isMonorepo(node)) yield* ofProject(open, node, field)
  }
}

const named = (node: Node, family: string, probability: number) => ({
  node,
  family,
  probability,
  where: [] as readonly string[],
})

/** Everything the record of a key, role, service account or provider project says of whose it is. */
function* ofHolder(open: Case, holder: Node, rule: RuleId, depth = 0): Generator<Claim> {
  const {graph, at, span, ownership} = open
  const reliable = ({link}: DatedLink) => RELIABILITY[link.basis]
  const record = holder.kind === 'project' ? 'project record' : 'key record'
  for (const dated of graph.out(holder, 'acts_for', at, span)) {
    const {link, to} = dated
    const said = {
      rule,
      family: RECORDED.has(link.basis) ? `acts ${record}` : `acts ${link.basis}`,
      basis: link.basis,
      probability: reliable(dated),
      exact: true,
      where: [link.where],
      via: holder,
    } as const
    if (to.kind === 'service')
      yield* asService(open, to, {...said, because: `${describe(link.basis)} says it acts for ${to.name}`})
    else if (to.kind === 'organization')
      yield {
        ...said,
        about: 'organization',
        node: to,
        because: `${describe(link.basis)} says it acts for ${to.name}`,
      }
    else if (isPerson(to) && !isNamedAfterNobody(open, to)) {
      const made =
        makesKeysForOthers(open, to) || isNamedForProduction(open, holder)
          ? {family: 'administrator', probability: WEAKER.administrator, exact: false}
          : {}
      yield {
        ...said,
        ...made,
        about: 'person',
        node: to,
        because: `${describe(link.basis)} says it is ${to.name}'s`,
      }
    } else if (depth < 4) {
      for (const claim of ofHolder(open, to, 'R5', depth + 1))
        yield {
          ...claim,
          where: [link.where, ...claim.where],
          because: `${describe(link.basis)} ties it to ${to.name}; ${claim.because}`,
        }
      if (to.type === 'service_account') yield* byKeyName(open, to.name, to, 'R5')
      else if (isPerson(to)) for (const name of localParts(to)) yield* byKeyName(open, name, to, 'R5', 'user')
    }
  }
  for (const dated of graph.out(holder, 'owned_by', at, span)) {
    const {link, to} = dated
    for (const [id, probability] of ownership.organizationsOf(to, reliable(dated), at, span))
      yield {
        rule,
        family: RECORDED.has(link.basis) ? record : `owner ${link.basis}`,
        basis: link.basis,
        probability,
        exact: true,
        about: 'organization',
        node: graph.node(id)!,
        where: [link.where],
        via: holder,
        because: `${describe(link.basis)} gives it to ${to.name}`,
      }
  }
  yield* usersListed(open, holder, rule)
  for (const dated of graph.out(holder, 'budgeted_under', at, span))
    for (const [id, probability] of payersOf(ownership, dated.to, at, span))
      yield {
        rule,
        family: `budget ${dated.link.basis}`,
        basis: dated.link.basis,
        probability: probability * reliable(dated),
        exact: true,
        about: 'organization',
        node: graph.node(id)!,
        where: [dated.link.where],
        via: holder,
        because: `${describe(dated.link.basis)} puts it under cost center ${dated.to.name}`,
      }
  const inside = [...graph.into(holder, 'runs_in', at, span)].filter(({to}) => to.kind === 'service')
  for (const {link, to} of PROVIDER_PROJECT.test(holder.id) ? inside : [])
    yield* asService(open, to, {
      ...{
        rule,
        family: RECORDED.has(link.basis) ? `acts ${record}` : `acts ${link.basis}`,
        basis: link.basis,
        exact: true,
        where: [link.where],
        via: holder,
      },
      probability: RELIABILITY[link.basis] / inside.length,
      because: `${describe(link.basis)} says that ${to.name} runs in it`,
    })
  for (const {link, to} of graph.out(holder, 'runs_in', at, span))
    if (/namespace\//.test(to.id))
      for (const claim of ofProject(open, to, 'namespace'))
        yield {...claim, where: [link.where, ...claim.where]}
  for (const {link, to} of graph.out(holder, 'built_from', at, span))
    for (const claim of ofProject(open, to, 'repository'))
      yield {...claim, where: [link.where, ...claim.where]}
  for (const {link, to} of graph.out(holder, 'created_by', at, span))
    if (isPerson(to) && graph.everInto(to, 'created_by').length <= MOST_OWN_KEYS)
      yield {
        rule,
        family: 'creator',
        basis: 'key_record',
        probability: WEAKER.creator,
        exact: false,
        about: 'person',
        node: to,
        where: [link.where],
        via: holder,
        because: `${to.name} made it`,
      }
  yield* ofContributors(open, holder)
}

/** Everybody listed as a user of something that several share. */
export function* usersListed(
  {graph, at, span}: Case,
  holder: Node,
  rule: RuleId,
): Generator<Extract<Claim, {about: 'consumer'}>> {
  for (const {link, to} of graph.out(holder, 'consumed_by', at, span))
    yield {
      rule,
      family: 'closed set',
      basis: link.basis,
      probability: RELIABILITY[link.basis],
      exact: true,
      about: 'consumer',
      node: to,
      where: [link.where],
      via: holder,
      because: `${describe(link.basis)} lists ${to.name} among its users`,
    }
}

/** A service a record names: the node itself when the graph knows more of it, else what the name is most like. */
function* asService(
  open: Case,
  node: Node,
  said: Omit<Extract<Claim, {about: 'service'}>, 'about' | 'node'>,
): Generator<Claim> {
  if (node.aliases.some(known => !known.startsWith('name:'))) yield {...said, about: 'service', node}
  else
    for (const found of open.lookup.service(node.name))
      yield {
        ...said,
        about: 'service',
        node: found.node,
        probability: said.probability * (found.node === node ? 1 : found.probability),
        exact: said.exact && (found.node === node || found.exact),
      }
}

/** The teams of the people who work in a provider project. Weak. */
function* ofContributors(open: Case, holder: Node): Generator<Claim> {
  if (holder.kind !== 'project') return
  const witness = membersOf(open, holder)
  for (const [id, probability] of witness?.says ?? [])
    yield {
      rule: 'R1',
      family: 'contributors',
      basis: 'repository',
      probability,
      exact: false,
      about: 'organization',
      node: open.graph.node(id)!,
      where: witness!.where,
      via: holder,
      because: 'its members are mostly of that team',
    }
}

/**
 * R2: a deployment right before the first calls of a key. What it is worth is what such a coincidence is not: where something
 * goes out every hour it is worth little.
 */
function* temporal(open: Case): Generator<Claim> {
  const {keyFirstSeen, deployments} = open
  if (keyFirstSeen === null) return
  const services = new Map<string, {node: Node; where: string; at: number}>()
  for (const found of deployments.before(keyFirstSeen, HOUR)) {
    const node = serviceOf(open, open.graph.node(found.node.id)!)
    services.set(node.id, {...found, node})
  }
  const latest = [...services.values()].sort((a, b) => b.at - a.at)
  const [found, other] = latest
  // Two that went out together: either may be it.
  if (!found || (other && found.at - other.at < TOGETHER)) return
  const {node, where, at} = found
  const minutes = Math.round((keyFirstSeen - at) / 60_000)
  const chance = 1 - Math.exp(-deployments.perMs * Math.max(TOGETHER, keyFirstSeen - at))
  const probability = WEAKER.deployedBefore * (1 - chance)
  const said = {
    rule: 'R2',
    family: 'deployment',
    basis: 'deployment',
    probability,
    exact: false,
    where: [where],
    because: `${node.name} was deployed ${minutes} min before its first call`,
  } as const
  if (node.kind === 'service') yield {...said, about: 'service', node}
  else
    for (const claim of ofProject(open, node, 'deployment'))
      yield {...claim, ...said, probability: claim.probability * probability}
}

/** A repository that one service is built from went out as that service. */
function serviceOf({graph}: Case, node: Node): Node {
  const built = new Set(graph.everInto(node, 'built_from').map(({to}) => to))
  return node.kind === 'project' && built.size === 1 ? [...built][0]! : node
}

/** R5: a principal along its chain: role → service account → workload → service. */
function* serviceAccountTrace(open: Case): Generator<Claim> {
  const {signature, graph} = open
  if (signature.role === undefined) return
  const node = graph.node(signature.role)
  if (node) yield* ofHolder(open, node, 'R5')
  const name = signature.role.split('/').at(-1)!
  if (!node || graph.everOut(node, 'acts_for').length === 0) yield* byKeyName(open, name, node, 'R5', 'role')
}

/** In order. R4 (history) needs what the others settled first: `history.ts`. */
export const rules: readonly Rule[] = [
  {id: 'R1', name: 'direct key', apply: directKey},
  {id: 'R2', name: 'temporal', apply: temporal},
  {id: 'R3', name: 'naming', apply: naming},
  {id: 'R5', name: 'service account trace', apply: serviceAccountTrace},
]

/** The environment of a signature: what the system says, else the key's name, else the caller's tag. */
export const environmentOf = ({signature}: Case): string | null =>
  signature.environment ??
  (signature.key_name === undefined ? null : environmentIn(signature.key_name)) ??
  signature.tag_environment ??
  null
