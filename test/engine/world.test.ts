import {describe, expect, test} from 'vitest'
import {kindOf} from '../../src/engine/graph.ts'
import type {Alias} from '../../src/model/fact.ts'
import {company} from './facts.ts'

const AT = Date.UTC(2026, 8, 14)

/** Who owns or employs a node, most likely first, as `name percent`. */
function says(of: ReturnType<typeof company>, question: 'ownerOf' | 'teamOf', alias: Alias): string[] {
  const {graph, ownership} = of.world()
  return [...ownership[question](graph.node(alias)!, AT).says]
    .sort((a, b) => b[1] - a[1])
    .map(([id, probability]) => `${graph.node(id)!.name} ${Math.round(probability * 100)}`)
}

test.each([
  ['entra:group/x', 'organization'],
  ['google:group/marsh@fen.example', 'organization'],
  ['gitlab:group/fen/marsh', 'organization'],
  ['datadog:team/marsh', 'organization'],
  ['datadog:service/heron', 'service'],
  ['cortex:service/heron', 'service'],
  ['opslevel:service/heron', 'service'],
  ['argocd:application/heron', 'service'],
  ['datadog:system/birds', 'project'],
  ['cortex:resource/db', 'project'],
  ['git:repo/gitlab.com/fen/heron', 'project'],
  ['entra:service_principal/x', 'identity'],
  ['openai:service_account/x', 'identity'],
  ['k8s:service_account/a/b', 'identity'],
  ['gitlab:user/quill', 'identity'],
])('%s is a %s', (alias, kind) => expect(kindOf(alias)).toBe(kind))

test('one list that finds everybody in a group is enough', () => {
  const {graph, ownership} = company()
    .entity('organization', 'google:group/01ab', 'Staff', 'group')
    .link('google:group/01ab', 'same_as', 'google:group/staff@fen.example', 'verified')
    .entity('organization', 'google:group/staff@fen.example', null, 'everyone')
    .world()
  expect(ownership.isTeam(graph.node('google:group/01ab')!)).toBe(false)
})

test('an owner by a group’s address is the group, and no login is the group’s', () => {
  const of = company()
    .entity('organization', 'google:group/01ab', 'Marsh product', 'group')
    .link('google:group/01ab', 'same_as', 'email:marsh@fen.example', 'verified')
    .entity('service', 'datadog:service/heron', 'heron')
    .link('datadog:service/heron', 'owned_by', 'email:marsh@fen.example', 'catalog')
    .entity('identity', 'github:user/marsh', 'marsh', 'person')
  expect(says(of, 'ownerOf', 'datadog:service/heron')).toEqual(['Marsh product 94'])
  expect(of.world().graph.node('github:user/marsh')!.kind).toBe('identity')
})

describe('two catalogs', () => {
  const both = (backstage: string, datadog: string) =>
    company()
      .entity('service', 'backstage:component/default/heron', 'heron')
      .entity('service', 'datadog:service/heron', 'heron')
      .entity('organization', 'entra:group/1', 'Marsh', 'group')
      .entity('organization', 'entra:group/2', 'Rivers', 'group')
      .link(
        'backstage:component/default/heron',
        'owned_by',
        `backstage:group/default/${backstage}`,
        'catalog',
      )
      .link('datadog:service/heron', 'owned_by', `datadog:team/${datadog}`, 'catalog')

  test('that agree are one witness', () =>
    expect(says(both('marsh', 'marsh'), 'ownerOf', 'datadog:service/heron')).toEqual(['Marsh 94']))

  test('that disagree leave it open', () => {
    const [first, second] = says(both('marsh', 'rivers'), 'ownerOf', 'datadog:service/heron')
    expect(first).toMatch(/ [34]\d$/)
    expect(second).toMatch(/ [34]\d$/)
  })

  test('that disagree are decided by what else is written, not against it', () => {
    const labelled = both('marsh', 'rivers').link(
      'datadog:service/heron',
      'owned_by',
      'name:team/marsh',
      'label',
    )
    expect(says(labelled, 'ownerOf', 'datadog:service/heron')[0]).toMatch(/^Marsh (8|9)\d$/)
    const worked = both('marsh', 'rivers')
      .link('datadog:service/heron', 'owned_by', 'name:team/rivers', 'label')
      .link('datadog:service/heron', 'owned_by', 'entra:group/1', 'repository')
      .link('datadog:service/heron', 'owned_by', 'entra:group/1', 'hr')
    expect(Number(/\d+$/.exec(says(worked, 'ownerOf', 'datadog:service/heron')[0]!)![0])).toBeLessThan(80)
  })
})

test('an application that two components share is neither of them', () => {
  const shared = company()
    .entity('service', 'backstage:component/default/heron')
    .entity('service', 'backstage:component/default/ibis')
    .link('argocd:application/birds', 'part_of', 'backstage:component/default/heron', 'catalog')
    .link('argocd:application/birds', 'part_of', 'backstage:component/default/ibis', 'catalog')
    .link('argocd:application/rails', 'part_of', 'backstage:component/default/ibis', 'catalog')
    .world().graph
  expect(shared.node('argocd:application/birds')!.aliases).toEqual(['argocd:application/birds'])
  expect(shared.node('argocd:application/rails')!.id).toBe('backstage:component/default/ibis')
})

describe('teams that only CODEOWNERS names', () => {
  const repository = 'git:repo/gitlab.com/fen/mono'
  const mono = () =>
    company()
      .entity('organization', 'entra:group/00000000-0000-4000-8000-000000000001', 'Product Marsh', 'group')
      .entity('organization', 'entra:group/00000000-0000-4000-8000-000000000002', 'Rivers', 'group')
      .rule(repository, '/heron/', ['@fen/product/marsh'], 'heron')
      .rule(repository, '/ibis/', ['@rivers'], 'ibis')
      .rule(repository, '/egret/', ['@fen/unheard'], 'egret')

  test('are found by name in the directory', () => {
    expect(says(mono(), 'ownerOf', `${repository}#heron`)).toEqual(['Product Marsh 90'])
    expect(says(mono(), 'ownerOf', `${repository}#ibis`)).toEqual(['Rivers 90'])
  })

  test('are themselves, where nothing lists the groups of GitLab', () =>
    expect(says(mono(), 'ownerOf', `${repository}#egret`)).toEqual(['fen/unheard 90']))

  test('are gone, where something does', () => {
    const listed = mono()
      .entity('organization', 'gitlab:group/fen/product/marsh', 'Marsh', 'team')
      .entity('organization', 'gitlab:group/rivers', 'Rivers', 'team')
    expect(says(listed, 'ownerOf', `${repository}#heron`)[0]).toMatch(/marsh 90$/i)
    expect(says(listed, 'ownerOf', `${repository}#ibis`)).toEqual(['Rivers 90'])
    expect(says(listed, 'ownerOf', `${repository}#egret`)).toEqual([])
  })
})

describe('somebody in no team', () => {
  const people = () =>
    company()
      .entity('organization', 'entra:group/1', 'Marsh', 'group')
      .entity('organization', 'entra:group/2', 'Rivers', 'group')
      .link('email:a@fen.example', 'member_of', 'entra:group/1', 'directory')
      .link('email:b@fen.example', 'member_of', 'entra:group/1', 'directory')
      .link('email:boss@fen.example', 'member_of', 'entra:group/2', 'directory')
      .link('email:new@fen.example', 'reports_to', 'email:boss@fen.example', 'hr')

  test('is where the others under the same manager are', () => {
    const of = people()
      .link('email:a@fen.example', 'reports_to', 'email:boss@fen.example', 'hr')
      .link('email:b@fen.example', 'reports_to', 'email:boss@fen.example', 'hr')
    expect(says(of, 'teamOf', 'email:new@fen.example')).toEqual(['Marsh 70'])
  })

  test('is where the manager is, if there are no others', () =>
    expect(says(people(), 'teamOf', 'email:new@fen.example')).toEqual(['Rivers 70']))

  test('is nowhere once HR says they left, and speaks for nobody', () => {
    const of = people()
      .link('email:new@fen.example', 'member_of', 'hr:department/marsh', 'hr', {validTo: AT - 1})
      .link('email:a@fen.example', 'reports_to', 'email:new@fen.example', 'hr')
      .link('email:loose@fen.example', 'reports_to', 'email:new@fen.example', 'hr')
    expect(says(of, 'teamOf', 'email:new@fen.example')).toEqual([])
    expect(says(of, 'teamOf', 'email:loose@fen.example')).toEqual(['Marsh 70'])
  })

  test('two who manage each other are in no team', () => {
    const of = company()
      .link('email:a@fen.example', 'reports_to', 'email:b@fen.example', 'hr')
      .link('email:b@fen.example', 'reports_to', 'email:a@fen.example', 'hr')
    expect(says(of, 'teamOf', 'email:a@fen.example')).toEqual([])
  })
})
