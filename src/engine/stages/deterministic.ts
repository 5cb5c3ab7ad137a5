/**
 * Stage A: rules that join on facts, no learning. Each is a pure function in the list at the end; adding a rule is adding an
 * entry. Claims by likeness of names are marked inexact: they never make a deterministic answer.
 */
import * as alias from '../../model/alias.ts'
import type {DatedLink, Node} from '../graph.ts'
import {environmentIn} from '../names.ts'
import {describe} from '../ownership.ts'
import {RELIABILITY, WEAKER} from '../reliability.ts'
import type {Case, Claim, Rule, RuleId} from './claims.ts'

const HOUR = 3_600_000
/** AWS itself writes the person into the session of a single sign-on role. */
const SSO = /\/AWSReservedSSO_/
/** Somebody who made more keys than this makes them for others, and says nothing of whose they are. */
const MOST_OWN_KEYS = 3

export const isPerson = (node: Node): boolean =>
  node.kind === 'identity' &&
  node.type !== 'bot' &&
  node.type !== 'service_account' &&
  node.aliases.some(known =>
    /^(email:|hr:worker|okta:user|scim:user|entra:user|github:user|name:person)/.test(known),
  )

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
    else if (isPerson(node))
      yield {...said, about: 'person', node, because: `the row was billed to the user ${node.id}`}
    else yield* ofHolder(open, node, 'R1')
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

/** The owners of a repository or namespace the row itself names. */
function* ofProject(open: Case, node: Node, field: string): Generator<Claim> {
  const answer = open.ownership.ownerOf(node, open.at)
  open.span.within(answer.span)
  for (const [id, probability] of answer.says) {
    const where = answer.witnesses.flatMap(witness => witness.where)
    yield {
      rule: 'R1',
      family: field,
      basis: answer.witnesses[0]!.basis,
      probability,
      exact: true,
      about: 'organization',
      node: open.graph.node(id)!,
      via: node,
      where,
      because: `it ran in ${field} ${node.name}: ${answer.witnesses.map(({because}) => because).join('; ')}`,
    }
  }
}

/** Everything the record of a key, role, service account or provider project says of whose it is. */
function* ofHolder(open: Case, holder: Node, rule: RuleId, depth = 0): Generator<Claim> {
  const {graph, at, span, ownership} = open
  const reliable = ({link}: DatedLink) => RELIABILITY[link.basis]
  for (const dated of graph.out(holder, 'acts_for', at, span)) {
    const {link, to} = dated
    const said = {
      rule,
      family: `acts ${link.basis}`,
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
    else if (isPerson(to))
      yield {...said, about: 'person', node: to, because: `${describe(link.basis)} says it is ${to.name}'s`}
    else if (depth < 4) {
      for (const claim of ofHolder(open, to, 'R5', depth + 1))
        yield {
          ...claim,
          where: [link.where, ...claim.where],
          because: `${describe(link.basis)} ties it to ${to.name}; ${claim.because}`,
        }
      if (to.type === 'service_account') yield* byKeyName(open, to.name, to, 'R5')
    }
  }
  for (const dated of graph.out(holder, 'owned_by', at, span)) {
    const {link, to} = dated
    for (const [id, probability] of ownership.organizationsOf(to, reliable(dated), at, span))
      yield {
        rule,
        family:
          link.basis === 'key_record' || link.basis === 'key_history' ? 'key record' : `owner ${link.basis}`,
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
  for (const dated of graph.out(holder, 'consumed_by', at, span)) {
    const {link, to} = dated
    yield {
      rule,
      family: 'closed set',
      basis: link.basis,
      probability: reliable(dated),
      exact: true,
      about: 'consumer',
      node: to,
      where: [link.where],
      via: holder,
      because: `${describe(link.basis)} lists ${to.name} among its users`,
    }
  }
  for (const dated of graph.out(holder, 'budgeted_under', at, span))
    for (const [id, probability] of ownership.payersOf(dated.to, at, span))
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
  const answer = open.ownership.ownerOf(holder, open.at)
  open.span.within(answer.span)
  const witness = answer.witnesses.find(({family}) => family === 'contributors')
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

/** R2: a deployment right before the first calls of a key with no other story. */
function* temporal(open: Case): Generator<Claim> {
  if (open.keyFirstSeen === null) return
  const services = new Map(
    open.deployments.before(open.keyFirstSeen, HOUR).map(found => [found.node.id, found]),
  )
  if (services.size !== 1) return
  const [{node, where, at}] = [...services.values()] as [{node: Node; where: string; at: number}]
  const minutes = Math.round((open.keyFirstSeen - at) / 60_000)
  const because = `${node.name} was deployed ${minutes} min before its first call`
  const said = {
    rule: 'R2',
    family: 'deployment',
    basis: 'deployment',
    probability: WEAKER.deployedBefore,
    exact: false,
    where: [where],
    because,
  } as const
  if (node.kind === 'service') yield {...said, about: 'service', node}
  else
    for (const claim of ofProject(open, node, 'deployment'))
      yield {...claim, ...said, probability: claim.probability * WEAKER.deployedBefore}
}

/** R3: the same name across systems. */
function* naming(open: Case): Generator<Claim> {
  const {signature, lookup} = open
  if (signature.service !== undefined)
    for (const found of lookup.service(signature.service))
      yield {
        rule: 'R3',
        family: 'telemetry',
        basis: 'billed',
        probability: WEAKER.telemetry * found.probability,
        exact: found.exact,
        about: 'service',
        node: found.node,
        where: [],
        because: `its telemetry calls itself ${signature.service}`,
      }
  if (signature.tag_service !== undefined)
    for (const found of lookup.service(signature.tag_service))
      yield {
        rule: 'R3',
        family: 'caller',
        basis: 'caller',
        probability: RELIABILITY.caller * found.probability,
        exact: found.exact,
        about: 'service',
        node: found.node,
        where: [],
        because: `the caller tagged service ${signature.tag_service}`,
      }
  for (const [field, value] of [
    ['team', signature.tag_team],
    ['cost_center', signature.tag_cost_center],
  ] as const) {
    if (value === undefined) continue
    for (const {node, probability, exact} of field === 'team'
      ? lookup.team(value)
      : ofCostCenter(open, value))
      yield {
        rule: 'R3',
        family: 'caller',
        basis: 'caller',
        probability: RELIABILITY.caller * probability,
        exact,
        about: 'organization',
        node,
        where: [],
        because: `the caller tagged ${field} ${value}`,
      }
  }
  for (const [field, value] of [
    ['repository', signature.tag_repository],
    ['namespace', signature.tag_namespace],
  ] as const) {
    const node =
      value === undefined
        ? undefined
        : open.graph.node(field === 'repository' ? alias.repository(value) : alias.k8sNamespace(value))
    if (node)
      for (const claim of ofProject(open, node, field))
        yield {
          ...claim,
          rule: 'R3',
          family: 'caller',
          basis: 'caller',
          probability: claim.probability * RELIABILITY.caller,
        }
  }
  if (signature.key_name !== undefined)
    yield* byKeyName(open, signature.key_name, open.graph.node(signature.key ?? ''), 'R3')
  for (const field of ['key', 'project'] as const) {
    const node = signature[field] === undefined ? undefined : open.graph.node(signature[field])
    // A console's export has names for ids: there a project's id is what it is called.
    if (
      node &&
      node.name !== signature.key_name &&
      (field === 'project' || !node.id.endsWith(`/${node.name}`))
    )
      yield* byKeyName(open, node.name, node, 'R3', field)
  }
}

function* ofCostCenter(
  {graph, ownership, at, span}: Case,
  code: string,
): Generator<{node: Node; probability: number; exact: boolean}> {
  const center = graph.node(alias.costCenter(code))
  if (center)
    for (const [id, probability] of ownership.payersOf(center, at, span))
      yield {node: graph.node(id)!, probability, exact: true}
}

function* byKeyName(
  open: Case,
  name: string,
  via: Node | undefined,
  rule: RuleId,
  field = 'key',
): Generator<Claim> {
  const through = via === undefined ? {} : {via}
  const said = {rule, family: `${field} name`, basis: 'name', where: [], ...through} as const
  const services = open.lookup.serviceOfKey(name)
  for (const found of services)
    yield {
      ...said,
      about: 'service',
      node: found.node,
      probability: RELIABILITY.name * found.probability,
      exact: found.exact,
      because: `the ${field} is called ${name} (${found.shared})`,
    }
  if (services.some(({probability}) => probability >= 0.6)) return
  const namesake = services.length === 0 ? open.ownership.projectCalled(name) : null
  if (namesake)
    for (const claim of ofProject(open, namesake, 'repository'))
      yield {
        ...claim,
        ...said,
        probability: claim.probability * WEAKER.namesake,
        because: `the ${field} is called ${name}; ${claim.because}`,
      }
  for (const found of open.lookup.personOfKey(name))
    yield {
      ...said,
      about: 'person',
      node: found.node,
      probability: RELIABILITY.name * found.probability,
      exact: false,
      because: `the ${field} is called ${name} (${found.shared})`,
    }
  for (const found of open.lookup.teamOfKey(name))
    yield {
      ...said,
      about: 'organization',
      node: found.node,
      // A name that merely resembles a team's may be anybody's; one that is the team's is seldom.
      probability: RELIABILITY.name * found.probability * (found.exact ? 1 : 0.8),
      exact: found.exact,
      because: `the ${field} is called ${name} (${found.shared})`,
    }
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
