/** Whose a provider's key is that a person made: theirs, or that of those they made it for. */
import {describe, expect, test} from 'vitest'
import {attributeAll, buildWorld} from '../../src/engine/attribute.ts'
import type {Alias, Signature} from '../../src/model/fact.ts'
import {DAY_MS} from '../../src/model/time.ts'
import {company} from './facts.ts'

const PROJECT: Alias = 'openai:project/proj_1'
const DAY = 20_700

/** Teams of the people in a project; the first made its key. */
function likeliest(teams: readonly string[], project = 'search') {
  const of = company().entity('project', PROJECT, project)
  for (const team of ['marsh', 'rivers', 'lakes'])
    of.entity('organization', `okta:group/${team}`, team, 'group')
  teams.forEach((team, index) => {
    const person: Alias = `okta:user/00u${index}`
    of.entity('identity', person, `p${index}`, 'person')
      .link(person, 'member_of', `okta:group/${team}`, 'directory')
      .link(person, 'contributes_to', PROJECT, 'directory')
  })
  // Others, so that nobody is in every team.
  for (const team of ['marsh', 'rivers', 'lakes'])
    for (const index of [1, 2])
      of.entity('identity', `okta:user/00x${team}${index}`, null, 'person').link(
        `okta:user/00x${team}${index}`,
        'member_of',
        `okta:group/${team}`,
        'directory',
      )
  const signature: Signature = {
    ...{
      channel: 'openai',
      provider: 'openai',
      key: 'openai:key/key_1',
      project: PROJECT,
      user: 'okta:user/00u0',
    },
  }
  of.link('openai:key/key_1', 'acts_for', 'okta:user/00u0', 'key_record')
  const world = buildWorld(of.facts(), [signature])
  const at = DAY * DAY_MS
  const [found] = attributeAll(world, [
    {id: 1, signature, firstDay: DAY, lastDay: DAY, firstAt: at, cost: 1n},
  ])
  const {owner, coper} = found!.outcome
  return {owner: owner.organization?.name ?? null, isSure: coper >= 0.8}
}

describe('a key that somebody made', () => {
  test.each<[string, string[], string | undefined, {owner: string; isSure: boolean}]>([
    ['alone in a project', ['marsh'], undefined, {owner: 'marsh', isSure: true}],
    ['among their own team', ['marsh', 'marsh', 'marsh'], undefined, {owner: 'marsh', isSure: true}],
    [
      'where people of many teams meet',
      ['marsh', 'rivers', 'lakes'],
      undefined,
      {owner: 'marsh', isSure: true},
    ],
    [
      'beside a majority and other guests',
      ['marsh', ...Array<string>(7).fill('rivers'), ...Array<string>(2).fill('lakes')],
      undefined,
      {owner: 'marsh', isSure: true},
    ],
  ])('%s is theirs', (_, teams, project, expected) => expect(likeliest(teams, project)).toEqual(expected))

  test('as a guest of another team is not surely theirs', () =>
    expect(likeliest(['marsh', 'rivers', 'rivers', 'rivers'])).toEqual({owner: 'rivers', isSure: false}))

  test('in a project of production is not surely theirs', () =>
    expect(likeliest(['marsh'], 'search-prod').isSure).toBe(false))
})
