/** Adoption by team: what is shown, and that nobody can work out what is not. */
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {type Money, type Shown, shownOf, sumOf, type TeamUse, usageOf} from '../../src/report/adoption.ts'
import type {Use} from '../../src/report/load-activity.ts'
import {outcome, service, team} from './world.ts'

const sized = (name: string, people: number, access = 0) => ({
  ...{organization: team(name).id, name, people, access},
  tools: access === 0 ? {} : {Cursor: access},
})

interface Part {
  readonly team?: string
  readonly person?: string
  readonly service?: string
  readonly environment?: string
  readonly day?: number
  readonly cost: bigint
}

const use = ({team: name, person, service: called, environment, day = 1, cost}: Part): Use => {
  const organization = name === undefined ? null : team(name)
  const answer = outcome({
    output_state: organization === null ? 'unknown' : 'deterministically_resolved',
    owner: {
      ...{project: null, budget: null, organization},
      service: called === undefined ? null : service(called),
      identity: person === undefined ? null : {id: `email:${person}`, name: person},
    },
    shares: [{organization, budget: null, share_ppm: 1_000_000, basis: 'sole owner'}],
  })
  const spendClass = organization === null ? 'unresolved' : 'owned'
  return {
    ...{outcome: answer, spendClass, cost, records: 1, unpriced: 0, day, model: null, requests: 1},
    ...{inputTokens: null, outputTokens: null, cacheReadTokens: null, cacheWriteTokens: null},
    workload: {
      ...{id: 1, outcomeId: 1, outcome: answer, spendClass},
      tags: environment === undefined ? {} : {environment},
    },
  }
}

const people = (name: string, count: number, cost = 1n): Use[] =>
  Array.from({length: count}, (_, index) => use({team: name, person: `${name}-${index}@heron.example`, cost}))

test('what teams do with AI', () => {
  const shown = shownOf(
    usageOf(
      [
        use({team: 'Marsh', service: 'heron-api', environment: 'production', cost: 8n, day: 1}),
        use({team: 'Marsh', service: 'heron-api', environment: 'production', cost: 12n, day: 4}),
        use({team: 'Lakes', service: 'crane-api', environment: 'staging', cost: 3n}),
        ...people('Rivers', 5),
        use({cost: 7n}),
      ],
      [sized('Marsh', 6), sized('Lakes', 5), sized('Rivers', 9), sized('Reed', 7, 6), sized('Sand', 7, 4)],
    ),
  )
  expect(
    shown.teams.map(({use: {organization, activeDays, growth}, adoption, money}) => [
      ...[organization.name, adoption, money?.workflow, money?.interactive, activeDays, growth],
    ]),
  ).toEqual([
    ['Marsh', 'embedded', 20n, 0n, 2, 500_000],
    ['Lakes', 'trying', 3n, 0n, 1, -1_000_000],
    ['Rivers', 'interactive', 0n, 5n, 0, null],
    ['Reed', 'licensed', 0n, 0n, 0, null],
    ['Sand', 'none', 0n, 0n, 0, null],
  ])
  expect(shown.pool).toEqual({teams: 0, total: 0n, money: {workflow: 0n, interactive: 0n, untold: 0n}})
  expect(shown.nobody).toBe(7n)
})

test('a team of four, and a person alone in a team of nine, take the next smallest team with them', () => {
  const shown = shownOf(
    usageOf(
      [...people('Four', 4), ...people('Nine', 1, 100n), ...people('Ten', 6), ...people('Twenty', 7)],
      [sized('Four', 4), sized('Nine', 9), sized('Ten', 10), sized('Twenty', 20)],
    ),
  )
  // Four and one are five.
  expect(shown.pool).toMatchObject({teams: 2, money: {interactive: 104n}})
  const alone = shownOf(
    usageOf(
      [...people('Nine', 1, 100n), ...people('Ten', 6), ...people('Twenty', 7)],
      [sized('Nine', 9), sized('Ten', 10), sized('Twenty', 20)],
    ),
  )
  expect(alone.pool).toMatchObject({teams: 2, money: {interactive: 106n}})
  expect(alone.teams.map(({use, money}) => [use.organization.name, money?.interactive])).toEqual([
    ['Nine', undefined],
    ['Ten', undefined],
    ['Twenty', 7n],
  ])
})

test('one person in two teams is one person', () => {
  const ada = 'ada@heron.example'
  const shown = shownOf(
    usageOf(
      [
        ...people('Nine', 3),
        use({team: 'Nine', person: ada, cost: 1n}),
        use({team: 'Eight', person: ada, cost: 1n}),
      ],
      [sized('Nine', 9), sized('Eight', 8)],
    ),
  )
  expect(shown.pool).toMatchObject({teams: 2, money: null})
})

/** Every amount that can be worked out from what is shown and from the known total, with whom it is about. */
function solvable({teams, pool}: Shown): {money: Money; about: readonly TeamUse[]}[] {
  const hidden = teams.filter(({money}) => money === null).map(({use}) => use)
  const open = teams.flatMap(({use, money}) => (money === null ? [] : [{money, about: [use]}]))
  return [...open, ...(pool.money === null ? [] : [{money: pool.money, about: hidden}])]
}

const teamsOf = fc
  .array(
    fc.record({
      people: fc.option(fc.integer({min: 1, max: 9}), {nil: null}),
      users: fc.array(fc.integer({min: 0, max: 11}), {maxLength: 8}),
      workflow: fc.bigInt({min: 0n, max: 3n}),
      interactive: fc.bigInt({min: 1n, max: 9n}),
    }),
    {minLength: 1, maxLength: 7},
  )
  .map(parts =>
    parts.map(({people: count, users, workflow, interactive}, index): TeamUse => {
      const organization = team(`T${index}`)
      return {
        ...{organization, size: count === null ? null : sized(`T${index}`, count)},
        money: {workflow, interactive: users.length === 0 ? 0n : interactive, untold: 0n},
        contributors: new Set(users.map(user => `u${user}`)),
        ...{workflows: [], inProduction: false, activeDays: 0, growth: null},
      }
    }),
  )

test('nothing about fewer than five can be worked out, and nothing is lost', () => {
  fc.assert(
    fc.property(teamsOf, teams => {
      const shown = shownOf({teams, nobody: 0n})
      const small = teams.filter(({size}) => size === null || size.people < 5)
      expect(shown.teams.some(({use}) => small.includes(use))).toBe(false)
      for (const {money, about} of solvable(shown)) {
        const whole =
          about.length === 1 && !shown.teams.some(({use, money}) => use === about[0] && money === null)
        const users = new Set(
          (whole ? about : [...about, ...small]).flatMap(({contributors}) => [...contributors]),
        )
        const heads = (whole ? about : [...about, ...small]).reduce(
          (sum, {size}) => sum + (size?.people ?? 0),
          0,
        )
        if (money.interactive !== 0n) expect(users.size).toBeGreaterThanOrEqual(5)
        if (whole || shown.pool.teams > 0) expect(heads).toBeGreaterThanOrEqual(5)
      }
      const open = shown.teams.reduce((sum, {money}) => sum + (money === null ? 0n : sumOf(money)), 0n)
      expect(open + shown.pool.total).toBe(teams.reduce((sum, {money}) => sum + sumOf(money), 0n))
      // The total less all that is shown is the pool's: hidden only where every team is in it.
      if (shown.pool.money === null) expect(shown.teams.every(({money}) => money === null)).toBe(true)
    }),
    {numRuns: 2000},
  )
})
