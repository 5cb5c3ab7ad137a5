/**
 * Entity resolution: which aliases are one team, person, service or repository. What systems declare or verify joins for
 * certain; what membership, shared ownership and names suggest joins with a probability, best mutual match first.
 */
import * as alias from '../model/alias.ts'
import type {Alias} from '../model/fact.ts'
import {matchCenters} from './cost-centers.ts'
import {
  type EntityRow,
  kindOf,
  type LinkRow,
  type Merge,
  type Refused,
  type Resolution,
  type RuleRow,
  Union,
} from './graph.ts'
import {canonicalService, canonicalTeam, chosenNames, GENERIC, tokens} from './names.ts'
import {renamedTeams} from './renamed-teams.ts'
import {hostOfRule, ownerAliases} from './repository-rules.ts'
import {describedTeams, isGone} from './team-groups.ts'
import {matchTeams} from './teams.ts'
import {withValidity} from './validity.ts'

export interface Resolved extends Resolution {
  /** Links that follow from what was resolved. */
  readonly inferred: readonly LinkRow[]
  /** Teams and people that only lines of CODEOWNERS name. */
  readonly owners: readonly Alias[]
}

export function resolveEntities(
  entities: readonly EntityRow[],
  links: readonly LinkRow[],
  rules: readonly RuleRow[],
  mentioned: readonly Alias[] = [],
): Resolved {
  const union = new Union()
  const merges: Merge[] = []
  const refused: Refused[] = []
  const join = (a: Alias, b: Alias, probability: number, because: string, where: string | null = null) => {
    const merge = {a, b, probability, because, where}
    const apart = union.forbids(a, b)
    if (apart) refused.push({...merge, apart})
    else if (union.join(a, b)) merges.push(merge)
  }
  for (const {relation, from, to} of links) if (relation === 'apart_from') union.keepApart(from, to)
  // What people here declare comes first: where two aliases are kept apart, the first to claim a third has it.
  const order = ({basis, from, to, where}: LinkRow) => `${basis === 'declared' ? 0 : 1}${from}${to}${where}`
  for (const link of [...links].sort((a, b) => compare(order(a), order(b))))
    if (link.relation === 'same_as') join(link.from, link.to, 1, `${link.basis} as the same`, link.where)

  const aliases = new Set<Alias>(mentioned)
  for (const {alias: known} of entities) aliases.add(known)
  for (const {from, to} of links) aliases.add(from).add(to)
  for (const {repository} of rules) aliases.add(repository)
  // A repository's address tells its host, and its host how its owners are written.
  joinRepositories([...aliases].filter(known => known.includes(':repo/')).sort(), join)
  const described = describedTeams(entities)
  const knows = (name: Alias): boolean => aliases.has(name)
  const owners = rules
    .flatMap(rule => ownerAliases(rule.owners, hostOfRule(rule, union), knows))
    .filter(owner => !isGone(owner, described, knows))
  const all = [...new Set([...aliases, ...owners])].sort()
  joinNamespaces(all, aliases, join)
  joinServices(all, entities, links, join)
  joinPeople(all, entities, links, union, join)
  // Before teams are matched a name is one system's; after, it may be that of one team in several.
  joinTeamNames(all, entities, union, join)
  const dated = withValidity(links)
  for (const {a, b, probability, because, where} of renamedTeams(dated))
    join(a, b, probability, because, where)
  const teams = matchTeams(entities, dated, rules, union)
  for (const merge of teams.merges) join(merge.a, merge.b, merge.probability, merge.because, merge.where)
  refused.push(...teams.refused)
  joinTeamNames(all, entities, union, join)
  const inferred = matchCenters(entities, dated, rules, union)
  const rivals = teams.rivals.filter(({a, b}) => union.find(a) !== union.find(b))
  return {union, merges, refused, rivals, inferred, owners}
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

type Join = (a: Alias, b: Alias, probability: number, because: string, where?: string | null) => void

/** A checkout's folder is the repository of that name, when one code host repository alone has it. */
function joinRepositories(all: readonly Alias[], join: Join): void {
  const hosted = new Map<string, Alias[]>()
  for (const known of all) {
    const match = /^(?:github|git):repo\/.*?([^/#]+)$/.exec(known)
    if (match && !known.includes('#')) hosted.set(match[1]!, [...(hosted.get(match[1]!) ?? []), known])
  }
  for (const known of all) {
    const match = /^name:repo\/([^#]+)(#.*)?$/.exec(known)
    const found = match && hosted.get(match[1]!)
    if (found?.length === 1)
      join(known, found[0]! + (match![2] ?? ''), 0.99, `the only repository called ${match![1]}`)
  }
}

function joinNamespaces(all: readonly Alias[], aliases: ReadonlySet<Alias>, join: Join): void {
  for (const known of all) {
    const match = /^name:namespace\/(.+)$/.exec(known)
    if (match && aliases.has(alias.k8sNamespace(match[1]!)))
      join(known, alias.k8sNamespace(match[1]!), 0.99, 'the namespace of that name')
  }
}

/** What runs, as against what it is a running copy of. */
const isDeployed = (known: Alias): boolean => /^(?:k8s:workload|argocd:application)\//.test(known)

const serviceName = (known: Alias): string => known.split('/').at(-1)!

/** The same canonical name in catalog, cluster and metadata is one service, unless the name is too common to say. */
function joinServices(
  all: readonly Alias[],
  entities: readonly EntityRow[],
  links: readonly LinkRow[],
  join: Join,
): void {
  const copies = links.filter(
    ({relation, from, to}) =>
      relation === 'part_of' && isDeployed(from) && kindOf(to) === 'service' && !isDeployed(to),
  )
  for (const [from, same] of Map.groupBy(copies, link => link.from)) {
    const listed = same.filter(({to}) => !to.startsWith('name:'))
    // What several entries of a catalog share runs them all, and is none of them.
    const one = new Set(listed.map(({to}) => to)).size === 1
    for (const {to, where} of same)
      if (to.startsWith('name:')) join(from, to, 0.98, 'the workload carries its name', where)
      else if (one) join(from, to, 0.98, 'the catalog lists it as its copy', where)
  }
  const byName = new Map<string, Alias[]>()
  const libraries = new Set(entities.filter(({type}) => type === 'library').map(({alias: known}) => known))
  for (const known of all) {
    if (kindOf(known) !== 'service' || libraries.has(known)) continue
    const name = canonicalService(serviceName(known))
    if (!GENERIC.has(name)) byName.set(name, [...(byName.get(name) ?? []), known])
  }
  for (const [name, [first, ...rest]] of byName)
    for (const other of rest) join(first!, other, 0.97, `both are called ${name}`)
}

/** `quill.reed` is written `quillreed`, `qreed`, `quillr`, `reedq` or `reedquill` where dots are not allowed. */
function loginsOf(local: string): string[] {
  const words = tokens(local)
  const whole = words.join('')
  if (words.length !== 2) return [whole]
  const [first, last] = words as [string, string]
  return [whole, `${last}${first}`, `${first[0]}${last}`, `${first}${last[0]}`, `${last}${first[0]}`]
}

/**
 * A user id that is an address is that person. A code host login that is one way to write the local part of one company
 * address, and of no other, is probably that person.
 */
function joinPeople(
  all: readonly Alias[],
  entities: readonly EntityRow[],
  links: readonly LinkRow[],
  union: Union,
  join: Join,
): void {
  const plain = (name: string) => tokens(name).join('')
  const addresses = new Map<string, Alias[]>()
  for (const known of all) {
    const address = /^[a-z0-9_]+:user\/(?:[^/]+\/)?([^/\s@]+@[^/\s@]+\.[^/\s@]+)$/.exec(known)
    if (address) join(known, alias.email(address[1]!), 0.99, 'the id is the address')
  }
  // Groups have addresses too, and no login.
  const groups = new Set(
    entities.filter(({kind}) => kind === 'organization').map(({alias: known}) => union.find(known)),
  )
  for (const known of all) {
    const local = /^email:([^@]+)@/.exec(known)?.[1]
    if (local === undefined || groups.has(union.find(known))) continue
    for (const login of loginsOf(local)) addresses.set(login, [...(addresses.get(login) ?? []), known])
  }
  const verified = new Set(
    links.filter(({relation, to}) => relation === 'same_as' && to.startsWith('email:')).map(({from}) => from),
  )
  for (const known of all) {
    const match = /^(?:github:user|gitlab:user|name:person|backstage:user\/[^/]+|aws:user\/\d+)\/(.+)$/.exec(
      known,
    )
    if (!match || verified.has(known)) continue
    const login = match[1]!.replace(/[-_](acme|corp|inc|gh|dev|work)$/, '')
    const found = addresses.get(plain(login))
    if (found && new Set(found.map(address => union.find(address))).size === 1)
      join(known, found[0]!, 0.9, 'the login is a way to write the address')
  }
}

/** A team named in free text is the team of that canonical name, when only one has it. */
function joinTeamNames(
  all: readonly Alias[],
  entities: readonly EntityRow[],
  union: Union,
  join: Join,
): void {
  const named = new Map<string, Set<Alias>>()
  const add = (name: string, root: Alias) => {
    const key = canonicalTeam(name)
    named.set(key, (named.get(key) ?? new Set()).add(root))
  }
  for (const {kind, alias: known, name, type} of entities) {
    if (kind !== 'organization' || type === 'everyone' || type === 'cost_center') continue
    for (const chosen of chosenNames(known)) add(chosen, union.find(known))
    if (name !== null) add(name, union.find(known))
  }
  const described = new Set(entities.map(({alias: known}) => known))
  for (const known of all) {
    // A mention on GitLab that is nobody's login may be a group's.
    const match =
      /^name:team\/(.+)$/.exec(known) ??
      (union.find(known) === known && !described.has(known) ? /^gitlab:user\/(.+)$/.exec(known) : null)
    if (!match) continue
    const found = [...(named.get(canonicalTeam(match[1]!)) ?? [])].filter(root => root !== union.find(known))
    if (found.length === 1) join(known, found[0]!, 0.97, `the only team called ${match[1]}`)
  }
}
