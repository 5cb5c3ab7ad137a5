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
  readonly names: readonly (readonly string[])[]
  readonly people: ReadonlySet<Alias>
  readonly things: ReadonlySet<Alias>
}

const MERGE_AT = 0.8
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
      people.set(to, (people.get(to) ?? new Set()).add(union.find(from)))
  const teams = gather(entities, links, rules, union)
  const rarity = new Rarity(teams.flatMap(({names}) => names.slice(0, 1)))
  const found: LinkRow[] = []
  for (const {alias, type, name, where} of entities) {
    if (type !== 'cost_center' || told.has(alias)) continue
    told.add(alias)
    const center: Group = {
      root: alias,
      system: 'finance',
      names: name === null ? [] : [teamTokens(name)],
      people: people.get(alias) ?? new Set(),
      things: new Set(),
    }
    const weighed = teams
      .filter(team => union.forbids(team.root, alias) === null)
      .map(team => ({team, odds: compare(center, team, rarity).weight - Math.log(Math.max(2, teams.length))}))
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
  const rarity = new Rarity(groups.flatMap(({names}) => names.slice(0, 1)))
  const pairs: (Merge & {score: number})[] = []
  const perSystem = new Map<string, number>()
  for (const {system} of groups) perSystem.set(system, (perSystem.get(system) ?? 0) + 1)
  for (const [a, b] of blocked(groups)) {
    const prior = -Math.log(Math.max(2, Math.min(perSystem.get(a.system)!, perSystem.get(b.system)!)))
    const {weight, because} = compare(a, b, rarity)
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
    {system: string; names: Map<string, readonly string[]>; people: Set<Alias>; things: Set<Alias>}
  >()
  const skipped = new Set(
    entities
      .filter(({type, kind}) => kind === 'organization' && (type === 'everyone' || type === 'cost_center'))
      .map(({alias}) => alias),
  )
  const group = (known: Alias) => {
    const root = union.find(known)
    let found = building.get(root)
    if (!found)
      building.set(
        root,
        (found = {system: systemOf(known), names: new Map(), people: new Set(), things: new Set()}),
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
  for (const {relation, from, to} of links) {
    if (relation === 'member_of' && isTeam(to)) {
      // Somebody no other system knows cannot be seen to be in two groups, nor to be missing from one.
      if (addressed.has(union.find(from))) group(to).people.add(union.find(from))
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
  return [...building]
    .map(([root, {names: given, ...rest}]) => ({
      root,
      names: withoutCommon(given, common.get(rest.system)),
      ...rest,
    }))
    .map(({root, names, ...rest}) => ({
      root,
      names: [...names.values()].sort((a, b) => (a.join() < b.join() ? -1 : 1)),
      ...rest,
    }))
    .sort((a, b) => (a.root < b.root ? -1 : 1))
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
        if (groups[a]!.system === groups[b]!.system || seen.has(key)) continue
        seen.add(key)
        yield [groups[a]!, groups[b]!]
      }
  }
}

function overlap(
  a: ReadonlySet<Alias>,
  b: ReadonlySet<Alias>,
): {both: number; jaccard: number; contained: number} {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a]
  let both = 0
  for (const item of small) if (large.has(item)) both++
  return {both, jaccard: both / (a.size + b.size - both || 1), contained: both / (small.size || 1)}
}

function compare(a: Group, b: Group, rarity: Rarity): {weight: number; because: string} {
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
  const people = overlap(a.people, b.people)
  if (a.people.size >= 3 && b.people.size >= 3) {
    weight +=
      people.jaccard >= 0.8
        ? 7
        : people.jaccard >= 0.6
          ? 5.5
          : people.jaccard >= 0.4
            ? 3.5
            : people.contained >= 0.8
              ? 0.5
              : people.jaccard >= 0.15
                ? -1
                : -5
    const all = a.people.size + b.people.size - people.both
    if (people.jaccard >= 0.4)
      reasons.push(all < FEWEST ? 'the same few people in both' : `${people.both} of ${all} people in both`)
  } else if (a.people.size > 0 && b.people.size > 0) {
    weight += people.contained === 1 ? 2 : people.both === 0 ? -2.5 : 0
    if (people.contained === 1) reasons.push('all known people in both')
  }
  const things = overlap(a.things, b.things)
  if (things.both > 0) {
    weight += things.jaccard >= 0.5 ? 4 : 2
    reasons.push(`${things.both} repositories or services in common`)
  }
  return {weight, because: reasons.join('; ')}
}

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

/** What people write in tags and labels: one team in many spellings. */
const FREE_TEXT = 'name:team'

/** Best pair first; a cluster holds one group of each system, so a second claimant stays apart. */
function settle(
  pairs: readonly (Merge & {score: number})[],
  groups: readonly Group[],
  union: Union,
): Matched {
  const cluster = new Map(
    groups.map(({root, system}) => [
      root,
      {root, systems: new Set(system === FREE_TEXT ? [] : [system]), roots: [root]},
    ]),
  )
  const merges: Merge[] = []
  const refused: Refused[] = []
  const rivals: Rival[] = []
  const trial = union.copy()
  const ordered = [...pairs].sort((x, y) => y.score - x.score || (x.a + x.b < y.a + y.b ? -1 : 1))
  for (const {score: _, ...pair} of ordered) {
    const [left, right] = [cluster.get(pair.a)!, cluster.get(pair.b)!]
    if (left === right) continue
    const taken = [...right.systems].find(system => left.systems.has(system))
    const apart = trial.forbids(pair.a, pair.b)
    if (pair.probability < MERGE_AT) rivals.push({...pair, why: 'less likely than 0.80'})
    else if (taken !== undefined)
      rivals.push({...pair, why: `one team has one ${taken.replace(':', ' ')}, and a likelier one was found`})
    else if (apart) refused.push({...pair, apart})
    else {
      trial.join(pair.a, pair.b)
      for (const system of right.systems) left.systems.add(system)
      for (const root of right.roots) {
        left.roots.push(root)
        cluster.set(root, left)
      }
      merges.push(pair)
    }
  }
  return {merges, refused, rivals: nearest(rivals)}
}

/** The likeliest few of each group. */
function nearest(rivals: readonly Rival[]): Rival[] {
  const seen = new Map<Alias, number>()
  return rivals.filter(({a, b}) => {
    const [left, right] = [seen.get(a) ?? 0, seen.get(b) ?? 0]
    seen.set(a, left + 1).set(b, right + 1)
    return left < MOST_RIVALS || right < MOST_RIVALS
  })
}
