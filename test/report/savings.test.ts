import {describe, expect, test} from 'vitest'
import type {ModelIdentity} from '../../src/model/chunk.ts'
import type {QuoteOf} from '../../src/model/quote.ts'
import type {Tags} from '../../src/model/tags.ts'
import type {Use} from '../../src/report/load-activity.ts'
import {type SavingKind, savingsIn} from '../../src/report/savings.ts'
import {outcome, service, team} from './world.ts'

/** Nano-dollars a token: input, cached input, output; batches are half. `unlisted` has no price. */
const PRICES: {readonly [model: string]: readonly [number, number, number]} = {
  large: [1000, 100, 4000],
  medium: [600, 600, 3000],
  small: [100, 10, 400],
}
const quote: QuoteOf = ([, , served, tier], _, {inputTokens, outputTokens, cacheReadTokens}) => {
  const price = PRICES[served!]
  if (price === undefined) return null
  const cost = price[0] * inputTokens! + price[1] * cacheReadTokens! + price[2] * outputTokens!
  return BigInt(Math.round(tier === 'batch' ? cost / 2 : cost))
}

interface Work {
  readonly model: string
  readonly tier?: string
  readonly requests?: number
  readonly tokens?: readonly [input: number, output: number, cached: number]
  readonly tags?: Tags
  readonly of?: string | null
  /** Beside what the list says, as a bill had it. */
  readonly discount?: number
  readonly state?: 'deterministically_resolved' | 'unknown'
}

function use({
  model,
  tier,
  requests = 100,
  tokens = [10_000, 1000, 0],
  tags = {},
  of = 'search',
  discount = 1,
  state = 'deterministically_resolved',
}: Work): Use {
  const identity: ModelIdentity = ['openai', model, model, tier ?? null]
  const [inputTokens, outputTokens, cacheReadTokens] = tokens
  const usage = {requests, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens: 0}
  const answer = outcome({
    output_state: state,
    owner: {
      ...{
        identity: null,
        project: null,
        budget: null,
        organization: state === 'unknown' ? null : team('Search'),
      },
      service: of === null ? null : service(of),
    },
  })
  const spendClass = state === 'unknown' ? 'unresolved' : 'owned'
  return {
    ...{workload: {id: 1, outcomeId: 1, outcome: answer, spendClass, tags}, outcome: answer, spendClass},
    ...{day: null, model: identity, records: requests, unpriced: 0, ...usage},
    cost: BigInt(Math.round(Number(quote(identity, 0, usage) ?? 0n) * discount)),
  }
}

const found = (...works: readonly Work[]) =>
  savingsIn({uses: works.map(use), quote, at: 0}).map(({kind, model, instead, cost, low, high}) => ({
    ...{kind, model, instead, cost, low, high},
  }))
const kinds = (...works: readonly Work[]): SavingKind[] => found(...works).map(({kind}) => kind)

describe('a cheaper model', () => {
  test('is named where the same work is already done with it, at the ratio of list prices to what was paid', () => {
    // 14,000,000 at list, half of it paid; small would take 1,400,000 at list, so 700,000.
    expect(found({model: 'large', discount: 0.5}, {model: 'small'})).toEqual([
      {
        ...{kind: 'model_swap', model: 'large', instead: 'small', cost: 7_000_000n},
        ...{low: 0n, high: 6_300_000n},
      },
    ])
  })
  test.each<[string, readonly Work[]]>([
    ['another service does it', [{model: 'large'}, {model: 'small', of: 'chat'}]],
    [
      'hardly any requests show it',
      [
        {model: 'large', requests: 1000},
        {model: 'small', requests: 19},
      ],
    ],
    ['it would cost more than half', [{model: 'large'}, {model: 'medium'}]],
    ['nobody knows its price', [{model: 'large'}, {model: 'unlisted'}]],
    [
      'the work has no name',
      [
        {model: 'large', of: null},
        {model: 'small', of: null},
      ],
    ],
    ['it is the cheap one', [{model: 'small'}]],
  ])('is not where %s', (_, works) => expect(kinds(...works)).toEqual([]))
})

test('development is told apart from production', () => {
  const elsewhere: Work = {model: 'small', of: 'chat'}
  const developing = (environment: string): Work => ({model: 'large', tags: {environment}})
  expect(kinds(developing('staging'), elsewhere)).toEqual(['development_on_dear_model'])
  expect(kinds(developing('production'), elsewhere)).toEqual([])
  expect(kinds({model: 'large'}, elsewhere)).toEqual([])
})

describe('a prompt cache', () => {
  const cold: Work = {model: 'large', tokens: [2_000_000, 0, 0]}
  const warm: Work = {model: 'large', of: 'chat', tokens: [1_000_000, 0, 1_000_000]}
  test('is worth what the company reads from it elsewhere', () => {
    // Half of 2,000,000 tokens at 100 instead of 1,000.
    expect(found(cold, warm)).toEqual([
      {
        ...{kind: 'caching', model: 'large', instead: null, cost: 2_000_000_000n},
        ...{low: 0n, high: 900_000_000n},
      },
    ])
  })
  test.each<[string, readonly Work[]]>([
    ['only another model has one', [cold, {...warm, model: 'small'}]],
    [
      'it costs no less',
      [
        {...cold, model: 'medium'},
        {...warm, model: 'medium'},
      ],
    ],
    ['there is little to read', [{...cold, tokens: [900_000, 0, 0]}, warm]],
    ['nobody uses one', [cold]],
  ])('is not where %s', (_, works) => expect(kinds(...works)).toEqual([]))
})

test('work that can wait by its own word has a batch price', () => {
  const batch: Work = {model: 'large', tags: {request_intent: 'batch_job'}}
  expect(found(batch)).toMatchObject([{kind: 'batch', cost: 14_000_000n, low: 0n, high: 7_000_000n}])
  expect(kinds({...batch, tier: 'batch'})).toEqual([])
  expect(kinds({...batch, tags: {request_intent: 'draft'}})).toEqual([])
})

test('what nobody answers for is no more than it cost', () => {
  expect(found({model: 'large', state: 'unknown', of: null})).toMatchObject([
    {kind: 'orphaned', low: 0n, high: 14_000_000n},
  ])
})
