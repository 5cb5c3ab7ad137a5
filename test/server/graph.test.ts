/** The graph as others see it: why what is one is one, and nothing of fewer than five people. */
import {describe, expect, test} from 'vitest'
import {toTable} from '../../src/report/formats/table.ts'
import {describeGraph} from '../../src/server/graph/describe.ts'
import {findNodes} from '../../src/server/graph/find-nodes.ts'
import {nodeReport, summarise, summaryReport, viewOf} from '../../src/server/graph/graph-view.ts'
import {graphToXml} from '../../src/server/graph/graphml.ts'
import {company} from '../engine/facts.ts'

const FIVE = ['quill', 'wren', 'ibis', 'stilt', 'egret']
/** A team of five in two systems, a smaller one, a service with a key that one person made. */
function fen(members: readonly string[] = FIVE) {
  const built = company()
    .entity('organization', 'github:team/fen/marsh', 'Marsh', 'team')
    .entity('organization', 'okta:group/00g1', 'Eng - Marsh', 'group')
    .entity('organization', 'okta:group/00g2', 'The Marsh', 'group')
    .entity('service', 'backstage:component/default/heron', 'heron', 'service')
    .entity('service', 'k8s:workload/birds/heron', 'heron')
    .entity('identity', 'litellm:key/88dc', 'heron-prod', 'api_key')
    .entity('identity', 'k8s:service_account/birds/heron', 'heron', 'service_account')
    .link('litellm:key/88dc', 'acts_for', 'backstage:component/default/heron', 'label')
    .link('litellm:key/88dc', 'created_by', `email:${members[0]}@fen.example`, 'key_record')
    .link('backstage:component/default/heron', 'owned_by', 'github:team/fen/marsh', 'catalog', {validFrom: 0})
    .link('github:team/fen/marsh', 'apart_from', 'okta:group/00g2', 'declared')
  for (const name of members) {
    built.entity('identity', `email:${name}@fen.example`, name, 'person')
    for (const team of ['github:team/fen/marsh', 'okta:group/00g1'])
      built.link(`email:${name}@fen.example`, 'member_of', team, 'directory')
  }
  return built.link(`email:${members[0]}@fen.example`, 'member_of', 'okta:group/00g2', 'directory')
}
const graphOf = (members?: readonly string[]) => fen(members).world().graph

test('what was merged, why, and where it stands', () => {
  const {nodes, merges, links, refused} = describeGraph(graphOf(), false)
  expect(nodes.find(({id}) => id === 'github:team/fen/marsh')?.aliases).toEqual([
    'github:team/fen/marsh',
    'okta:group/00g1',
  ])
  expect(merges.map(({aliases, because}) => `${aliases.join(' = ')}: ${because}`)).toEqual([
    'backstage:component/default/heron = k8s:workload/birds/heron: both are called heron',
    'github:team/fen/marsh = okta:group/00g1: names agree on marsh; 5 of 5 people in both',
  ])
  for (const {probability} of merges) expect(probability).toBeLessThan(1)
  expect(links).toContainEqual({
    ...{relation: 'owned_by', from: 'backstage:component/default/heron', to: 'github:team/fen/marsh'},
    ...{basis: 'catalog', valid_from: '1970-01-01T00:00:00Z', valid_to: null, where: 'facts:9'},
  })
  expect(refused.map(({apart}) => apart)).toEqual([])
})

describe('people', () => {
  const text = (people: boolean, members?: readonly string[]) =>
    JSON.stringify(describeGraph(graphOf(members), people))

  test('are left out, and keys and service accounts are not', () => {
    expect(text(false)).not.toMatch(/@fen\.example|quill/)
    expect(text(false)).toContain('litellm:key/88dc')
    expect(text(false)).toContain('k8s:service_account/birds/heron')
    expect(describeGraph(graphOf(), false).left_out).toEqual({people: 5, links: 12})
  })

  test('are shown when asked for, in what five of them have in common', () => {
    const {links, left_out} = describeGraph(graphOf(), true)
    expect(links.filter(({relation}) => relation === 'member_of')).toHaveLength(10)
    // Who made the key, and who alone is in the guild, would be about one.
    expect(links.filter(({relation}) => relation === 'created_by')).toEqual([])
    expect(links.filter(({to}) => to === 'okta:group/00g2')).toEqual([])
    expect(left_out).toEqual({people: 0, links: 2})
  })

  test('are not shown when there are four', () => {
    expect(text(true, FIVE.slice(1))).not.toMatch(/@fen\.example|wren/)
    expect(text(true, FIVE.slice(1))).not.toMatch(/\d of \d people/)
  })

  test('are nobody to ask for by name', () => {
    expect(() => findNodes(graphOf(), 'email:quill@fen.example')).toThrow(/a person, and nothing is shown/)
    expect(() => findNodes(graphOf(), 'Quill')).toThrow(/a person, and nothing is shown/)
  })
})

test.each([
  ['github:team/fen/marsh', ['github:team/fen/marsh']],
  ['MARSH', ['github:team/fen/marsh']],
  ['the marsh team', ['github:team/fen/marsh', 'okta:group/00g2']],
  ['heron', ['backstage:component/default/heron', 'k8s:service_account/birds/heron']],
  ['heron-prod', ['litellm:key/88dc']],
])('%s is found', (wanted, ids) => expect(findNodes(graphOf(), wanted).map(({id}) => id)).toEqual(ids))

test('a name nobody has names the nearest', () =>
  expect(() => findNodes(graphOf(), 'heron-p')).toThrow(
    expect.objectContaining({
      message: 'heron-p: no team, service, key or repository of that name',
      mend: 'one of these: heron-prod',
    }),
  ))

describe('for people', () => {
  const SCREEN = {width: 80, colour: false}
  const apart = () =>
    fen().link('github:team/fen/marsh', 'apart_from', 'okta:group/00g1', 'declared').world().graph

  test('all of it in short', async () =>
    expect(`${toTable(summaryReport(summarise(apart())), SCREEN)}\n`).toMatchFileSnapshot('golden/graph.txt'))

  test('one in full', async () => {
    const graph = graphOf()
    await expect(
      `${toTable(nodeReport(viewOf(graph, graph.node('okta:group/00g1')!)), SCREEN)}\n`,
    ).toMatchFileSnapshot('golden/graph-node.txt')
  })
})

test('GraphML holds every node and link, and names stay names', () => {
  const graph = describeGraph(
    fen().entity('organization', 'github:team/fen/x', '</data>&"\u0001<script>', 'team').world().graph,
    false,
  )
  const xml = graphToXml(graph)
  expect(xml.match(/<node /g)).toHaveLength(graph.nodes.length)
  expect(xml.match(/<edge /g)).toHaveLength(
    graph.links.length + graph.not_merged.length + graph.refused.length,
  )
  expect(xml).toContain('<data key="node_name">&lt;/data&gt;&amp;&quot;&lt;script&gt;</data>')
  const count = (pattern: RegExp): number => xml.match(pattern)!.length
  expect(count(/<\w+/g)).toBe(count(/<\/\w+>/g) + count(/\/>/g))
})
