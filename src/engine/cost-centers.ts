/** Which team a cost center is, where finance does not say. Pure. */
import type {Alias} from '../model/fact.ts'
import {type EntityRow, kindOf, type LinkRow, type RuleRow, type Union} from './graph.ts'
import {Rarity, teamTokens} from './names.ts'
import {type Group, gather} from './team-groups.ts'
import {compare, Known} from './team-likeness.ts'

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
