/** What each system calls a team, with everything it can be told by: names, people, things it owns. Pure. */
import type {Alias} from '../model/fact.ts'
import {type EntityRow, kindOf, type LinkRow, type RuleRow, type Union} from './graph.ts'
import {chosenNames, systemOf, teamTokens} from './names.ts'
import {hostOfRule, ownerAliases} from './repository-rules.ts'

export interface Group {
  readonly root: Alias
  readonly system: string
  /** Holds several others, as a division its departments. */
  readonly isParent: boolean
  readonly names: readonly (readonly string[])[]
  readonly people: ReadonlySet<Alias>
  readonly things: ReadonlySet<Alias>
}

/** What people write in tags and labels: one team in many spellings. */
export const FREE_TEXT = 'name:team'

/** What lists a group: HR's divisions and its departments are apart as much as its departments are. */
export const sourceOf = ({system}: Group): string =>
  system === FREE_TEXT ? system : system.replace(/:.*/, '')

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

/** Every group of every system that may be a team, by its root. */
export function gather(
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
