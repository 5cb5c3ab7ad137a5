/**
 * The same team in many systems (`Eng - Payments Core`, `acme/payments-core-eng`, `4410 PAY-CORE`): each comparison adds its
 * weight in log-odds (Fellegi and Sunter); pairs are settled best first, one team of a system to one of another.
 */
import type {Alias} from '../model/fact.ts'
import type {EntityRow, LinkRow, Merge, Refused, Rival, RuleRow, Union} from './graph.ts'
import {kindOf} from './graph.ts'
import {chosenNames, Rarity, systemOf, teamTokens} from './names.ts'
import {hostOfRule, ownerAliases} from './repository-rules.ts'

interface Group {
  readonly root: Alias
  readonly system: string
  /** Holds several others, as a division its departments. */
  readonly isParent: boolean
  readonly names: readonly (readonly string[])[]
  readonly people: ReadonlySet<Alias>
  readonly things: ReadonlySet<Alias>
}

const MERGE_AT = 0.8
/** What people write in tags and labels: one team in many spellings. */
const FREE_TEXT = 'name:team'
/** Pairs less likely than this are no rivals: log-odds of 0.2. */
const RIVAL_ODDS = Math.log(0.25)
/** Nothing is counted out about fewer people than this. */
const FEWEST = 5
/** How many rivals of each group are remembered. */
const MOST_RIVALS = 2

export interface Matched {
  readonly merges: readonly Merge[]
  readonly refused: readonly Refused[]
  readonly rivals: readonly Rival[]
}

/**
 * Which team a cost center is, where finance does not say: by its name and the people HR puts under it. A link, not a
 * merge: a budget is an attribute of an organization.
 */
export function matchCenters(
  entities: readonly EntityRow[],
  links: readonly LinkRow[],
  rules: readonly RuleRow[],
  union: Union,
): LinkRow[] {
  const told = new Set(
    links
      .filter(({relation, from}) => relation === 'budgeted_under' && kindOf(from) === 'organization')
      .map(({to}) => to),
  )
  const people = new Map<Alias, Set<Alias>>()
  for (const {relation, from, to} of links)
    if (relation === 'budgeted_under' && kindOf(from) === 'identity')
      people.set(to, (people.get(to) ?? new Set<Alias>()).add(union.find(from)))
  const teams = gather(entities, links, rules, union)
  const rarity = Rarity.bySystem(teams)
  const centers = [...people].map(([root, members]) => ({
    ...{root, system: 'finance', isParent: false, names: [], people: members, things: new Set<Alias>()},
  }))
  const known = new Known([...teams, ...centers])
  const found: LinkRow[] = []
  for (const {alias, type, name, where} of entities) {
    if (type !== 'cost_center' || told.has(alias)) continue
    told.add(alias)
    const center: Group = {
      root: alias,
      system: 'finance',
      isParent: false,
      names: name === null ? [] : [teamTokens(name)],
      people: people.get(alias) ?? new Set(),
      things: new Set(),
    }
    const weighed = teams
      .filter(team => union.forbids(team.root, alias) === null)
      .map(team => ({
        team,
        odds: compare(center, team, rarity, known).weight - Math.log(Math.max(2, teams.length)),
      }))
      .sort((a, b) => b.odds - a.odds || (a.team.root < b.team.root ? -1 : 1))
    const [best, next] = weighed
    if (best && best.odds > CENTER_ODDS && best.odds - (next?.odds ?? 0) > 1)
      found.push({
        relation: 'budgeted_under',
        from: best.team.root,
        to: alias,
        basis: 'finance',
        validFrom: null,
        validTo: null,
        exclusive: false,
        where,
      })
  }
  return found
}

/** Log-odds from which a cost center is taken for a team's: 0.8. */
const CENTER_ODDS = Math.log(4)

export function matchTeams(
  entities: readonly EntityRow[],
  links: readonly LinkRow[],
  rules: readonly RuleRow[],
  union: Union,
): Matched {
  const groups = gather(entities, links, rules, union)
  const rarity = Rarity.bySystem(groups)
  const known = new Known(groups)
  const pairs: (Merge & {score: number})[] = []
  const perSystem = new Map<string, number>()
  for (const {system} of groups) perSystem.set(system, (perSystem.get(system) ?? 0) + 1)
  for (const [a, b] of blocked(groups)) {
    const prior = -Math.log(Math.max(2, Math.min(perSystem.get(a.system)!, perSystem.get(b.system)!)))
    const {weight, because} = compare(a, b, rarity, known)
    const odds = prior + weight
    if (odds > RIVAL_ODDS)
      pairs.push({
        a: a.root,
        b: b.root,
        probability: 1 / (1 + Math.exp(-odds)),
        because,
        where: null,
        score: odds,
      })
  }
  return settle(pairs, groups, union)
}

/** HR's new name of a team: everybody went there on one day, and nobody was there before. */
export function renamedTeams(links: readonly LinkRow[]): Merge[] {
  const memberships = links.filter(({relation, basis}) => relation === 'member_of' && basis === 'hr')
  const [into, byPerson] = [
    Map.groupBy(memberships, ({to}) => to),
    Map.groupBy(memberships, ({from}) => from),
  ]
  const merges: Merge[] = []
  for (const [old, members] of into) {
    if (members.length < FEWEST_PEOPLE || members.some(({validTo}) => validTo === null)) continue
    const next = new Map<Alias, LinkRow[]>()
    for (const member of members)
      for (const link of byPerson.get(member.from)!)
        if (link.to !== old && link.validFrom === member.validTo)
          next.set(link.to, [...(next.get(link.to) ?? []), link])
    const last = Math.max(...members.map(({validTo}) => validTo!))
    for (const [heir, moved] of next) {
      const fresh = into.get(heir)!.every(({validFrom}) => validFrom !== null && validFrom >= last)
      const together = moved.filter(({validFrom}) => validFrom === last).length
      const leaving = members.filter(({validTo}) => validTo === last).length
      if (fresh && together >= leaving * 0.8 && together >= FEWEST_PEOPLE)
        merges.push({
          ...{a: old, b: heir, probability: 0.97, where: moved[0]!.where},
          because: `HR moved all ${together} people there on one day, and nobody was there before`,
        })
    }
  }
  return merges
}

/** Systems that list their teams. */
export const describedTeams = (entities: readonly EntityRow[]): ReadonlySet<string> =>
  new Set(
    entities
      .filter(({kind, type}) => kind === 'organization' && type !== 'cost_center')
      .map(({alias}) => systemOf(alias)),
  )

/** A team that a line of CODEOWNERS names and that its code host, which lists its teams, does not know. */
export const isGone = (
  team: Alias,
  described: ReadonlySet<string>,
  knows: (team: Alias) => boolean,
): boolean => !knows(team) && described.has(systemOf(team))

function gather(
  entities: readonly EntityRow[],
  links: readonly LinkRow[],
  rules: readonly RuleRow[],
  union: Union,
): Group[] {
  const building = new Map<
    Alias,
    {
      system: string
      names: Map<string, readonly string[]>
      people: Set<Alias>
      former: Set<Alias>
      things: Set<Alias>
    }
  >()
  const skipped = new Set(
    entities
      .filter(({type, kind}) => kind === 'organization' && (type === 'everyone' || type === 'cost_center'))
      .map(({alias}) => alias),
  )
  const group = (known: Alias) => {
    const root = union.find(known)
    let found = building.get(root)
    // What a tag calls a system's team is that system's.
    if (found?.system === FREE_TEXT) found.system = systemOf(known)
    if (!found)
      building.set(
        root,
        (found = {
          ...{system: systemOf(known), names: new Map()},
          ...{people: new Set(), former: new Set(), things: new Set()},
        }),
      )
    return found
  }
  const isTeam = (known: Alias) =>
    kindOf(known) === 'organization' && !skipped.has(known) && !known.startsWith('finance:')
  const addressed = new Set<Alias>()
  const builtFrom = new Map<Alias, Alias[]>()
  for (const {relation, from, to} of links) {
    for (const known of [from, to]) if (known.startsWith('email:')) addressed.add(union.find(known))
    if (relation === 'built_from')
      builtFrom.set(union.find(from), [...(builtFrom.get(union.find(from)) ?? []), union.find(to)])
  }
  const addName = (known: Alias, name: string) => {
    const words = teamTokens(name)
    group(known).names.set(words.join(' '), words)
  }
  const addNames = (known: Alias) => {
    for (const name of chosenNames(known)) addName(known, name)
  }
  for (const {kind, alias, name} of entities) {
    if (kind !== 'organization' || !isTeam(alias)) continue
    if (name !== null) addName(alias, name)
    addNames(alias)
  }
  for (const {relation, from, to, validTo} of links) {
    if (relation === 'member_of' && isTeam(to)) {
      // Somebody no other system knows cannot be seen to be in two groups, nor to be missing from one.
      if (addressed.has(union.find(from)))
        (validTo === null ? group(to).people : group(to).former).add(union.find(from))
      if (to.startsWith('name:team/') || to.startsWith('hr:')) addNames(to)
    }
    if (relation !== 'owned_by' || !isTeam(to)) continue
    // A catalog may name an owner it never describes.
    addNames(to)
    group(to).things.add(union.find(from))
    for (const built of builtFrom.get(union.find(from)) ?? []) group(to).things.add(built)
  }
  const described = describedTeams(entities)
  for (const rule of rules)
    for (const known of ownerAliases(rule.owners, hostOfRule(rule, union), name =>
      building.has(union.find(name)),
    )) {
      if (!isTeam(known) || isGone(known, described, name => building.has(union.find(name)))) continue
      if (!building.has(union.find(known))) addNames(known)
      const path = rule.pattern.replace(/^\/|\/$/g, '')
      group(known).things.add(`${union.find(rule.repository)}${rule.pattern === '*' ? '' : `#${path}`}`)
    }
  const common = commonWords([...building.values()])
  const children = new Map<Alias, Set<Alias>>()
  for (const {relation, from, to} of links)
    if (relation === 'part_of' && isTeam(to) && kindOf(from) === 'organization')
      children.set(union.find(to), (children.get(union.find(to)) ?? new Set<Alias>()).add(union.find(from)))
  const groups = [...building]
    .map(([root, {system, names: given, people, former, things}]) => ({
      ...{root, system, things},
      names: [...withoutCommon(given, common.get(system)).values()].sort((x, y) =>
        x.join() < y.join() ? -1 : 1,
      ),
      // Who is there today; of a team that is gone, who was.
      people: people.size > 0 ? people : former,
      isGone: people.size === 0 && former.size > 0,
    }))
    .sort((x, y) => (x.root < y.root ? -1 : 1))
  const wide = holdingSeveral(groups)
  return groups.map(group => ({
    ...group,
    isParent: (children.get(group.root)?.size ?? 0) > 1 || wide.has(group.root),
  }))
}

/** A group much smaller than another, and almost all in it, may be one of its teams. */
const INSIDE = {people: 3, part: 0.8, smaller: 0.7} as const

/** So much of a group was a team that HR has dissolved. */
const ABSORBED = 0.6

/** Departments: groups that hold several of another system's, which share hardly anybody with each other. */
function holdingSeveral(
  groups: readonly (Pick<Group, 'root' | 'system' | 'people'> & {readonly isGone: boolean})[],
): ReadonlySet<Alias> {
  const gone = groups.filter(({isGone}) => isGone)
  // What is left of a team that another took in makes that no department.
  const absorbed = (people: ReadonlySet<Alias>): boolean =>
    gone.some(former => {
      const both = [...people].filter(person => former.people.has(person)).length
      return both >= people.size * ABSORBED
    })
  const byPerson = new Map<Alias, number[]>()
  groups.forEach(({people}, index) => {
    for (const person of people) byPerson.set(person, [...(byPerson.get(person) ?? []), index])
  })
  const wide = new Set<Alias>()
  for (const group of groups) {
    const both = new Map<number, number>()
    for (const person of group.people)
      for (const index of byPerson.get(person)!) both.set(index, (both.get(index) ?? 0) + 1)
    const inside = [...both]
      .map(([index, count]) => ({...groups[index]!, count}))
      .filter(
        ({system, people, count}) =>
          system !== group.system &&
          people.size >= INSIDE.people &&
          count >= people.size * INSIDE.part &&
          people.size <= group.people.size * INSIDE.smaller &&
          !absorbed(people),
      )
    for (const same of Map.groupBy(inside, ({system}) => system).values()) {
      const all = new Set(same.flatMap(({people}) => [...people]))
      const places = same.reduce((sum, {people}) => sum + people.size, 0)
      if (same.length > 1 && all.size >= places * INSIDE.part) wide.add(group.root)
    }
  }
  return wide
}

/** Words most group names of a system share (`Quarry - …`): they tell no group from another. */
function commonWords(
  groups: readonly {readonly system: string; readonly names: ReadonlyMap<string, readonly string[]>}[],
): Map<string, ReadonlySet<string>> {
  const common = new Map<string, ReadonlySet<string>>()
  for (const [system, same] of Map.groupBy(groups, group => group.system)) {
    const counts = new Map<string, number>()
    for (const {names} of same)
      for (const word of new Set([...names.values()].flat())) counts.set(word, (counts.get(word) ?? 0) + 1)
    const shared = [...counts].filter(([, count]) => same.length >= 4 && count >= same.length * 0.6)
    common.set(system, new Set(shared.map(([word]) => word)))
  }
  return common
}

function withoutCommon(
  names: ReadonlyMap<string, readonly string[]>,
  common: ReadonlySet<string> | undefined,
): Map<string, readonly string[]> {
  const told = [...names.values()].map(words => {
    const kept = words.filter(word => common?.has(word) !== true)
    return kept.length > 0 ? kept : words
  })
  return new Map(told.map(words => [words.join(' '), words]))
}

/** Pairs worth comparing: they share a person, a thing, or the beginning of a word. Groups of one system are apart already. */
function* blocked(groups: readonly Group[]): Generator<[Group, Group]> {
  const blocks = new Map<string, number[]>()
  groups.forEach(({people, things, names}, index) => {
    const keys = new Set<string>([...people, ...things])
    for (const words of names) {
      for (const word of words) keys.add(`word:${word.slice(0, 2)}`)
      if (words.length > 1)
        keys.add(
          `word:${words
            .map(word => word[0])
            .join('')
            .slice(0, 2)}`,
        )
    }
    for (const key of keys) {
      const block = blocks.get(key)
      if (block) block.push(index)
      else blocks.set(key, [index])
    }
  })
  const seen = new Set<number>()
  for (const block of [...blocks.values()]) {
    if (block.length > 400) continue
    for (let i = 0; i < block.length; i++)
      for (let j = i + 1; j < block.length; j++) {
        const [a, b] = [block[i]!, block[j]!]
        const key = a * groups.length + b
        if (seen.has(key) || !mayBeOne(groups[a]!, groups[b]!)) continue
        seen.add(key)
        yield [groups[a]!, groups[b]!]
      }
  }
}

/** What lists a group: HR's divisions and its departments are apart as much as its departments are. */
const sourceOf = ({system}: Group): string => (system === FREE_TEXT ? system : system.replace(/:.*/, ''))

const mayBeOne = (a: Group, b: Group): boolean =>
  (sourceOf(a) !== sourceOf(b) || sourceOf(a) === FREE_TEXT) && a.isParent === b.isParent

/** Whom and what each system lists at all: nobody is missing from a group of a system that does not know them. */
class Known {
  readonly #people = new Map<string, Set<Alias>>()
  readonly #things = new Map<string, Set<Alias>>()

  constructor(groups: readonly Group[]) {
    for (const {system, people, things} of groups) {
      const [persons, objects] = [
        this.#people.get(system) ?? new Set<Alias>(),
        this.#things.get(system) ?? new Set<Alias>(),
      ]
      for (const person of people) persons.add(person)
      for (const thing of things) objects.add(thing)
      this.#people.set(system, persons)
      this.#things.set(system, objects)
    }
  }

  people = (a: Group, b: Group): Shared => shared(a.people, b.people, this.#in(this.#people, a, b))
  things = (a: Group, b: Group): Shared => shared(a.things, b.things, this.#in(this.#things, a, b))

  #in(known: ReadonlyMap<string, ReadonlySet<Alias>>, a: Group, b: Group): (item: Alias) => boolean {
    const [left, right] = [known.get(a.system)!, known.get(b.system)!]
    return item => left.has(item) && right.has(item)
  }
}

interface Shared {
  readonly both: number
  /** Of what both systems list, what is in one or the other group. */
  readonly either: number
  /** In one of the groups, and unknown to the other's system. */
  readonly unlisted: number
}

function shared(a: ReadonlySet<Alias>, b: ReadonlySet<Alias>, listed: (item: Alias) => boolean): Shared {
  let [both, apart, unlisted] = [0, 0, 0]
  for (const item of a)
    if (b.has(item)) both++
    else if (listed(item)) apart++
    else unlisted++
  for (const item of b)
    if (!a.has(item))
      if (listed(item)) apart++
      else unlisted++
  return {both, either: both + apart, unlisted}
}

/** How often something in one of two groups is in both: when they are one team, and when they are not. */
const PEOPLE = {same: 0.75, other: 0.05, most: 20, least: -6} as const
const THINGS = {same: 0.8, other: 0.1, most: 7, least: -2} as const
/** With less in common one group is part of the other, if anything. */
const LEAST_SHARED = 0.4

/** Somebody whom only one of the systems knows counts against for a tenth of somebody it leaves out. */
const UNLISTED = 0.1

/** Log-odds of so many in both of two groups (Fellegi and Sunter), no more than one comparison may say. */
function agreement(
  {both, either, unlisted}: Shared,
  {same, other, most, least}: typeof PEOPLE | typeof THINGS,
): number {
  const apart = either - both + unlisted * UNLISTED
  const odds = both * Math.log(same / other) + apart * Math.log((1 - same) / (1 - other))
  return Math.min(both < either * LEAST_SHARED ? 0 : most, Math.max(least, odds))
}

function compare(a: Group, b: Group, rarity: Rarity, known: Known): {weight: number; because: string} {
  const reasons: string[] = []
  let weight = 0
  let best = {score: -1, shared: [] as readonly string[]}
  for (const left of a.names)
    for (const right of b.names) {
      const found = rarity.likeness(left, right)
      if (found.score > best.score) best = {score: found.score, shared: found.shared}
    }
  if (best.score >= 0) {
    weight += nameWeight(best.score)
    if (best.score >= 0.4) reasons.push(`names agree on ${best.shared.join(', ')}`)
  }
  const people = known.people(a, b)
  if (people.either >= FEWEST_PEOPLE) {
    weight += agreement(people, PEOPLE)
    if (people.both * 3 >= people.either)
      reasons.push(
        people.either < FEWEST
          ? 'mostly the same few people in both'
          : `${people.both} of ${people.either} people in both`,
      )
  } else if (people.either > 0) {
    weight += people.both === people.either ? 2 : people.both === 0 ? -2.5 : 0
    if (people.both === people.either) reasons.push('all known people in both')
  }
  const things = known.things(a, b)
  weight += agreement(things, THINGS)
  if (things.both > 0) reasons.push(`${things.both} of ${things.either} repositories or services in common`)
  return {weight, because: reasons.join('; ')}
}

/** Below so many people in either group, their number says little. */
const FEWEST_PEOPLE = 3

const nameWeight = (score: number): number =>
  score >= 0.97
    ? 7
    : score >= 0.85
      ? 5.5
      : score >= 0.7
        ? 4
        : score >= 0.55
          ? 2.5
          : score >= 0.4
            ? 1
            : score >= 0.2
              ? -0.5
              : -1.5

/** Best pair first; a cluster holds one group of each system, so a second claimant stays apart. */
function settle(
  pairs: readonly (Merge & {score: number})[],
  groups: readonly Group[],
  union: Union,
): Matched {
  const cluster = new Map(
    groups.map(group => [
      group.root,
      {
        ...{root: group.root, roots: [group.root]},
        systems: new Set(group.system === FREE_TEXT ? [] : [sourceOf(group)]),
      },
    ]),
  )
  const merges: Merge[] = []
  const refused: Refused[] = []
  const trial = union.copy()
  const ordered = [...pairs].sort((x, y) => y.score - x.score || (x.a + x.b < y.a + y.b ? -1 : 1))
  /** Joins what may be one, and hands over the rest. */
  const pass = (open: readonly Scored[], probabilityOf: (pair: Scored) => number): (Rival & Scored)[] =>
    open.flatMap(pair => {
      const [left, right] = [cluster.get(pair.a)!, cluster.get(pair.b)!]
      if (left === right) return []
      const probability = probabilityOf(pair)
      const taken = [...right.systems].find(system => left.systems.has(system))
      const apart = trial.forbids(pair.a, pair.b)
      if (probability < MERGE_AT) return [{...pair, probability, why: 'less likely than 0.80'}]
      if (taken !== undefined)
        return [{...pair, probability, why: `a team has one group in ${taken}, and a likelier one was found`}]
      const {score: _, ...merge} = pair
      if (apart) refused.push({...merge, probability, apart})
      else {
        trial.join(pair.a, pair.b)
        for (const system of right.systems) left.systems.add(system)
        for (const root of right.roots) {
          left.roots.push(root)
          cluster.set(root, left)
        }
        merges.push({...merge, probability})
      }
      return []
    })
  const rest = pass(ordered, ({probability}) => probability)
  // Once most teams have found their counterparts, few are left to be mistaken for.
  const systemOfRoot = new Map(groups.map(group => [group.root, sourceOf(group)]))
  const lacking = new Map<string, number>()
  for (const {systems} of new Set(cluster.values()))
    for (const system of new Set(systemOfRoot.values()))
      if (systems.size > 0 && !systems.has(system)) lacking.set(system, (lacking.get(system) ?? 0) + 1)
  const among = (system: string) => groups.filter(group => sourceOf(group) === system).length
  const rivals = pass(rest, ({a, b, score}) => {
    const [left, right] = [systemOfRoot.get(a)!, systemOfRoot.get(b)!]
    const before = Math.min(among(left), among(right))
    const after = Math.min(lacking.get(left) ?? 0, lacking.get(right) ?? 0)
    const fewer = Math.log(Math.max(2, before)) - Math.log(Math.max(2, after))
    return 1 / (1 + Math.exp(-score - Math.max(0, fewer)))
  })
  return {merges, refused, rivals: nearest(rivals.map(({score: _, ...rival}) => rival))}
}

type Scored = Merge & {readonly score: number}

/** The likeliest few of each group. */
function nearest(rivals: readonly Rival[]): Rival[] {
  const seen = new Map<Alias, number>()
  return rivals.filter(({a, b}) => {
    const [left, right] = [seen.get(a) ?? 0, seen.get(b) ?? 0]
    seen.set(a, left + 1).set(b, right + 1)
    return left < MOST_RIVALS || right < MOST_RIVALS
  })
}
