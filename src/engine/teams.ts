/**
 * The same team in many systems (`Eng - Payments Core`, `acme/payments-core-eng`, `4410 PAY-CORE`): pairs are settled best first,
 * one team of a system to one of another.
 */
import type {Alias} from '../model/fact.ts'
import type {EntityRow, LinkRow, Merge, Refused, Rival, RuleRow, Union} from './graph.ts'
import {Rarity} from './names.ts'
import {FREE_TEXT, type Group, gather, sourceOf} from './team-groups.ts'
import {compare, Known} from './team-likeness.ts'

const MERGE_AT = 0.8
/** Pairs less likely than this are no rivals: log-odds of 0.2. */
const RIVAL_ODDS = Math.log(0.25)
/** How many rivals of each group are remembered. */
const MOST_RIVALS = 2

export interface Matched {
  readonly merges: readonly Merge[]
  readonly refused: readonly Refused[]
  readonly rivals: readonly Rival[]
}

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

const mayBeOne = (a: Group, b: Group): boolean =>
  (sourceOf(a) !== sourceOf(b) || sourceOf(a) === FREE_TEXT) && a.isParent === b.isParent

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
