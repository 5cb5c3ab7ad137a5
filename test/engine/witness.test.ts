import {describe, expect, test} from 'vitest'
import type {Distribution} from '../../src/engine/probability.ts'
import {isOpenConflict, type Witness} from '../../src/engine/witness.ts'
import type {Basis} from '../../src/model/fact.ts'
import {company} from './facts.ts'

const DAY = 86_400_000
const names = (team: string): Distribution => new Map([[team, 0.9]])
const written = (basis: Basis, team: string): Witness => ({
  ...{family: basis, basis, says: names(team), because: '', where: []},
})
/** `last`: the epoch day on which each team's people last changed it. */
const commits = (says: {[team: string]: number}, last: {[team: string]: number} = {}): Witness => ({
  ...{family: 'commits', basis: 'repository', says: new Map(Object.entries(says)), because: '', where: []},
  last: new Map(Object.entries(last).map(([team, day]) => [team, day * DAY])),
})

describe('who owns it is open', () => {
  test.each<[string, boolean, Witness[]]>([
    ['one statement against another', true, [written('catalog', 'marsh'), written('codeowners', 'rivers')]],
    [
      'two against one',
      false,
      [written('catalog', 'marsh'), written('label', 'marsh'), written('codeowners', 'rivers')],
    ],
    [
      'a few more commits by one side tell of nothing',
      true,
      [written('catalog', 'marsh'), written('codeowners', 'rivers'), commits({marsh: 0.6, rivers: 0.3})],
    ],
    [
      'that all who change it are of one side does',
      false,
      [written('catalog', 'marsh'), written('codeowners', 'rivers'), commits({marsh: 0.9, rivers: 0.1})],
    ],
    [
      'who stopped changing it long before had it before',
      false,
      [
        written('catalog', 'marsh'),
        written('codeowners', 'rivers'),
        commits({marsh: 0.5, rivers: 0.4}, {marsh: 1000, rivers: 870}),
      ],
    ],
    [
      'who stopped a little before did not',
      true,
      [
        written('catalog', 'marsh'),
        written('codeowners', 'rivers'),
        commits({marsh: 0.5, rivers: 0.4}, {marsh: 1000, rivers: 890}),
      ],
    ],
    [
      'commits alone contend with nothing written',
      false,
      [written('catalog', 'marsh'), commits({rivers: 0.9})],
    ],
    ['a declared owner ends it', false, [written('declared', 'marsh'), written('codeowners', 'rivers')]],
  ])('%s: %s', (_, open, witnesses) => {
    expect(isOpenConflict(witnesses, names('marsh'), () => true)).toBe(open)
  })

  test('not by a team that nobody knows', () => {
    expect(
      isOpenConflict(
        [written('catalog', 'marsh'), written('codeowners', 'rivers')],
        names('marsh'),
        team => team === 'marsh',
      ),
    ).toBe(false)
  })
})

describe('of a namespace', () => {
  const inside = () =>
    company()
      .entity('organization', 'okta:group/1', 'Marsh', 'group')
      .entity('service', 'k8s:workload/birds/heron', 'heron')
      .link('k8s:workload/birds/heron', 'runs_in', 'k8s:namespace/birds', 'deployment')
      .link('k8s:workload/birds/heron', 'owned_by', 'okta:group/1', 'label')
  const heard = (of: ReturnType<typeof company>, alias: `k8s:${string}`) => {
    const {graph, ownership} = of.world()
    return ownership.ownerOf(graph.node(alias)!, 1000 * DAY).witnesses.map(({family}) => family)
  }

  test('a service does not hear itself', () => {
    expect(heard(inside(), 'k8s:namespace/birds')).toEqual(['runs inside'])
    expect(heard(inside(), 'k8s:workload/birds/heron')).toEqual(['label'])
  })

  test('it hears the others that run there', () => {
    const two = inside()
      .entity('service', 'k8s:workload/birds/crane', 'crane')
      .link('k8s:workload/birds/crane', 'runs_in', 'k8s:namespace/birds', 'deployment')
      .link('k8s:workload/birds/crane', 'owned_by', 'okta:group/1', 'label')
    expect(heard(two, 'k8s:workload/birds/heron')).toEqual(['label', 'namespace'])
  })
})
