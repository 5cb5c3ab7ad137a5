/** Every kind of change over the same ten days of one service, at the prices of the catalogue, worked out by hand. */
import {describe, expect, test} from 'vitest'
import type {ModelIdentity} from '../../../src/model/chunk.ts'
import {formatUsd} from '../../../src/model/money.ts'
import {createPricer} from '../../../src/pricing/price-usage.ts'
import type {Change} from '../../../src/review/change.ts'
import {actionOf, type Judged} from '../../../src/review/price/action.ts'
import {type Known, priceChange} from '../../../src/review/price/price-change.ts'
import {runsOf} from '../../../src/review/price/runs.ts'
import type {Traffic} from '../../../src/review/price/traffic.ts'

const AT = Date.UTC(2025, 8, 10, 23)
const pricer = createPricer()
const quote: Known['quote'] = ([provider, requestedModel, servedModel, tier], usage) =>
  pricer({provider, requestedModel, servedModel, tier, at: AT, usage, granularity: 'bucket'}).cost

const GPT: ModelIdentity = ['openai', 'gpt-5', 'gpt-5-2025-08-07', null]
/** A hundred requests a day: 1 M tokens in, of which as many again come from the cache, 0.1 M out: $1.25 + $0.125 + $1.00. */
const service: readonly Traffic[] = Array.from({length: 10}, (_, day) => ({
  ...{day, model: GPT, cost: 2_000_000_000n, unpriced: 0, records: 100, coper: 0.9},
  ...{
    requests: 100,
    inputTokens: 1_000_000,
    outputTokens: 100_000,
    cacheReadTokens: 1_000_000,
    cacheWriteTokens: 0,
  },
}))
const known: Known = {
  ...{window: {from: 0, to: 10}, service, company: service, quote, deployments: new Map(), at: AT},
}
const change = (
  kind: Change['kind'],
  from: string | null,
  to: string | null,
  more: Partial<Change> = {},
): Change => ({
  ...{kind, path: 'a.py', line: 1, key: 'key', from, to, model: null, production: true, ...more},
})

const figures = (asked: Change, around: Partial<Known> = {}) => {
  const {replayed, delta, atMost, assumptions} = priceChange(asked, {...known, ...around})
  return {
    replayed: replayed && [formatUsd(replayed.from), formatUsd(replayed.to)],
    mid: delta && formatUsd(delta.mid),
    atMost: atMost === null ? null : formatUsd(atMost),
    why: assumptions.join('; '),
  }
}

test.each([
  [change('batch_changed', null, 'batches.create'), ['23.75', '11.875'], '-36.14453125'],
  [change('tier_changed', 'default', 'flex'), ['23.75', '11.875'], '-36.14453125'],
  [change('tier_changed', null, 'priority'), ['23.75', '47.50'], '72.2890625'],
  // From hourly to daily: a twenty-fourth.
  [change('schedule_changed', '0 * * * *', '0 3 * * *'), ['23.75', '0.989583333'], '-69.27701823'],
  [change('schedule_changed', 'rate(1 hour)', 'cron(0/30 * * * ? *)'), ['23.75', '47.50'], '72.2890625'],
  // What was read from the cache at $0.125 a million is plain input at $1.25: $11.25 more.
  [change('cache_changed', 'ephemeral', null), ['23.75', '35.00'], '34.2421875'],
  // 1,000 requests, 600 tokens longer: 0.6 M × $1.25.
  [change('prompt_changed', '400 tokens', '1000 tokens'), ['23.75', '24.50'], '2.2828125'],
  [change('prompt_changed', '1000 tokens', '400 tokens'), ['23.75', '23.00'], '-2.2828125'],
  [change('model_removed', 'gpt-5', null), ['23.75', '0.00'], '-72.2890625'],
  [change('provider_changed', 'openai', 'azure'), ['23.75', '23.75'], '0.00'],
])('%j', (asked, replayed, mid) => expect(figures(asked)).toMatchObject({replayed, mid}))

describe('no honest figure', () => {
  test.each([
    [change('reasoning_changed', 'low', 'high'), /another effort/],
    [change('reasoning_introduced', null, 'high'), /how many tokens it will think/],
    [change('fallback_changed', 'a', 'b > a'), /which share of calls/],
    [change('unresolved', null, null), /could not be found/],
    [change('cache_changed', null, 'ephemeral'), /how much of its input/],
    [change('batch_changed', '20', '50', {key: 'batch_size'}), /changes no price/],
    [change('batch_changed', 'true', 'false'), /does not say which calls/],
    [change('schedule_changed', null, '0 3 * * *'), /begins or ends/],
    [change('schedule_changed', 'whenever', '0 3 * * *'), /cannot be read/],
    [change('limit_changed', '900', '400', {key: 'max_tokens'}), /lower limit/],
    [change('limit_changed', '3', '5', {key: 'max_turns'}), /such a limit/],
    [change('provider_changed', 'https://a.example', 'https://b.example'), /another address/],
    [change('model_changed', 'gpt-5', 'gpt-4.1', {production: false}), /development only/],
    [change('model_changed', 'gpt-5', 'nobody-9'), /a price is not known/],
    [change('tier_changed', null, 'flex', {model: 'gpt-4o'}), /no traffic with gpt-4o/],
  ])('%j', (asked, why) =>
    expect(figures(asked)).toEqual({
      replayed: null,
      mid: null,
      atMost: null,
      why: expect.stringMatching(why),
    }),
  )

  test('of a service with several models, where no model stands beside the setting', () => {
    const two = [
      ...service,
      {...service[0]!, model: ['openai', 'gpt-4o', 'gpt-4o-2024-08-06', null] as const},
    ]
    const tier = change('tier_changed', null, 'flex')
    expect(figures(tier, {service: two}).why).toBe(
      '2 models answer this service: which of them it is for cannot be told',
    )
    expect(figures({...tier, model: 'gpt-5'}, {service: two}).replayed).toEqual(['23.75', '11.875'])
  })

  test('where thinking begins the window is replayed without it', () =>
    expect(figures(change('reasoning_introduced', 'gpt-5', 'o3'))).toMatchObject({
      ...{replayed: ['23.75', '33.00'], mid: null},
      why: expect.stringContaining('replayed without them'),
    }))

  test('a gateway’s own name is what answers it here', () => {
    const smart = {...service[0]!, model: ['openai', 'smart', 'gpt-4.1-2025-04-14', null] as const}
    // 10 M × $2.00, 10 M of the cache × $0.50, 1 M × $8.00.
    expect(figures(change('model_changed', 'gpt-5', 'smart'), {company: [...service, smart]})).toMatchObject({
      ...{replayed: ['23.75', '33.00'], why: expect.stringContaining('calls of smart (gpt-4.1-2025-04-14)')},
    })
  })

  test('a raised limit is a ceiling', () =>
    expect(figures(change('limit_changed', '400', '1400', {key: 'max_tokens'}))).toMatchObject({
      ...{mid: null, atMost: '30.4375'},
    }))
})

test.each([
  ['0 * * * *', '*/30 * * * *', {from: 672n, to: 1344n}],
  ['@daily', '0 0 1 * *', {from: 364n, to: 12n}],
  ['rate(2 days)', 'cron(0 12 * * ? *)', {from: 14n, to: 28n}],
  ['*/5 * * * *', '0 0 1 1 *', {from: 104_832n, to: 1n}],
  ['* * * * * *', '@daily', null],
  ['rate(0 minutes)', 'cron(0 12 * * ? *)', null],
  ['0 0 30 2 *', '@daily', null],
  ['hour=3 minute=0', '@daily', null],
])('%s against %s', (from, to, expected) => expect(runsOf(from, to, Date.UTC(2026, 0, 1))).toEqual(expected))

describe('what to do', () => {
  const judged = (asked: Change, more: Partial<Judged> = {}): Judged => ({
    ...{
      change: asked,
      priced: priceChange(asked, known),
      isOwned: true,
      breaks: false,
      cheaper: null,
      ...more,
    },
  })
  const cheaper = change('model_changed', 'gpt-5', 'gpt-5-mini')
  const dearer = change('model_changed', 'gpt-5', 'claude-sonnet-4-5')
  test.each([
    ['observe', judged(cheaper)],
    ['shape', judged(dearer)],
    ['shape', judged(cheaper, {cheaper: 'gpt-5-nano'})],
    ['review', judged(cheaper, {isOwned: false})],
    ['review', judged(cheaper, {breaks: true})],
    ['review', judged(change('model_changed', 'gpt-5', 'nobody-9'))],
    ['review', judged(change('reasoning_introduced', 'gpt-5', 'o3'))],
    ['review', judged(change('fallback_changed', 'a', 'b'))],
    ['review', judged(change('unresolved', null, null))],
    ['observe', judged(change('unresolved', null, null, {production: false}), {isOwned: false})],
    ['observe', judged(change('prompt_changed', '400 tokens', '1000 tokens'))],
  ])('%s', (action, asked) => expect(actionOf(asked)).toBe(action))
})
