/** What is added up before anything is priced, and what is not there afterwards. */
import {describe, expect, test} from 'vitest'
import type {Outcome, Ref} from '../../../src/engine/outcome.ts'
import {DAY_MS} from '../../../src/model/time.ts'
import type {Budget} from '../../../src/report/budgets.ts'
import type {Use, Workload} from '../../../src/report/load-activity.ts'
import {accountsOf, inWindow, type Observed, seenIn} from '../../../src/server/diff/observed.ts'
import {outcome, service, team} from '../../report/world.ts'

const MARSH = team('marsh')
const ADA: Ref = {id: 'okta:user/00uada', name: 'Ada Quill'}
const BO: Ref = {id: 'email:bo@fen.example', name: 'Bo'}
const BOT: Ref = {id: 'openai:service_account/svc-1', name: 'svc-1'}

const answer = (of: Ref | null, by: Ref | null): Outcome =>
  outcome({
    output_state: 'deterministically_resolved',
    coper: 0.95,
    owner: {service: of, identity: by, project: null, organization: MARSH, budget: null},
    shares: [{organization: MARSH, budget: null, share_ppm: 1_000_000, basis: 'sole owner'}],
    edges:
      by === null
        ? []
        : [
            {
              ...{relation: 'invocation_identity', wire: 'produced_by', from: null, to: by.id},
              ...{
                output_state: 'deterministically_resolved',
                coper: 0.95,
                stage_origin: 'stage_a',
                evidence: [],
              },
            },
          ],
  })

let workloads = 0
const use = (of: Ref | null, by: Ref | null, more: Partial<Use> = {}): Use => {
  const found = answer(of, by)
  const workload: Workload = {
    ...{id: ++workloads, outcomeId: workloads, outcome: found, spendClass: 'owned', tags: {}},
  }
  return {
    ...{workload, outcome: found, spendClass: 'owned', day: 1, model: ['openai', 'gpt-5', null, null]},
    ...{cost: 100n, records: 1, unpriced: 0, requests: 1, inputTokens: 10, outputTokens: 5},
    ...{cacheReadTokens: null, cacheWriteTokens: null, ...more},
  }
}

const limit: Budget = {
  ...{name: 'marsh', organization: MARSH, costCenter: null, project: null, from: 0, to: 31},
  ...{amount: 1000n, currency: 'USD', kind: 'limit'},
}
const HERON = service('heron')
const seen = (...uses: Use[]) => seenIn(uses, [], ref => ref)

describe('people', () => {
  test('whoever called a service, it is one sum and says nobody', () => {
    const found = seen(use(HERON, ADA), use(HERON, BO), use(HERON, null))
    expect(found).toMatchObject([{cost: 300n, records: 3, requests: 3, inputTokens: 30, outputTokens: 15}])
    expect(JSON.stringify(found[0]!.outcome)).not.toMatch(/ada|bo@fen|quill/i)
  })

  test('one who alone calls a service is not told either', () => {
    expect(JSON.stringify(seen(use(HERON, ADA))[0]!.outcome)).not.toMatch(/ada|quill/i)
  })

  test('what they did themselves is in no sum of tokens', () => {
    const [only, ...more] = seen(use(null, ADA), use(null, BO), use(null, BOT))
    expect(only).toMatchObject({
      requests: 1,
      outcome: {owner: {service: null, organization: null}, shares: []},
    })
    expect(more).toEqual([])
    expect(JSON.stringify(only!.outcome)).not.toContain('svc-1')
  })

  test('but in what is spent under their team’s budget', () => {
    const [account] = accountsOf([limit], [use(null, ADA), use(HERON, BO), use(null, null, {day: 2})])
    expect([...account!.spent]).toEqual([
      [1, 200n],
      [2, 100n],
    ])
  })
})

test('a count that nobody knows is not added to one that is known', () => {
  const found = seen(use(HERON, ADA), use(HERON, BO, {requests: null}), use(HERON, BO, {requests: 0}))
  expect(found.map(({requests, records}) => [requests, records])).toEqual(
    expect.arrayContaining([
      [1, 2],
      [null, 1],
    ]),
  )
  expect(found).toHaveLength(2)
})

test('the order of what was read changes nothing', () => {
  const uses = [
    use(HERON, ADA, {day: 3}),
    use(service('crane'), BO, {day: 2}),
    use(null, BOT),
    use(HERON, BO),
  ]
  expect(seen(...uses.toReversed())).toEqual(seen(...uses))
})

describe('a window', () => {
  const observed = (more: Partial<Observed> = {}): Observed => ({
    ...{from: 0, to: 20, isWhole: true, repositories: []},
    traffic: Array.from({length: 20}, (_, day) => seen(use(HERON, null, {day}))[0]!),
    accounts: accountsOf(
      [limit, {...limit, name: 'later', from: 18, to: 40}, {...limit, name: 'over', from: 0, to: 15}],
      Array.from({length: 20}, (_, day) => use(HERON, null, {day})),
    ),
    ...more,
  })

  test.each([
    // Today is day 30: all is past.
    [5, 30, {from: 15, to: 20}, ['marsh', 500n]],
    // Today itself is not over.
    [5, 10, {from: 5, to: 10}, ['marsh', 500n]],
    [90, 30, {from: 0, to: 20}, ['marsh', 2000n]],
    [3, 17, {from: 14, to: 17}, ['marsh', 300n]],
  ])('of %i days on day %i', (days, today, window, first) => {
    const found = inWindow(observed({accounts: observed().accounts.slice(0, 1)}), days, today * DAY_MS)!
    expect(found.window).toEqual(window)
    expect(found.traffic.map(({day}) => day)).toEqual(
      Array.from({length: window.to - window.from}, (_, index) => window.from + index),
    )
    expect(found.budgets.map(({budget, spent}) => [budget.name, spent])).toEqual([first])
  })

  test('budgets that contradict each other on its last day are not compared; others are', () => {
    const named = (today: number) =>
      inWindow(observed(), 5, today * DAY_MS)!.budgets.map(({budget}) => budget.name)
    // Days 0 to 14: `marsh` and `over`; from 18 on `marsh` and `later`; between them `marsh` alone.
    expect([named(15), named(16), named(18), named(19)]).toEqual([[], ['marsh'], ['marsh'], []])
  })

  test('longer than what a cut snapshot holds is refused, as long is not', () => {
    const cut = observed({isWhole: false})
    expect(inWindow(cut, 20, 30 * DAY_MS)!.window).toEqual({from: 0, to: 20})
    expect(() => inWindow(cut, 21, 30 * DAY_MS)).toThrow(
      expect.objectContaining({
        message: 'the snapshot begins on 1970-01-01, and --window 21d asks for what was before',
        mend: '--window 20d, or export it again with --window 21d',
      }),
    )
  })

  test('before its first day there is none', () => expect(inWindow(observed(), 5, 0)).toBeNull())
})
