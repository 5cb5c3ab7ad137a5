/** What `venturi.yaml` keeps apart is never one, whatever joins it and in whatever order. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {buildWorld, type Facts} from '../../src/engine/attribute.ts'
import {Span, Union} from '../../src/engine/graph.ts'
import {company} from './facts.ts'

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const pairs = fc.uniqueArray(
  fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)).filter(([one, other]) => one < other),
  {maxLength: 10, selector: pair => pair.join()},
)

test('no order of joins puts two in one that are apart, and nothing else is refused', () => {
  fc.assert(
    fc.property(pairs, pairs, (apart, joins) => {
      const union = new Union()
      for (const [one, other] of apart) union.keepApart(one, other)
      const clusters = new Map(names.map(name => [name, new Set([name])]))
      for (const [one, other] of joins) {
        const together = new Set([...clusters.get(one)!, ...clusters.get(other)!])
        const forbidden = apart.some(([x, y]) => together.has(x) && together.has(y))
        const same = clusters.get(one) === clusters.get(other)
        const found = union.forbids(one, other)
        expect(found !== null).toBe(forbidden && !same)
        if (found) expect(apart.map(String)).toContain(String(found))
        const copy = union.copy()
        expect(union.join(one, other)).toBe(!forbidden && !same)
        expect(copy.join(one, other)).toBe(!forbidden && !same)
        if (!forbidden) for (const name of together) clusters.set(name, together)
      }
      for (const one of names)
        for (const other of names)
          expect(union.find(one) === union.find(other)).toBe(clusters.get(one) === clusters.get(other))
    }),
    {numRuns: 500},
  )
})

const people = ['quill', 'wren', 'ibis', 'stilt', 'egret']
/** Four systems that know a team called search, and what joins them by every way there is. */
function alike() {
  const built = company()
    .entity('organization', 'github:team/fen/search', 'Search', 'team')
    .entity('organization', 'okta:group/00g1search', 'Search', 'group')
    .entity('organization', 'datadog:team/search', 'Search', 'team')
    .entity('service', 'backstage:component/default/heron-feed', 'heron-feed')
    .entity('service', 'k8s:workload/birds/heron-feed', 'heron-feed')
    .link('litellm:user/ada', 'same_as', 'email:ada@fen.example', 'verified')
    .link('litellm:user/ada', 'same_as', 'openai:user/u-1', 'verified')
    .link('k8s:workload/birds/heron-feed', 'owned_by', 'name:team/search', 'label')
  for (const name of people)
    for (const team of ['github:team/fen/search', 'okta:group/00g1search', 'datadog:team/search'])
      built.link(`email:${name}@fen.example`, 'member_of', team, 'directory')
  return built
}

describe.each([
  ['teams alike by name and people', 'github:team/fen/search', 'okta:group/00g1search'],
  ['services of one name', 'backstage:component/default/heron-feed', 'k8s:workload/birds/heron-feed'],
  ['people a system verified', 'email:ada@fen.example', 'litellm:user/ada'],
  ['two through a third', 'email:ada@fen.example', 'openai:user/u-1'],
])('%s', (_, one, other) => {
  const parted = () => alike().link(one, 'apart_from', other, 'declared')

  test('are one, unless they are kept apart', () => {
    const {graph} = alike().world()
    expect(graph.node(one)).toBe(graph.node(other))
    const {graph: kept} = parted().world()
    expect(kept.node(one)).not.toBe(kept.node(other))
  })

  test('and what was refused is told', () => {
    const {graph} = parted().world()
    const sorted = [one, other].sort()
    expect(graph.refused.length).toBeGreaterThan(0)
    for (const {apart, because} of graph.refused) {
      expect(apart).toEqual(sorted)
      expect(because).not.toBe('')
    }
  })

  test('in any order of facts', () => {
    const facts = parted().facts()
    const nodes = ({entities, links, ...rest}: Facts) =>
      buildWorld({...rest, entities, links}).graph.nodes.map(({aliases}) => aliases)
    const asWritten = nodes(facts)
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...facts.links], {minLength: facts.links.length}),
        fc.shuffledSubarray([...facts.entities], {minLength: facts.entities.length}),
        (links, entities) => {
          expect(nodes({...facts, links, entities})).toEqual(asWritten)
        },
      ),
      {numRuns: 30},
    )
  })
})

test('a third that both claim goes to whom a person gave it', () => {
  const claimed = alike()
    .link('email:ada@fen.example', 'apart_from', 'openai:user/u-1', 'declared')
    .link('openai:user/u-1', 'same_as', 'litellm:user/ada', 'declared')
  const {graph} = claimed.world()
  expect(graph.node('litellm:user/ada')).toBe(graph.node('openai:user/u-1'))
})

test('a team that may not be one with the likeliest is one with the next', () => {
  const built = company()
    .entity('organization', 'github:team/fen/search', 'Search', 'team')
    .entity('organization', 'okta:group/00g1search', 'Search', 'group')
    .entity('organization', 'okta:group/00g2searchers', 'Search crew', 'group')
  for (const name of people)
    for (const team of ['github:team/fen/search', 'okta:group/00g1search', 'okta:group/00g2searchers'])
      built.link(`email:${name}@fen.example`, 'member_of', team, 'directory')
  const oneWith = () => built.world().graph.node('github:team/fen/search')!.aliases[1]
  expect(oneWith()).toBe('okta:group/00g1search')
  built.link('github:team/fen/search', 'apart_from', 'okta:group/00g1search', 'declared')
  expect(oneWith()).toBe('okta:group/00g2searchers')
})

test('a budget that is kept apart from a team is not taken for its', () => {
  const of = () =>
    company()
      .entity('organization', 'github:team/fen/search', 'Search', 'team')
      .entity('organization', 'github:team/fen/rivers', 'Rivers', 'team')
      .entity('organization', 'finance:cost_center/4410', 'Search', 'cost_center')
  const budget = (built: ReturnType<typeof of>) => {
    const {graph, ownership} = built.world()
    return ownership.budgetOf(graph.node('github:team/fen/search')!, 0, new Span())?.id ?? null
  }
  expect(budget(of())).toBe('finance:cost_center/4410')
  expect(
    budget(of().link('github:team/fen/search', 'apart_from', 'finance:cost_center/4410', 'declared')),
  ).toBe(null)
})
