/** What is shared is split: by which basis, exactly, and among nobody but the candidates. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {AllocationRule} from '../../src/model/allocation-rule.ts'
import {DAY_MS} from '../../src/model/time.ts'
import {FIRST, type Request, request, SHARED, settle, shown, splits, TEAMS, teamOf} from './shared-key.ts'

const [HERON, IBIS, EGRET] = [0, 1, 2]
const many = (count: number, ...of: Parameters<typeof request>): Request[] =>
  Array.from({length: count}, () => request(...of))

const rule = (split: AllocationRule['split'], more: Partial<AllocationRule> = {}): AllocationRule => ({
  ...{of: SHARED, why: 'minutes of 28 September', from: null, until: null, always: false, split},
  ...{remainder: null, place: 'venturi.yaml allocations.0', ...more},
})
const fixed = (...shares: [team: number, percent: number][]): AllocationRule['split'] => ({
  shares: shares.map(([team, percent]) => ({team: teamOf(team), billionths: percent * 10_000_000})),
})

/** The basis and shares of the one split there is. */
function onlySplit(company: Parameters<typeof splits>[0]): [basis: string, shares: string] {
  const found = splits(company)
  expect(found).toHaveLength(1)
  return [found[0]!.outcome.shares[0]!.basis, shown(found[0]!)]
}

const noon = FIRST + 12 * 3_600_000
const night = FIRST + 2 * 3_600_000
const consumers = [HERON, IBIS]
const silent = many(50, HERON, 'silent')

describe('the basis is the best there is:', () => {
  test.each<[string, Omit<Parameters<typeof splits>[0], 'consumers'>, string, string]>([
    [
      'hinted requests under the key',
      {requests: [...silent, ...many(30, HERON, 'tag'), ...many(10, IBIS, 'tag')]},
      'by measured use under the same key',
      'heron 75.0, ibis 25.0',
    ],
    [
      'their cost, where nobody lists the requests',
      {
        requests: [
          request(HERON, 'silent'),
          request(HERON, 'tag', {nanos: 900}),
          request(IBIS, 'tag', {nanos: 100}),
        ],
        onlySums: true,
      },
      'by measured use under the same key',
      'heron 90.0, ibis 10.0',
    ],
    [
      'hinted requests of other days, where these days have too few',
      {
        requests: [
          ...silent,
          ...many(30, HERON, 'tag', {at: FIRST + 9 * DAY_MS}),
          ...many(30, IBIS, 'tag', {at: FIRST + 9 * DAY_MS}),
        ],
      },
      'by measured use under the same key',
      'heron 50.0, ibis 50.0',
    ],
    [
      'a rule, where too little has been measured',
      {requests: silent, rules: [rule(fixed([HERON, 70], [IBIS, 30]))]},
      'by the documented rule for it (fixed shares)',
      'heron 70.0, ibis 30.0',
    ],
    [
      'use before a rule',
      {
        requests: [...silent, ...many(30, HERON, 'tag'), ...many(10, IBIS, 'tag')],
        rules: [rule(fixed([HERON, 40], [IBIS, 60]))],
      },
      'by measured use under the same key',
      'heron 75.0, ibis 25.0',
    ],
    [
      'a rule before use, where the rule says so',
      {
        requests: [...silent, ...many(30, HERON, 'tag'), ...many(10, IBIS, 'tag')],
        rules: [rule(fixed([HERON, 40], [IBIS, 60]), {always: true})],
      },
      'by the documented rule for it (fixed shares)',
      'heron 40.0, ibis 60.0',
    ],
    [
      'habits that cannot be told apart are what each spends',
      {requests: [...silent, ...many(60, HERON, 'own'), ...many(180, IBIS, 'own')]},
      'by habits of each consumer',
      'heron 25.0, ibis 75.0',
    ],
    [
      'spending, where habits are not known',
      {requests: [...silent, ...many(6, HERON, 'own'), ...many(18, IBIS, 'own')]},
      'by what each spends elsewhere',
      'heron 25.0, ibis 75.0',
    ],
    [
      'a few hints, where nothing else is known',
      {
        requests: [
          ...many(50, HERON, 'silent', {nanos: 100_000}),
          request(HERON, 'tag'),
          ...many(3, IBIS, 'tag'),
        ],
      },
      'by the few requests under the same key that say whose they are',
      'heron 25.0, ibis 75.0',
    ],
    ['nothing', {requests: silent}, 'in equal parts', 'heron 50.0, ibis 50.0'],
  ])('%s', (_, company, basis, shares) => {
    expect(onlySplit({consumers, ...company})).toEqual([basis, shares])
  })
})

describe('habits:', () => {
  const day = many(300, HERON, 'own', {at: noon})
  const nightly = many(3_000, IBIS, 'own', {at: night})
  test('silent requests by night are whose who works by night, whoever spends more', () => {
    const [basis, shares] = onlySplit({
      consumers,
      requests: [
        ...day,
        ...nightly,
        ...many(300, HERON, 'silent', {at: noon}),
        ...many(100, IBIS, 'silent', {at: night}),
      ],
    })
    expect(basis).toBe('by habits of each consumer')
    expect(Math.abs(Number(/heron ([\d.]+)/.exec(shares)![1]) - 75)).toBeLessThan(3)
  })

  test('whose requests are dearer has the larger part of what they cost', () => {
    const dear = {at: noon, nanos: 9_000}
    const [, shares] = onlySplit({
      consumers,
      requests: [
        ...many(400, HERON, 'tag', dear),
        ...many(400, IBIS, 'tag', {...dear, nanos: 1_000}),
        ...many(200, HERON, 'silent', dear),
        ...many(200, IBIS, 'silent', {...dear, nanos: 1_000}),
      ],
    })
    expect(Math.abs(Number(/heron ([\d.]+)/.exec(shares)![1]) - 90)).toBeLessThan(2)
  })

  test('each signature is split by its own requests', () => {
    const found = splits({
      consumers,
      requests: [
        ...many(100, HERON, 'tag', {at: noon}),
        ...many(100, IBIS, 'tag', {at: night}),
        ...many(50, HERON, 'silent', {at: noon, also: {tag_feature: 'day'}}),
        ...many(50, IBIS, 'silent', {at: night, also: {tag_feature: 'night'}}),
      ],
    })
    const heron = found.map(one => Number(/heron ([\d.]+)/.exec(shown(one))?.[1] ?? 0)).sort((a, b) => a - b)
    expect(heron[0]).toBeLessThan(10)
    expect(heron[1]).toBeGreaterThan(90)
  })
})

describe('a rule:', () => {
  const always = {always: true}
  test.each<[string, AllocationRule, string]>([
    [
      'what it gives nobody is a line of its own',
      rule(fixed([HERON, 70], [IBIS, 20])),
      'heron 70.0, ibis 20.0, nobody 10.0',
    ],
    ['or a team’s', rule(fixed([HERON, 70]), {remainder: teamOf(IBIS)}), 'heron 70.0, ibis 30.0'],
    [
      'a team nobody knows is nobody',
      rule({
        shares: [
          {team: teamOf(HERON), billionths: 600_000_000},
          {team: 'name:team/unheard', billionths: 400_000_000},
        ],
      }),
      'heron 60.0, nobody 40.0',
    ],
    [
      'a third of a nano-share is not lost',
      rule({shares: [HERON, IBIS].map(team => ({team: teamOf(team), billionths: 500_000_000}))}),
      'heron 50.0, ibis 50.0',
    ],
    [
      'the teams it names are users, whoever else is listed',
      rule(fixed([HERON, 20], [EGRET, 80])),
      'egret 80.0, heron 20.0',
    ],
  ])('%s', (_, one, shares) => {
    expect(onlySplit({consumers, requests: silent, rules: [{...one, ...always}]})[1]).toBe(shares)
  })

  test('makes a shared key of one whose record lists nobody', () => {
    expect(
      onlySplit({consumers: [], requests: silent, rules: [rule(fixed([HERON, 30], [IBIS, 70]))]}),
    ).toEqual(['by the documented rule for it (fixed shares)', 'heron 30.0, ibis 70.0'])
  })

  test('outweighs what the record of a key says of one owner', () => {
    const own = rule(fixed([HERON, 30], [IBIS, 70]), {of: 'litellm:key/egret'})
    const [found] = splits({consumers: [], requests: many(40, EGRET, 'own'), rules: [own]})
    expect(shown(found!)).toBe('heron 30.0, ibis 70.0')
  })

  test('splits a service that several use, whoever owns it', () => {
    const shared = rule(fixed([HERON, 30], [IBIS, 70]), {of: 'backstage:component/default/egret-api'})
    const [found] = splits({consumers: [], requests: many(40, EGRET, 'own'), rules: [shared]})
    expect(shown(found!)).toBe('heron 30.0, ibis 70.0')
  })

  test('holds from its first day to its last', () => {
    const dated = rule(fixed([HERON, 30], [IBIS, 70]), {from: FIRST + DAY_MS, until: FIRST + 2 * DAY_MS})
    const days = [0, 1, 2].flatMap(days => many(40, HERON, 'silent', {at: FIRST + days * DAY_MS}))
    expect(
      splits({consumers, requests: days, rules: [dated]}).map(
        one => `${(one.from - FIRST) / DAY_MS} ${shown(one)}`,
      ),
    ).toEqual(['0 heron 50.0, ibis 50.0', '1 heron 30.0, ibis 70.0', '2 heron 50.0, ibis 50.0'])
  })

  test('that names no team begins and ends on its days too', () => {
    const dated = rule(
      {by: 'requests', map: []},
      {...always, from: FIRST + DAY_MS, until: FIRST + 2 * DAY_MS},
    )
    const days = [0, 1, 2].flatMap(days => [
      ...many(40, HERON, 'silent', {at: FIRST + days * DAY_MS}),
      ...many(40, HERON, 'tag', {at: FIRST + days * DAY_MS}),
    ])
    expect(
      splits({consumers, requests: days, rules: [dated]}).map(({outcome}) => outcome.shares[0]!.basis),
    ).toEqual([
      'by measured use under the same key',
      'by the documented rule for it (by requests)',
      'by measured use under the same key',
    ])
  })

  test.each([
    ['requests', 'heron 75.0, ibis 25.0'],
    ['tokens', 'heron 75.0, ibis 25.0'],
    ['cost', 'heron 50.0, ibis 50.0'],
  ] as const)('by %s counts what is known to be whose', (by, shares) => {
    const known = [...many(30, HERON, 'tag', {nanos: 100}), ...many(10, IBIS, 'tag', {nanos: 300})]
    expect(
      onlySplit({consumers, requests: [...silent, ...known], rules: [rule({by, map: []}, always)]})[1],
    ).toBe(shares)
  })

  test('by product surface: a mapped value is its team’s, the rest is split as the values are', () => {
    const surface = (tag_feature: string, nanos: number) =>
      request(HERON, 'silent', {nanos, also: {tag_feature}})
    const found = splits({
      consumers,
      requests: [surface('help', 600), surface('reviews', 300), surface('labs', 100), ...silent],
      rules: [
        rule({
          by: 'product_surface',
          map: [
            {value: 'help', team: teamOf(HERON)},
            {value: 'reviews', team: teamOf(IBIS)},
          ],
        }),
      ],
    })
    expect(found.map(shown).sort()).toEqual([
      'heron 100.0',
      'heron 60.0, ibis 30.0, nobody 10.0',
      'ibis 100.0',
      'nobody 100.0',
    ])
  })

  test('by calling application: a value that is not mapped is whose venturi finds it to be', () => {
    const requests = [...many(9, HERON, 'tag'), ...many(1, IBIS, 'tag'), ...many(1_000, HERON, 'silent')]
    const found = onlySplit({
      consumers,
      requests,
      rules: [rule({by: 'calling_application', map: []}, always)],
    })
    expect(found).toEqual(['by the documented rule for it (by calling application)', 'heron 90.0, ibis 10.0'])
  })
})

test('a request that names its service is that service’s, though its owner is in doubt', () => {
  const requests = [...silent, ...many(30, HERON, 'tag'), ...many(30, IBIS, 'tag')]
  const found = [...settle({consumers, requests, doubtful: IBIS}).values()]
  expect(found.map(({outcome}) => outcome.output_state).sort()).toEqual([
    'ambiguous',
    'bounded',
    'strongly_inferred',
  ])
  // What is known of the key's other requests says nothing of this one.
  const [doubted] = found.filter(({outcome}) => outcome.output_state === 'ambiguous')
  expect(doubted!.outcome.candidates.map(({organization}) => organization.name)).not.toContain('heron')
  const [shared] = found.filter(({outcome}) => outcome.output_state === 'bounded')
  expect(shown(shared!)).toBe('heron 50.0, ibis 50.0')
})

test('says what is behind it', () => {
  const [found] = splits({
    consumers,
    requests: [...silent, ...many(30, HERON, 'tag'), ...many(10, IBIS, 'tag')],
  })
  expect(found!.outcome.rationale).toBe(
    'A shared key: its record lists heron-api, ibis-api as its users, so the owner is one of heron, ibis. It is split by measured use under the same key: 40 requests of 2026-10-01 to 2026-10-01 say whose they are; of the 50 that do not, by model, hour and how often each hints, heron 75 %, ibis 25 %.',
  )
})

const anyRequest = fc.record({
  team: fc.integer({min: 0, max: TEAMS.length - 1}),
  at: fc.integer({min: 0, max: 5 * 24}).map(hours => FIRST + hours * 3_600_000),
  model: fc.constantFrom('mini', 'large'),
  nanos: fc.integer({min: 0, max: 50_000}),
  under: fc.constantFrom<Request['under']>('silent', 'tag', 'span', 'both', 'own'),
})
const anyCompany = fc.record({
  consumers: fc.uniqueArray(fc.integer({min: 0, max: TEAMS.length - 1}), {minLength: 2}),
  onlySums: fc.boolean(),
  requests: fc
    .array(fc.tuple(anyRequest, fc.constantFrom(1, 20, 60)), {minLength: 1, maxLength: 10})
    .map(list => list.flatMap(([one, times]) => Array.from({length: times}, () => one))),
  rules: fc.array(
    fc
      .record({
        shares: fc.uniqueArray(fc.integer({min: 0, max: TEAMS.length - 1}), {minLength: 1}),
        part: fc.integer({min: 0, max: 150_000_000}),
        always: fc.boolean(),
      })
      .map(({shares, part, always}) =>
        rule({shares: shares.map(team => ({team: teamOf(team), billionths: part + team}))}, {always}),
      ),
    {maxLength: 1},
  ),
})

test('whoever shares what by whichever basis: parts are exact and nobody else’s', () => {
  fc.assert(
    fc.property(anyCompany, company => {
      const allowed = new Set([
        ...company.consumers.map(teamOf),
        ...company.rules.flatMap(({split}) => ('shares' in split ? split.shares.map(({team}) => team) : [])),
      ])
      for (const {outcome} of splits(company)) {
        expect(outcome.shares.reduce((sum, {share_ppm}) => sum + share_ppm, 0)).toBe(1_000_000)
        expect(outcome.coper).toBeLessThanOrEqual(0.79)
        expect(outcome.candidates.every(({organization}) => allowed.has(organization.id))).toBe(true)
        const candidates = new Set(outcome.candidates.map(({organization}) => organization.id))
        for (const {organization, share_ppm} of outcome.shares) {
          expect(share_ppm).toBeGreaterThan(0)
          if (organization) expect(candidates.has(organization.id)).toBe(true)
        }
      }
    }),
    {numRuns: 200},
  )
})

test('who has not been seen anywhere has no part, unless the parts are equal', () => {
  fc.assert(
    fc.property(anyCompany, ({rules: _, ...company}) => {
      const seen = new Set(
        company.requests.filter(({under}) => under !== 'silent').map(({team}) => teamOf(team)),
      )
      for (const {outcome} of splits(company))
        for (const {organization, basis} of outcome.shares)
          if (basis !== 'in equal parts') expect(seen.has(organization!.id)).toBe(true)
    }),
    {numRuns: 100},
  )
})

test('in whatever order it is told, the answer is the same', () => {
  fc.assert(
    fc.property(anyCompany, fc.infiniteStream(fc.nat()), (company, keys) => {
      const order = <T>(list: readonly T[]): T[] =>
        list
          .map(item => ({item, key: keys.next().value as number}))
          .sort((a, b) => a.key - b.key)
          .map(({item}) => item)
      const answers = (asked: typeof company) =>
        Object.fromEntries(
          [...settle(asked)].map(([text, {from, to, outcome}]) => [text, {from, to, outcome}]).sort(),
        )
      const mixed = {...company, consumers: order(company.consumers), requests: order(company.requests)}
      expect(answers(mixed)).toEqual(answers(company))
    }),
    {numRuns: 100},
  )
})
