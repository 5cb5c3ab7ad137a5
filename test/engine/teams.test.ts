/** Which groups of different systems are one team: by name, by people, by things; what speaks against it. */
import {describe, expect, test} from 'vitest'
import {renamedTeams} from '../../src/engine/renamed-teams.ts'
import type {Alias} from '../../src/model/fact.ts'
import {company} from './facts.ts'

type Company = ReturnType<typeof company>
const people = (from: number, to: number): Alias[] =>
  Array.from({length: to - from}, (_, index) => `email:p${from + index}@fen.example`)

const ids: {readonly [system: string]: Alias} = {
  okta: 'okta:group/00g',
  github: 'github:team/fen/',
  hr: 'hr:department/',
}
const group = (system: string, name: string): Alias =>
  `${ids[system]}${name.toLowerCase().replaceAll(' ', '-')}`

/** A group of a system with its members. */
function team(of: Company, system: string, name: string, members: readonly Alias[]): Company {
  const alias = group(system, name)
  of.entity('organization', alias, name, 'group')
  for (const member of members) of.link(member, 'member_of', alias, system === 'hr' ? 'hr' : 'directory')
  return of
}

const areOne = (of: Company, a: Alias, b: Alias): boolean => {
  const {graph} = of.world()
  return graph.node(a) === graph.node(b)
}

const OTHERS = ['Otters', 'Reeds', 'Herons', 'Cranes', 'Bitterns', 'Curlews']
/** Six other teams in each system, so that being alike is not by default. */
function fen(): Company {
  const of = company()
  for (const [index, name] of OTHERS.entries())
    for (const system of ['okta', 'github', 'hr'])
      team(of, system, name, people(100 + index * 10, 106 + index * 10))
  return of
}

describe('two groups are one', () => {
  test.each([
    ['by the same name and people', 'Marsh', people(0, 6), 'Marsh', people(0, 6), true],
    ['by people alone, under two names', 'Marsh', people(0, 8), 'Tarn', people(0, 8), true],
    ['by name alone, of people nobody else lists', 'Marsh', people(0, 6), 'Marsh', people(50, 56), true],
    ['not by a few people in common', 'Marsh', people(0, 8), 'Tarn', people(6, 14), false],
    [
      'not by name against all their people',
      'Marsh Tools',
      people(100, 106),
      'Marsh Data',
      people(110, 116),
      false,
    ],
    ['not by nothing', 'Marsh', people(0, 6), 'Tarn', people(20, 26), false],
  ] as const)('%s', (_, name, members, other, others, one) => {
    const of = team(team(fen(), 'okta', name, members), 'github', other, others)
    expect(areOne(of, group('okta', name), group('github', other))).toBe(one)
  })

  test('not by less than two in five people, however many they are', () => {
    const of = team(team(fen(), 'okta', 'Marsh', people(200, 270)), 'github', 'Tarn', people(231, 300))
    // Both systems list everybody: the others are in other teams there.
    for (const [index, member] of people(270, 300).entries())
      of.link(member, 'member_of', group('okta', OTHERS[index % 6]!), 'directory')
    for (const [index, member] of people(200, 231).entries())
      of.link(member, 'member_of', group('github', OTHERS[index % 6]!), 'directory')
    expect(areOne(of, group('okta', 'Marsh'), group('github', 'Tarn'))).toBe(false)
  })

  test('by the repositories that both own', () => {
    const owning = (things: number) => {
      const of = team(team(fen(), 'okta', 'Marsh', []), 'github', 'Tarn', [])
      for (let index = 0; index < things; index++)
        for (const owner of [group('okta', 'Marsh'), group('github', 'Tarn')])
          of.link(`github:repo/fen/r${index}`, 'owned_by', owner, 'repository')
      return areOne(of, group('okta', 'Marsh'), group('github', 'Tarn'))
    }
    expect([owning(0), owning(5)]).toEqual([false, true])
  })

  test('somebody whom a system does not list is not missing from its groups', () => {
    const contractors = Array.from({length: 6}, (_, index) => `email:c${index}@fen.example` as Alias)
    const of = (listed: boolean) => {
      const built = team(fen(), 'okta', 'Marsh', [...people(0, 4), ...contractors])
      // Where HR lists them it lists them in another team.
      if (listed) team(built, 'hr', 'Agency', contractors)
      return team(built, 'hr', 'Tarn', people(0, 4))
    }
    expect(areOne(of(false), group('okta', 'Marsh'), group('hr', 'Tarn'))).toBe(true)
    expect(areOne(of(true), group('okta', 'Marsh'), group('hr', 'Tarn'))).toBe(false)
  })
})

describe('a department', () => {
  /** HR's division of twelve, and two teams of six that another system makes of it. */
  const division = () => {
    const of = team(fen(), 'hr', 'Wetlands', people(0, 12))
    return team(team(of, 'okta', 'Marsh', people(0, 6)), 'okta', 'Tarn', people(6, 12))
  }

  test('that holds several teams of another system is none of them, and owns nothing', () => {
    const {graph, ownership} = division().world()
    expect(areOne(division(), group('hr', 'Wetlands'), group('okta', 'Marsh'))).toBe(false)
    expect(ownership.isTeam(graph.node(group('hr', 'Wetlands'))!)).toBe(false)
    expect(ownership.isTeam(graph.node(group('okta', 'Marsh'))!)).toBe(true)
  })

  test('is not what took in a team that HR has dissolved', () => {
    // Tarn went into Wetlands; its old group is still in the directory.
    const of = team(fen(), 'hr', 'Wetlands', people(0, 12))
    team(of, 'okta', 'Wetlands', people(0, 12))
    team(of, 'github', 'Wetlands', people(0, 6))
    team(of, 'github', 'Tarn', people(6, 12))
    of.entity('organization', group('hr', 'Tarn'), 'Tarn', 'group')
    for (const member of people(6, 12))
      of.link(member, 'member_of', group('hr', 'Tarn'), 'hr', {validTo: 100})
    const {graph, ownership} = of.world()
    expect(ownership.isTeam(graph.node(group('hr', 'Wetlands'))!)).toBe(true)
    expect(areOne(of, group('hr', 'Wetlands'), group('okta', 'Wetlands'))).toBe(true)
    expect(areOne(of, group('hr', 'Wetlands'), group('github', 'Wetlands'))).toBe(true)
  })
})

describe('a new name of a team in HR', () => {
  const moved = (count: number, stayed: number, before: number, apart = 0) => {
    const of = company()
    for (const [index, member] of people(0, count).entries())
      of.link(member, 'member_of', 'hr:department/marsh', 'hr', {validTo: 100}).link(
        member,
        'member_of',
        index < apart ? 'hr:department/tarn' : 'hr:department/wetlands',
        'hr',
        {validFrom: 100},
      )
    for (const member of people(count, count + stayed))
      of.link(member, 'member_of', 'hr:department/marsh', 'hr')
    for (const member of people(50, 50 + before))
      of.link(member, 'member_of', 'hr:department/wetlands', 'hr', {validFrom: 10})
    return renamedTeams(of.facts().links).map(({a, b}) => `${a} ${b}`)
  }
  const RENAMED = ['hr:department/marsh hr:department/wetlands']

  test.each([
    ['all went there on one day, and nobody was there before', moved(6, 0, 0), RENAMED],
    ['somebody stayed', moved(6, 1, 0), []],
    ['somebody was there before: a team taken in', moved(6, 0, 3), []],
    ['fewer than three are no team', moved(2, 0, 0), []],
    ['most went there', moved(10, 0, 0, 1), RENAMED],
    ['half of them went elsewhere: a split', moved(6, 0, 0, 3), []],
  ])('%s', (_, found, expected) => expect(found).toEqual(expected))

  test('is the same team, with what either name owned', () => {
    const of = company()
    for (const member of people(0, 6))
      of.link(member, 'member_of', 'hr:department/marsh', 'hr', {validTo: 100}).link(
        member,
        'member_of',
        'hr:department/wetlands',
        'hr',
        {validFrom: 100},
      )
    expect(areOne(of, 'hr:department/marsh', 'hr:department/wetlands')).toBe(true)
  })
})
