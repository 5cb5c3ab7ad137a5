/**
 * Who owns a service, repository, namespace or provider project, and which team a person is in, at an instant.
 * Each kind of source is one witness; what they say together is a distribution over organizations.
 */
import {pathIn} from '../model/alias.ts'
import type {Commits} from './commits.ts'
import type {Company} from './company.ts'
import {type DatedLink, type Graph, type Node, Span} from './graph.ts'
import type {MeasuredReliability} from './measured-reliability.ts'
import {currentTeams, teamWitnesses} from './membership.ts'
import {canonicalService, canonicalTeam, systemOf} from './names.ts'
import {neighbours} from './neighbours.ts'
import {adjusted, combine, type Distribution, type Heard, topOf} from './probability.ts'
import type {Learned, Model} from './rail/model.ts'
import {RELIABILITY, WEAKER} from './reliability.ts'
import {type FoundRule, ownerAliases, type RepositoryRules, rulesFor} from './repository-rules.ts'

import {
  byFamily,
  capped,
  describe,
  isAdministrator,
  isOpenConflict,
  isWritten,
  membersOf,
  PROVIDER_PROJECT,
  scaled,
  systemsOf,
  type Witness,
} from './witness.ts'

export interface Answer {
  readonly witnesses: readonly Witness[]
  readonly says: Distribution
  /** Written statements speak for another team as much as for the likeliest. */
  readonly isOpen: boolean
  /** While this holds the answer stays the same. */
  readonly span: Span
}

/** A place is a team's only where so many of its people are. */
const MOSTLY = 0.6

const NOBODY: Distribution = new Map()
const UNMEASURED: ReadonlyMap<string, MeasuredReliability> = new Map()
/** Robots by the names that code hosts and dumps give them. */
const BOT = /\[bot\]|\/bot-|-bot$|^email:(?:no-?reply|bot)@/

const CODE_HOST_TEAM = /^(?:github:team|gitlab:group)\//

const MOST_TRUSTED = 0.98

/** What is said of a whole repository by these says nothing of one folder. */
const OF_THE_PLACE = new Set(['codeowners', 'commits', 'changed together', 'contributors'])

/** What a company's history says, and what was learned of its sources. */
export interface Knowledge {
  readonly rules: RepositoryRules
  /** Systems that list their teams, as `okta:group`, `github:team`. */
  readonly described: ReadonlySet<string>
  readonly commits: Commits
  readonly model: Model
  readonly trust?: ReadonlyMap<string, MeasuredReliability>
}

/** One person on a project says little of its team; several of one team say more. */
const togetherWorth = (people: number): number =>
  Math.max(0.05, 0.95 - (0.95 - WEAKER.contributors) * 0.75 ** (people - 1))

export class Ownership {
  readonly graph: Graph
  /** Organizations that can own, plus "none of these". */
  readonly candidates: number
  readonly company: Company
  readonly knowledge: Knowledge
  readonly #answers = new Map<string, Answer[]>()
  readonly #budgets = new Map<string, {readonly center: Node | null; readonly span: Span}[]>()
  readonly #folders = new Map<string, {readonly says: Distribution; readonly span: Span}[]>()

  constructor(graph: Graph, company: Company, knowledge: Knowledge) {
    this.graph = graph
    this.company = company
    this.knowledge = knowledge
    this.candidates = Math.max(2, company.teams.length + 1)
  }

  get model(): Model {
    return this.knowledge.model
  }

  /** How reliable each kind of source proved in this company. */
  get trust(): ReadonlyMap<string, MeasuredReliability> {
    return this.knowledge.trust ?? UNMEASURED
  }

  /** Whether an organization is a team that can own something, not a whole department or everybody. */
  isTeam = (node: Node): boolean =>
    node.kind === 'organization' && !this.company.everybody.has(node.id) && !this.company.parents.has(node.id)

  get organizations(): readonly Node[] {
    return this.company.teams
  }

  /** Whether several services or owned directories are parts of a repository. */
  isMonorepo(repository: Node): boolean {
    return (this.company.parts.get(repository.id) ?? 0) > 1
  }

  /** The one repository, or directory of one, of a service's canonical name. */
  projectCalled(name: string): Node | null {
    const found = this.company.projects.get(canonicalService(name))
    return found?.length === 1 ? found[0]! : null
  }

  /** Owner of anything that is not a person; asked again within its span it answers from memory. */
  ownerOf(node: Node, at: number): Answer {
    return this.#remembered('project_organization', node, at, span => this.#ownerWitnesses(node, at, span))
  }

  /** The team a person is in. */
  teamOf(person: Node, at: number): Answer {
    return this.#remembered('identity_organization', person, at, span =>
      teamWitnesses(this, person, at, span),
    )
  }

  #remembered(relation: Learned, node: Node, at: number, ask: (span: Span) => Witness[]): Answer {
    const key = `${relation} ${node.id}`
    const known = this.#answers.get(key) ?? []
    const hit = known.find(({span}) => at >= span.lo && at < span.hi)
    if (hit) return hit
    const span = new Span()
    // A question that comes back to itself (a system that owns itself) finds this and stops.
    const open: Answer = {witnesses: [], says: new Map(), isOpen: false, span: new Span()}
    this.#answers.set(key, [...known, open])
    const heard = ask(span)
    const said = relation === 'project_organization' ? heard.map(witness => this.#trusted(witness)) : heard
    const witnesses = byFamily(said)
    const says = this.settle(
      relation,
      witnesses.map(witness => ({kind: witness.family, says: witness.says})),
    )
    const isOpen = isOpenConflict(said, says, name => this.#isEstablished(name))
    const answer = {witnesses, says: isOpen ? capped(says, WEAKER.openConflict) : says, isOpen, span}
    this.#answers.set(key, [...known, answer])
    return answer
  }

  /** Known to more than one system, or with people. */
  #isEstablished(organization: string): boolean {
    const node = this.graph.node(organization)!
    return systemsOf(node) > 1 || membersOf(this.graph, node).size > 0
  }

  /** A source believed as far as it has earned it here. */
  #trusted(witness: Witness): Witness {
    const measured = this.trust.get(witness.family)
    return measured === undefined
      ? witness
      : {
          ...witness,
          says: capped(scaled(witness.says, measured.reliability / measured.documented), MOST_TRUSTED),
        }
  }

  /** What several witnesses say together, keeping what is worth keeping. `kind`: a family of witnesses. */
  settle(relation: Learned, heard: readonly Heard[]): Distribution {
    const together = combine(heard, this.candidates, this.model.weighing(relation))
    const best = together.ranked[0]?.name
    const written = heard.some(({kind, says}) => isWritten(kind) && topOf(says) === best)
    const {ranked} = adjusted(together, scored =>
      this.model.probability(relation, written ? 'exact' : 'inferred', scored),
    )
    return new Map(
      ranked.filter(({probability}) => probability > 0.001).map(({name, probability}) => [name, probability]),
    )
  }

  #ownerWitnesses(node: Node, at: number, span: Span): Witness[] {
    const found: Witness[] = []
    for (const dated of this.graph.out(node, 'owned_by', at, span)) {
      const witness = this.#says(
        dated,
        at,
        span,
        node.kind === 'project' && /namespace\//.test(node.id) ? WEAKER.namespace : undefined,
      )
      if (witness) found.push(witness)
    }
    const builtFrom = [...this.graph.out(node, 'built_from', at, span)]
    for (const {link, to} of builtFrom) {
      // The line for a service's own directory speaks, not the one for the repository around it.
      const within = builtFrom.some(other =>
        other.to.aliases.some(known => to.aliases.some(root => known.startsWith(`${root}#`))),
      )
      if (!within) found.push(...this.#through(to, at, span, link.where))
    }
    if (node.kind === 'service' && this.graph.everOut(node, 'built_from').length === 0) {
      const namesake = this.projectCalled(node.name)
      if (namesake)
        found.push(
          ...this.#through(namesake, at, span).map(witness => ({
            ...witness,
            says: scaled(witness.says, WEAKER.namesake),
          })),
        )
    }
    for (const {to} of this.graph.out(node, 'runs_in', at, span)) {
      if (!/namespace\//.test(to.id)) continue
      for (const witness of this.#through(to, at, span)) found.push({...witness, family: 'namespace'})
    }
    if (/namespace\//.test(node.id)) found.push(...this.#namespaceWitnesses(node, at, span))
    for (const known of node.aliases) found.push(...this.#codeowners(known, at, span))
    const [repository, path] = node.id.split('#')
    if (path !== undefined) {
      const whole = this.graph.node(repository!)
      if (whole) found.push(...this.#through(whole, at, span).filter(({family}) => !OF_THE_PLACE.has(family)))
    }
    if (found.length === 0) {
      for (const {link, to} of this.graph.out(node, 'part_of', at, span))
        found.push(
          ...this.#through(to, at, span, link.where).map(witness => ({
            ...witness,
            family: 'system',
            says: scaled(witness.says, WEAKER.system),
          })),
        )
    }
    const commits = this.knowledge.commits.isEmpty ? [] : this.#neighbours(node, at, span)
    found.push(...commits)
    // A list of contributors is the same commits, counted by the code host.
    const contributors = commits.length > 0 ? null : this.#contributors(node, at, span)
    if (contributors) found.push(contributors)
    return found
  }

  /** A namespace called like a team, and the owners written on what runs in it. */
  *#namespaceWitnesses(node: Node, at: number, span: Span): Generator<Witness> {
    const name = node.id.split('/').at(-1)!
    const called = this.company.teamsByName.get(canonicalTeam(name)) ?? []
    if (called.length === 1)
      yield {
        family: 'namespace name',
        basis: 'name',
        says: new Map([[called[0]!.id, WEAKER.namespaceName]]),
        because: `it is called like ${called[0]!.name}`,
        where: [],
      }
    const votes = new Map<string, number>()
    const where: string[] = []
    let inside = 0
    for (const {to: service} of this.graph.into(node, 'runs_in', at, span)) {
      if (service.kind !== 'service') continue
      const stated = new Map<string, number>()
      for (const {link, to} of this.graph.out(service, 'owned_by', at, span)) {
        const says = this.organizationsOf(to, 1, at, span)
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
      family: 'runs inside',
      basis: 'label',
      says: new Map([...votes].map(([id, count]) => [id, (WEAKER.namespace * count) / (inside + 0.5)])),
      because: 'the owners of what runs in it',
      where: where.slice(0, 3),
    }
  }

  #neighbours(node: Node, at: number, span: Span): Witness[] {
    const place = node.aliases.find(known => known.includes(':repo/'))
    if (place === undefined) return []
    const [repository, path = null] = place.split('#') as [string, string?]
    return neighbours(
      {
        commits: this.knowledge.commits,
        isBot: author => this.graph.node(author)?.type === 'bot' || BOT.test(author),
        teamOf: author => {
          const person = this.graph.node(author)
          if (!person || this.graph.everOut(person, 'member_of').length === 0) return NOBODY
          const answer = this.teamOf(person, at)
          span.within(answer.span)
          return answer.says
        },
        ownersOf: (root, folder) => this.#folderOwners(root, folder, at, span),
      },
      repository,
      path,
    )
  }

  /** The owners that CODEOWNERS names for a folder, adding up to 1. */
  #folderOwners(repository: string, folder: string, at: number, span: Span): Distribution {
    const place = folder === '' ? repository : pathIn(repository, folder)
    const known = this.#folders.get(place) ?? []
    let hit = known.find(answer => at >= answer.span.lo && at < answer.span.hi)
    if (!hit) {
      const own = new Span()
      // A catch-all names whoever looks after the rest: not who works there.
      const rules = rulesFor(this.knowledge.rules, repository, folder || null, at, own).filter(
        rule => !rule.isDefault,
      )
      const [witness] = this.#named(rules, at, own)
      const said = witness?.says ?? NOBODY
      const sum = [...said.values()].reduce((total, part) => total + part, 0)
      hit = {says: new Map([...said].map(([name, part]) => [name, part / sum])), span: own}
      this.#folders.set(place, [...known, hit])
    }
    span.within(hit.span)
    return hit.says
  }

  /** The cost center an organization is budgeted under: what finance says of it, else where most of its people are. */
  budgetOf(organization: Node, at: number): {readonly center: Node | null; readonly span: Span} {
    const known = this.#budgets.get(organization.id) ?? []
    const hit = known.find(({span}) => at >= span.lo && at < span.hi)
    if (hit) return hit
    const span = new Span()
    const answer = {center: this.#costCenter(organization, at, span), span}
    this.#budgets.set(organization.id, [...known, answer])
    return answer
  }

  /** Organizations that a cost center pays for: those finance names, else those most of its people are in. */
  payersOf(center: Node, at: number, span: Span): Distribution {
    const named = [...this.graph.into(center, 'budgeted_under', at, span)].filter(({to}) => this.isTeam(to))
    if (named.length > 0)
      return currentTeams(
        this,
        new Map(named.map(({to}) => [to.id, RELIABILITY.finance / named.length])),
        at,
        span,
      )
    const counts = new Map<string, number>()
    for (const {to: person} of this.graph.into(center, 'budgeted_under', at, span)) {
      if (person.kind !== 'identity') continue
      const answer = this.teamOf(person, at)
      span.within(answer.span)
      for (const [id, probability] of answer.says) counts.set(id, (counts.get(id) ?? 0) + probability)
    }
    const votes = [...counts.values()].reduce((sum, count) => sum + count, 0)
    return new Map([...counts].map(([id, count]) => [id, (count / votes) * RELIABILITY.finance]))
  }

  #costCenter(organization: Node, at: number, span: Span): Node | null {
    const own = [...this.graph.out(organization, 'budgeted_under', at, span)].sort((a, b) =>
      a.to.id < b.to.id ? -1 : 1,
    )
    if (own.length > 0) return (own.find(({link}) => link.basis === 'finance') ?? own[0]!).to
    const counts = new Map<Node, number>()
    for (const {to: person} of this.graph.into(organization, 'member_of', at, span))
      for (const {to} of this.graph.out(person, 'budgeted_under', at, span))
        counts.set(to, (counts.get(to) ?? 0) + 1)
    const [most] = [...counts].sort((a, b) => b[1] - a[1] || (a[0].id < b[0].id ? -1 : 1))
    return most?.[0] ?? null
  }

  #through(node: Node, at: number, span: Span, where?: string): Witness[] {
    const answer = this.ownerOf(node, at)
    span.within(answer.span)
    return answer.witnesses.map(witness =>
      where === undefined ? witness : {...witness, where: [...witness.where, where]},
    )
  }

  /** An `owned_by` link as a witness: a team, or the team of a person. */
  #says({link, to}: DatedLink, at: number, span: Span, most?: number): Witness | null {
    const reliability = Math.min(RELIABILITY[link.basis], most ?? 1)
    const says = this.organizationsOf(to, reliability, at, span)
    if (says.size === 0) return null
    return {
      family: link.basis,
      basis: link.basis,
      says,
      because: `${describe(link.basis)} names ${to.name}`,
      where: [link.where],
    }
  }

  /** What naming a node says about organizations: itself when it is a team, the team of a person, else nothing. */
  organizationsOf(node: Node, reliability: number, at: number, span: Span): Distribution {
    if (node.kind === 'organization')
      return this.isTeam(node) && this.#exists(node)
        ? currentTeams(this, new Map([[node.id, reliability]]), at, span)
        : new Map()
    if (node.kind !== 'identity') return new Map()
    const answer = this.teamOf(node, at)
    span.within(answer.span)
    return scaled(answer.says, reliability * WEAKER.person)
  }

  /**
   * A team only a CODEOWNERS line or a tag has ever heard of, where others are in a directory, is gone or mistyped; not so
   * where nothing that was read lists the teams of its code host.
   */
  #exists(node: Node): boolean {
    if (node.aliases.some(known => !known.startsWith('name:team/') && !CODE_HOST_TEAM.test(known)))
      return true
    if (node.type !== null || this.graph.everInto(node, 'member_of').length > 0) return true
    if (
      node.aliases.some(known => CODE_HOST_TEAM.test(known) && !this.knowledge.described.has(systemOf(known)))
    )
      return true
    return this.knowledge.described.size === 0
  }

  /** Everybody the lines of a file name together: on GitLab several sections own one path. */
  #codeowners(known: string, at: number, span: Span): Witness[] {
    const [repository, path] = known.split('#')
    return this.#named(rulesFor(this.knowledge.rules, repository!, path ?? null, at, span), at, span)
  }

  #named(rules: readonly FoundRule[], at: number, span: Span): Witness[] {
    const [first] = rules
    if (!first) return []
    const owners = rules.flatMap(rule =>
      ownerAliases(rule.owners, rule.host, name => this.graph.node(name) !== undefined).flatMap(
        name => this.graph.node(name) ?? [],
      ),
    )
    const reliability = first.isDefault ? WEAKER.codeownersDefault : RELIABILITY.codeowners
    const says = new Map<string, number>()
    const teams = owners.filter(({kind}) => kind === 'organization')
    for (const node of teams.length > 0 ? teams : owners)
      for (const [name, probability] of this.organizationsOf(node, reliability, at, span))
        says.set(name, (says.get(name) ?? 0) + probability / (teams.length || owners.length))
    if (says.size === 0) return []
    return [
      {
        family: 'codeowners',
        basis: 'codeowners',
        says,
        because: rules
          .map(({said, owners: named}) => `CODEOWNERS ${said} names ${named.join(' ')}`)
          .join('; '),
        where: rules.map(({where}) => where),
      },
    ]
  }

  #contributors(node: Node, at: number, span: Span): Witness | null {
    const counts = new Map<string, number>()
    const where: string[] = []
    let people = 0
    for (const {link, to} of this.graph.into(node, 'contributes_to', at, span)) {
      if (to.type === 'bot' || (PROVIDER_PROJECT.test(node.id) && isAdministrator(this.graph, to))) continue
      const answer = this.teamOf(to, at)
      span.within(answer.span)
      if (answer.says.size === 0) continue
      // Somebody who is in every project is there for all of them and speaks for none.
      const weight = 1 / new Set(this.graph.everOut(to, 'contributes_to').map(other => other.to.id)).size
      people += weight
      where.push(link.where)
      for (const [name, probability] of answer.says)
        counts.set(name, (counts.get(name) ?? 0) + probability * weight)
    }
    if (people === 0) return null
    // Where people of many teams meet nobody's is the place.
    if (PROVIDER_PROJECT.test(node.id) && Math.max(...counts.values()) < people * MOSTLY) return null
    const says = new Map(
      [...counts].map(([name, count]) => [name, (count / people) * togetherWorth(people)] as const),
    )
    return {
      family: 'contributors',
      basis: 'repository',
      says,
      because: `${people === 1 ? 'a person who works' : 'people who work'} on it`,
      where: where.slice(0, 3),
    }
  }
}
