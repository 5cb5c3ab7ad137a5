/** Finding a service, team or person by what somebody called it. Exact names first; else likeness, with how sure that is. */
import {Alike} from './alike.ts'
import type {Graph, Node} from './graph.ts'
import {
  canonicalService,
  canonicalTeam,
  chosenNames,
  compresses,
  environmentIn,
  keyTokens,
  Rarity,
  serviceTokens,
  teamTokens,
  tokens,
} from './names.ts'
import type {Ownership} from './ownership.ts'

export interface Found {
  readonly node: Node
  readonly probability: number
  /** The same canonical name, not a likeness. */
  readonly exact: boolean
  readonly shared: string
}

interface Named {
  readonly node: Node
  readonly words: readonly (readonly string[])[]
}

/** With every word of its names, also those that all services have. */
interface NamedService extends Named {
  readonly raw: readonly (readonly string[])[]
}

/** What running a service's words together is worth when each is written out and no other service fits. */
const COMPRESSED = 0.95

/** What a likeness is worth as a probability, if no other candidate comes near: [at least, worth]. */
const WORTH = [
  [0.92, 0.9],
  [0.84, 0.86],
  [0.76, 0.74],
  [0.66, 0.55],
  [0.56, 0.32],
] as const
const worth = (score: number): number => WORTH.find(([least]) => score >= least)?.[1] ?? 0

/** Two words in common are no accident; one word may be. */
const exactName = (words: readonly string[], rivals: number): number =>
  (words.length > 1 ? 0.96 : 0.9) / rivals

export class Lookup {
  readonly #services: readonly NamedService[]
  readonly #listed: ReadonlySet<Node>
  readonly #nearServices: Near
  readonly #nearTeams: Near
  readonly #serviceByName = new Map<string, Node[]>()
  readonly #teamByName = new Map<string, Node[]>()
  readonly #personByLogin = new Map<string, Node[]>()
  readonly #answers = new Map<string, readonly Found[]>()
  readonly serviceCount: number

  constructor(graph: Graph, ownership: Pick<Ownership, 'organizations' | 'projectCalled'>) {
    const index = (map: Map<string, Node[]>, key: string, node: Node) => {
      const found = map.get(key)
      if (!found) map.set(key, [node])
      else if (!found.includes(node)) found.push(node)
    }
    // A name nobody else knows is not a service to be found, but a way to write one.
    const services = graph.nodes.filter(
      node =>
        node.kind === 'service' &&
        node.type !== 'library' &&
        (node.aliases.some(known => !known.startsWith('name:')) ||
          graph.everOut(node, 'owned_by').length > 0 ||
          ownership.projectCalled(node.name) !== null),
    )
    this.#listed = new Set(services)
    this.serviceCount = Math.max(2, services.length + 1)
    this.#services = services.map(node => {
      const names = namesOf(node)
      for (const name of names) index(this.#serviceByName, canonicalService(name), node)
      return {node, words: distinct(names.map(serviceTokens)), raw: distinct(names.map(tokens))}
    })
    const teams: readonly Named[] = ownership.organizations.map(node => {
      const names = namesOf(node)
      for (const name of names) index(this.#teamByName, canonicalTeam(name), node)
      return {node, words: distinct(names.map(teamTokens))}
    })
    for (const node of graph.nodes)
      for (const known of node.aliases) {
        const login = /^(?:email:([^@]+)@|(?:github|gitlab):user\/(.+)|name:person\/(.+))/.exec(known)
        if (login && node.kind === 'identity')
          index(this.#personByLogin, plain(login[1] ?? login[2] ?? login[3]!), node)
      }
    this.#nearServices = new Near(this.#services)
    this.#nearTeams = new Near(teams)
  }

  /** Whether a service is one to be found by a name. */
  lists(service: Node): boolean {
    return this.#listed.has(service)
  }

  /** Services that go by a name a system or person wrote. */
  service(name: string): readonly Found[] {
    return this.#remembered(`service ${name}`, () => {
      const exact = this.#serviceByName.get(canonicalService(name)) ?? []
      if (exact.length > 0)
        return exact.map(node => ({
          node,
          probability: exactName(serviceTokens(name), exact.length),
          exact: exact.length === 1,
          shared: canonicalService(name),
        }))
      return this.#nearServices.to(serviceTokens(name))
    })
  }

  /** Services a key, role or project may be named after: what every key is called does not count. */
  serviceOfKey(name: string): readonly Found[] {
    return this.#remembered(`key ${name}`, () => {
      const exact =
        this.#serviceByName.get(canonicalService(name)) ??
        this.#serviceByName.get(keyTokens(name).join('-')) ??
        []
      if (exact.length > 0)
        return exact.map(node => ({
          node,
          probability: exactName(keyTokens(name), exact.length),
          exact: exact.length === 1,
          shared: keyTokens(name).join('-'),
        }))
      const words = keyTokens(name)
      const alike = this.#nearServices.to(words)
      return alike.length > 0 ? alike : this.#compressed(tokens(name))
    })
  }

  /** The services whose words a name runs together, where they are few. */
  #compressed(words: readonly string[]): readonly Found[] {
    const written = words.filter(word => environmentIn(word) === null)
    if (written.length !== 1) return []
    return this.#remembered(`compressed ${written[0]}`, () => this.#written(written[0]!))
  }

  #written(name: string): readonly Found[] {
    const fits = this.#services
      .map(({node, raw}) => ({node, fit: Math.max(...raw.map(words => compresses(name, words)))}))
      .filter(({fit}) => fit > 0)
      .sort((a, b) => b.fit - a.fit || (a.node.id < b.node.id ? -1 : 1))
      .slice(0, 4)
    const weights = fits.map(({fit}) => Math.exp((fit - fits[0]!.fit) * 12))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    const letters = Math.min(1, name.length / 6)
    return fits.map(({node, fit}, index) => ({
      node,
      probability: (COMPRESSED * fit * letters * weights[index]!) / sum,
      exact: false,
      shared: `${name}~${node.name}`,
    }))
  }

  team(name: string): readonly Found[] {
    return this.#remembered(`team ${name}`, () => {
      const exact = this.#teamByName.get(canonicalTeam(name)) ?? []
      if (exact.length > 0)
        return exact.map(node => ({
          node,
          probability: 0.95 / exact.length,
          exact: exact.length === 1,
          shared: canonicalTeam(name),
        }))
      return this.#nearTeams.to(teamTokens(name))
    })
  }

  /** Teams a key or project may be named after. */
  teamOfKey(name: string): readonly Found[] {
    const words = keyTokens(name)
    return words.length === 0 ? [] : this.team(words.join(' '))
  }

  /** The one person whose login or address stands in a key's name. */
  personOfKey(name: string): readonly Found[] {
    return this.#remembered(`person ${name}`, () => {
      const claude = /^claude_code_key_(.+)_[a-z0-9]+$/i.exec(name)?.[1]
      const words = keyTokens(claude ?? name)
      for (let from = 0; from < words.length; from++)
        for (let to = words.length; to > from; to--) {
          const text = words.slice(from, to).join('')
          const found = text.length >= 4 ? this.#personByLogin.get(text) : undefined
          if (found?.length === 1)
            return [
              {
                node: found[0]!,
                probability: claude || to - from > 1 ? 0.88 : 0.6,
                exact: false,
                shared: text,
              },
            ]
        }
      return []
    })
  }

  #remembered(key: string, ask: () => readonly Found[]): readonly Found[] {
    let answer = this.#answers.get(key)
    if (!answer) this.#answers.set(key, (answer = ask()))
    return answer
  }
}

const plain = (name: string): string => tokens(name).join('')

const namesOf = (node: Node): string[] => [node.name, ...node.aliases.flatMap(chosenNames)]

function distinct(words: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const seen = new Map(words.map(list => [list.join(' '), list]))
  return [...seen.values()]
}

/** The few most alike; a runner-up close behind takes its share of the certainty. */
class Near {
  readonly #rarity: Rarity
  readonly #alike: Alike<Named>
  readonly #answers = new Map<string, readonly Found[]>()

  constructor(among: readonly Named[]) {
    this.#rarity = new Rarity(among.map(({words}) => words[0]!))
    this.#alike = new Alike(among, ({words}) => words)
  }

  /** Many names come down to the same words: numbers and environments are no names. */
  to(words: readonly string[]): readonly Found[] {
    const key = words.join(' ')
    let answer = this.#answers.get(key)
    if (!answer) this.#answers.set(key, (answer = this.#find(words)))
    return answer
  }

  #find(words: readonly string[]): Found[] {
    const scored = [...this.#alike.to(words)]
      .map(({node, words: names}) => {
        const best = names
          .map(name => this.#rarity.likeness(words, name))
          .reduce((a, b) => (b.score > a.score ? b : a))
        return {node, score: best.score, shared: best.shared.join(', ')}
      })
      .filter(({score}) => worth(score) > 0)
      .sort((a, b) => b.score - a.score || (a.node.id < b.node.id ? -1 : 1))
      .slice(0, 4)
    if (scored.length === 0) return []
    const most = worth(scored[0]!.score)
    const weights = scored.map(({score}) => Math.exp((score - scored[0]!.score) * 12))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return scored.map(({node, shared}, index) => ({
      node,
      probability: (most * weights[index]!) / sum,
      exact: false,
      shared,
    }))
  }
}
