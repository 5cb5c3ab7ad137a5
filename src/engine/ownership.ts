/**
 * Who owns a service, repository, namespace or provider project, and which team a person is in, at an instant.
 * Each kind of source is one witness; what they say together is a distribution over organizations.
 */
import {pathIn} from '../model/alias.ts'
import {costCenterOf} from './budgets.ts'
import type {Commits} from './commits.ts'
import type {Company} from './company.ts'
import {contributors} from './contributors.ts'
import {type DatedLink, type Graph, type Node, Span} from './graph.ts'
import type {MeasuredReliability} from './measured-reliability.ts'
import {currentTeams, teamWitnesses} from './membership.ts'
import {canonicalService, systemOf} from './names.ts'
import {type Inside, insideOf, insideWitness, namespaceWitnesses, RUNS_INSIDE} from './namespaces.ts'
import {neighbours} from './neighbours.ts'
import {adjusted, combine, type Distribution, type Heard, topOf} from './probability.ts'
import type {Learned, Model} from './rail/model.ts'
import {RELIABILITY, WEAKER} from './reliability.ts'
import {type FoundRule, ownerAliases, type RepositoryRules, rulesFor} from './repository-rules.ts'
import {Spanned} from './spanned.ts'
import {
  byFamily,
  capped,
  describe,
  isOpenConflict,
  isWritten,
  membersOf,
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

export class Ownership {
  readonly graph: Graph
  /** Organizations that can own, plus "none of these". */
  readonly candidates: number
  readonly company: Company
  readonly knowledge: Knowledge
  readonly #answers = new Map<string, Answer[]>()
  readonly #budgets = new Spanned<Node | null>()
  readonly #folders = new Spanned<Distribution>()
  readonly #insides = new Spanned<Inside>()

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
      for (const witness of this.#namespaceOf(node, to, at, span))
        found.push({...witness, family: 'namespace'})
    }
    if (/namespace\//.test(node.id)) found.push(...namespaceWitnesses(this, node, at, span))
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
    const people = commits.length > 0 ? null : contributors(this, node, at, span)
    if (people) found.push(people)
    return found
  }

  inside(namespace: Node, at: number, span: Span): Inside {
    return this.#insides.at(namespace.id, at, span, own => insideOf(this, namespace, at, own))
  }

  /** What is said of the namespace a service runs in; what is said of the service itself is not heard twice. */
  #namespaceOf(service: Node, namespace: Node, at: number, span: Span): Witness[] {
    return [
      ...this.#through(namespace, at, span).filter(({family}) => family !== RUNS_INSIDE),
      ...insideWitness(this, namespace, at, span, service),
    ]
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
    return this.#folders.at(place, at, span, own => {
      // A catch-all names whoever looks after the rest: not who works there.
      const rules = rulesFor(this.knowledge.rules, repository, folder || null, at, own).filter(
        rule => !rule.isDefault,
      )
      const [witness] = this.#named(rules, at, own)
      const said = witness?.says ?? NOBODY
      const sum = [...said.values()].reduce((total, part) => total + part, 0)
      return new Map([...said].map(([name, part]) => [name, part / sum]))
    })
  }

  /** The cost center an organization is budgeted under: what finance says of it, else where most of its people are. */
  budgetOf(organization: Node, at: number, span: Span): Node | null {
    return this.#budgets.at(organization.id, at, span, own => costCenterOf(this.graph, organization, at, own))
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
}
