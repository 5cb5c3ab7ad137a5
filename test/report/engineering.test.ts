/** What changed in a service's traffic when it went out: figures by hand. */
import {describe, expect, test} from 'vitest'
import {isReasoning} from '../../src/model/reasoning-models.ts'
import {type Deployment, outingsOf, reviewOf} from '../../src/report/deploy-review.ts'
import type {Use} from '../../src/report/load-activity.ts'
import {outcome, service, team} from './world.ts'

const heron = service('heron-api')
const DAY = 86_400_000
const deployed = (
  day: number,
  subject = 'name:service/heron-api',
  environment: string | null = 'production',
): Deployment => ({
  ...{subject, environment, at: day * DAY + 5_000, revision: '8f42ac9', where: `deployments.json:${day}`},
})
const [outing] = outingsOf([{service: heron, repositories: new Set()}], [deployed(100)], [])

interface Traffic {
  readonly days: readonly [from: number, to: number]
  readonly model?: string
  readonly provider?: string
  readonly tier?: string
  readonly requests?: number | null
  readonly cost: bigint
  readonly unpriced?: number
}
/** The same every day, both days included. */
const traffic = (...parts: readonly Traffic[]): Use[] =>
  parts.flatMap(
    ({
      days: [from, to],
      model = 'gpt-4.1',
      provider = 'openai',
      tier = null,
      requests = 100,
      cost,
      unpriced = 0,
    }) =>
      Array.from({length: to - from + 1}, (_, index): Use => {
        const answer = outcome({
          owner: {service: heron, identity: null, project: null, organization: team('Marsh'), budget: null},
        })
        return {
          ...{outcome: answer, spendClass: 'owned', cost, records: 1, unpriced, day: from + index, requests},
          ...{inputTokens: null, outputTokens: null, cacheReadTokens: null, cacheWriteTokens: null},
          model: [provider, model, model, tier],
          workload: {id: 1, outcomeId: 1, outcome: answer, spendClass: 'owned', tags: {}},
        }
      }),
  )
const BEFORE = {days: [93, 99], cost: 1_000_000n} as const
const AFTER = {days: [101, 107], cost: 1_000_000n} as const

describe('triggers, delta and action', () => {
  test.each([
    ['nothing', traffic(BEFORE, AFTER), [], [0n, 0n, 0n], 'observe'],
    // 100 requests a day, thirty days, each 10,000 nano-dollars dearer.
    [
      'a dearer model',
      traffic(BEFORE, {...AFTER, model: 'gpt-4o', cost: 2_000_000n}),
      ['model_changed'],
      [30_000_000n, 30_000_000n, 30_000_000n],
      'shape',
    ],
    [
      'a cheaper model',
      traffic(BEFORE, {...AFTER, model: 'gpt-4.1-mini', cost: 400_000n}),
      ['model_changed'],
      [-18_000_000n, -18_000_000n, -18_000_000n],
      'observe',
    ],
    [
      'the same model, dated',
      traffic({...BEFORE, model: 'gpt-4.1-2025-04-14'}, AFTER),
      [],
      [0n, 0n, 0n],
      'observe',
    ],
    [
      'another provider',
      traffic(BEFORE, {...AFTER, provider: 'azure'}),
      ['provider_changed'],
      [0n, 0n, 0n],
      'review',
    ],
    [
      'a reasoning model',
      traffic(BEFORE, {...AFTER, model: 'o3', cost: 1_500_000n}),
      ['model_changed', 'reasoning_introduced'],
      [15_000_000n, 15_000_000n, 15_000_000n],
      'shape',
    ],
    [
      'twice the batch',
      traffic(BEFORE, {...BEFORE, tier: 'batch'}, AFTER, {...AFTER, tier: 'batch', requests: 200}),
      ['batch_spiked'],
      [-20_000_000n, -20_000_000n, -20_000_000n],
      'review',
    ],
    // One request in fifty before is one too few to miss it after.
    ['a rare test', traffic(BEFORE, AFTER, {...AFTER, model: 'gpt-4o', requests: 4}), [], null, 'observe'],
    [
      'a model without price',
      traffic(BEFORE, {...AFTER, model: 'gpt-4o', unpriced: 1}),
      ['model_changed'],
      null,
      'review',
    ],
    ['two days only', traffic(BEFORE, {days: [101, 102], model: 'gpt-4o', cost: 9n}), [], null, 'observe'],
  ] as const)('%s', (name, uses, triggers, delta, action) => {
    const review = reviewOf(outing!, uses, null)
    expect({triggers: review.triggers, action: review.action}).toEqual({triggers, action})
    if (delta === null && name !== 'a rare test') expect(review.delta).toBe(null)
    if (delta !== null) expect(Object.values(review.delta!)).toEqual(delta)
    expect(review.owner).toEqual(team('Marsh'))
  })

  test('the range is that of the days', () => {
    const uses = traffic(BEFORE, {...AFTER, model: 'gpt-4o'}).map((use, index) => ({
      ...use,
      cost: index < 7 ? 1_000_000n : BigInt(index) * 100_000n,
    }))
    // 700,000 to 1,300,000 a day after: quartiles 900,000 and 1,200,000, the middle 1,000,000.
    expect(reviewOf(outing!, uses, null)).toMatchObject({
      delta: {low: -3_000_000n, mid: 0n, high: 6_000_000n},
      ...{action: 'review', confidence: 'enough'},
    })
  })

  test.each([
    ['doubled', 2, 12, ['fallback_rose']],
    ['as before', 10, 12, []],
    ['rare', 0, 4, []],
  ])('fallbacks %s', (_, before, after, triggers) => {
    const fallbacks = {before: {calls: 100, fallbacks: before}, after: {calls: 100, fallbacks: after}}
    expect(reviewOf(outing!, traffic(BEFORE, AFTER), fallbacks).triggers).toEqual(triggers)
  })
})

test('days between deployments are compared, a repository speaks where no service does, staging never', () => {
  const services = [{service: heron, repositories: new Set(['github:repo/acme/heron'])}]
  const days = (deployments: readonly Deployment[]) =>
    outingsOf(services, deployments, []).map(({before, after}) => [
      before.from,
      before.to,
      after.from,
      after.to,
    ])
  expect(days([deployed(100), deployed(104), deployed(103, 'name:service/heron-api', 'staging')])).toEqual([
    [93, 100, 101, 104],
    [101, 104, 105, 112],
  ])
  expect(days([deployed(100, 'github:repo/acme/heron')])).toEqual([[93, 100, 101, 108]])
  expect(days([deployed(100), deployed(102, 'github:repo/acme/heron')])).toEqual([[93, 100, 101, 108]])
})

test.each([
  ['o3-mini-2025-01-31', true],
  ['openai/gpt-5', true],
  ['gpt-5-2025-08-07', true],
  ['gpt-5-chat-latest', false],
  ['gpt-4o', false],
  ['us.deepseek.r1-v1:0', true],
  ['claude-sonnet-4-5-20250929', false],
  ['gemini-2.5-pro', true],
  ['gemini-2.5-flash', false],
])('%s thinks before it answers: %s', (model, reasoning) => expect(isReasoning(model)).toBe(reasoning))
