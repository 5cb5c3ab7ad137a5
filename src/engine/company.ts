/** What a graph as a whole says of its organizations and repositories, worked out once for all questions about them. */
import type {Graph, Node} from './graph.ts'
import {canonicalService, canonicalTeam, chosenNames} from './names.ts'
import {membersOf} from './witness.ts'

export interface Company {
  /** Groups that are everybody's. */
  readonly everybody: ReadonlySet<string>
  /** Departments that hold several teams. */
  readonly parents: ReadonlySet<string>
  /** The others: teams that can own something. */
  readonly teams: readonly Node[]
  /** The same by every canonical name they have. */
  readonly teamsByName: ReadonlyMap<string, readonly Node[]>
  /** People who look after projects of a provider, and are not those who use them. */
  readonly administrators: ReadonlySet<string>
  /** Repositories and directories of them by canonical name. */
  readonly projects: ReadonlyMap<string, readonly Node[]>
  /** How many directories of a repository are things of their own. */
  readonly parts: ReadonlyMap<string, number>
}

/** Groups larger than this share of all people are everybody's and name nobody. */
const EVERYBODY = 0.4
/** In a smaller company that tells nothing. */
const FEW_PEOPLE = 20

/** A repository or a directory of one, by its last name. */
const REPOSITORY = /^(?:github|git|name):repo\/(?:.*[/#])?([^/#]+)$/
const GENERIC_FOLDERS = new Set([
  ...['src', 'docs', 'test', 'tests', 'lib', 'libs', 'packages', 'services', 'apps', 'api', 'web'],
  ...['scripts', 'tools', 'infra', 'deploy', 'config'],
])

export function companyOf(graph: Graph): Company {
  let people = 0
  for (const node of graph.nodes)
    if (node.kind === 'identity' && graph.everOut(node, 'member_of').length > 0) people++
  const organizations = graph.nodes.filter(
    node => node.kind === 'organization' && node.type !== 'cost_center' && !node.id.startsWith('finance:'),
  )
  const members = new Map(organizations.map(node => [node, membersOf(graph, node)]))
  const everybody = new Set(
    organizations
      .filter(
        node =>
          node.type === 'everyone' || (people >= FEW_PEOPLE && members.get(node)!.size > people * EVERYBODY),
      )
      .map(({id}) => id),
  )
  const parents = parentsAmong(graph, members)
  const teams = organizations.filter(({id}) => !everybody.has(id) && !parents.has(id))
  return {
    everybody,
    parents,
    teams,
    teamsByName: byName(teams),
    administrators: administratorsIn(graph),
    ...projectsIn(graph),
  }
}

function byName(teams: readonly Node[]): ReadonlyMap<string, readonly Node[]> {
  const named = new Map<string, Node[]>()
  for (const node of teams)
    for (const name of new Set([node.name, ...node.aliases.flatMap(chosenNames)].map(canonicalTeam))) {
      const same = named.get(name)
      if (same) same.push(node)
      else named.set(name, [node])
    }
  return named
}

function projectsIn(graph: Graph): Pick<Company, 'projects' | 'parts'> {
  const projects = new Map<string, Node[]>()
  const parts = new Map<string, number>()
  for (const node of graph.nodes) {
    const whole = node.id.includes('#') ? graph.node(node.id.slice(0, node.id.indexOf('#'))) : undefined
    if (whole) parts.set(whole.id, (parts.get(whole.id) ?? 0) + 1)
    const name = node.id.includes(':repo/') ? REPOSITORY.exec(node.id)?.[1] : undefined
    if (name === undefined || GENERIC_FOLDERS.has(name)) continue
    const key = canonicalService(name)
    const same = projects.get(key)
    if (same) same.push(node)
    else projects.set(key, [node])
  }
  return {projects, parts}
}

/** HR has moved everybody on: the team that took them in is no department for it. */
function isDissolved(graph: Graph, node: Node): boolean {
  const hr = graph.everInto(node, 'member_of').filter(({link}) => link.basis === 'hr')
  return hr.length > 0 && hr.every(({link}) => link.validTo !== null)
}

/** Departments: named as the parent of several teams, or made of their people. */
function parentsAmong(graph: Graph, members: ReadonlyMap<Node, ReadonlySet<string>>): ReadonlySet<string> {
  const groupsOf = new Map<string, Node[]>()
  for (const [node, people] of members) {
    if (node.type === 'everyone' || people.size < 3 || isDissolved(graph, node)) continue
    for (const person of people) {
      const groups = groupsOf.get(person)
      if (groups) groups.push(node)
      else groupsOf.set(person, [node])
    }
  }
  const holdsTeams = (node: Node, people: ReadonlySet<string>): boolean => {
    if (people.size < 6) return false
    const both = new Map<Node, number>()
    for (const person of people)
      for (const other of groupsOf.get(person) ?? [])
        if (other !== node) both.set(other, (both.get(other) ?? 0) + 1)
    const inside = [...both].filter(([other, count]) => {
      const {size} = members.get(other)!
      return size <= people.size * 0.7 && count >= size * 0.8
    })
    return inside.length >= 2
  }
  const parents = new Set<string>()
  for (const [node, people] of members) {
    const children = new Set<string>()
    for (const {to} of graph.everInto(node, 'part_of'))
      if (to.kind === 'organization' && to.id !== node.id) children.add(to.id)
    if (children.size >= 2 || holdsTeams(node, people)) parents.add(node.id)
  }
  return parents
}

export const PROVIDER_PROJECT = /^(openai|anthropic):(project|workspace)\//
/** Somebody in more projects of a provider than this, or in several and at least half of all there are, looks after them. */
const OWN_PROJECTS = {most: 3, several: 2, part: 0.5} as const

function administratorsIn(graph: Graph): ReadonlySet<string> {
  const projects = new Map<string, number>()
  const inside = new Map<string, Map<string, Set<string>>>()
  for (const node of graph.nodes) {
    const provider = PROVIDER_PROJECT.exec(node.id)?.[1]
    if (provider === undefined) continue
    projects.set(provider, (projects.get(provider) ?? 0) + 1)
    for (const {to: person} of graph.everInto(node, 'contributes_to')) {
      const providers = inside.get(person.id) ?? new Map<string, Set<string>>()
      inside.set(person.id, providers)
      providers.set(provider, (providers.get(provider) ?? new Set<string>()).add(node.id))
    }
  }
  const looksAfter = ([provider, {size}]: [string, ReadonlySet<string>]): boolean =>
    size > OWN_PROJECTS.most ||
    (size >= OWN_PROJECTS.several && size >= projects.get(provider)! * OWN_PROJECTS.part)
  return new Set([...inside].filter(([, providers]) => [...providers].some(looksAfter)).map(([id]) => id))
}
