/** R3: the same name across systems: telemetry, tags, and what keys and projects are called. */
import * as alias from '../../model/alias.ts'
import {payersOf} from '../budgets.ts'
import type {Node} from '../graph.ts'
import {RELIABILITY, WEAKER} from '../reliability.ts'
import type {Case, Claim, RuleId} from './claims.ts'
import {ofProject} from './project-claims.ts'

export function* naming(open: Case): Generator<Claim> {
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
  if (signature.model_deployment !== undefined)
    yield* byKeyName(open, signature.model_deployment, undefined, 'R3', 'deployment')
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
    for (const [id, probability] of payersOf(ownership, center, at, span))
      yield {node: graph.node(id)!, probability, exact: true}
}

/** What a key, role or project is called: a service, a person, a team or a repository. */
export function* byKeyName(
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
  const teams = open.lookup.teamOfKey(name)
  // What is called exactly like a team may be the team's, though a service of another has that name too.
  if (services.some(({probability}) => probability >= 0.6) && !teams.some(({exact}) => exact)) return
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
  for (const found of teams)
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
