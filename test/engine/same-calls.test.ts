import {describe, expect, test} from 'vitest'
import {type Call, isChance, jointSignature, twins} from '../../src/engine/same-calls.ts'

const NOON = Date.UTC(2026, 8, 14, 12)

const call = (id: string, stated: Partial<Call> = {}): Call => ({
  id,
  day: 20_710,
  at: NOON,
  signatureId: 1,
  provider: 'openai',
  models: ['gpt-5-mini'],
  tokens: '812 233',
  trace: null,
  cached: false,
  ...stated,
})

describe('calls under two ids', () => {
  const cases: readonly {
    readonly name: string
    readonly channels?: readonly [string, string]
    readonly better: readonly Call[]
    readonly other: readonly Call[]
    readonly expected: readonly string[]
  }[] = [
    {name: 'the same tokens, model and instant', better: [call('a')], other: [call('b')], expected: ['a=b']},
    {
      name: 'thirty seconds are near, more are not',
      better: [call('a'), call('c', {tokens: '1 1'})],
      other: [call('b', {at: NOON + 30_000}), call('d', {tokens: '1 1', at: NOON - 30_001})],
      expected: ['a=b'],
    },
    {
      name: 'each is matched once, the nearest first come',
      better: [call('a'), call('c', {at: NOON + 900})],
      other: [call('b', {at: NOON + 1000}), call('d', {at: NOON + 1100}), call('e', {at: NOON + 1200})],
      expected: ['c=b', 'a=d'],
    },
    {
      name: 'a trace in common is worth more than nearness',
      better: [call('a', {trace: 't'}), call('c', {at: NOON + 10})],
      other: [call('b', {trace: 't', at: NOON + 12})],
      expected: ['a=b'],
    },
    {
      name: 'asked for or served, one name has to agree',
      better: [call('a', {models: ['fast', 'gpt-5-mini']}), call('c', {tokens: '1 1', models: ['fast']})],
      other: [call('b', {models: ['gpt-5-mini']}), call('d', {tokens: '1 1', models: ['gpt-5']})],
      expected: ['a=b'],
    },
    {
      channels: ['litellm', 'otel'],
      name: 'two ids of responses are two calls; an id of a span, or one that the gateway wrapped, is none',
      better: [call('chatcmpl-a'), call('chatcmpl-b', {tokens: '1 1'}), call('chatcmpl-c', {tokens: '2 1'})],
      other: [
        call('chatcmpl-d'),
        call('5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174', {tokens: '1 1'}),
        call('resp_bGl0ZWxsbTpjdXN0b20', {tokens: '2 1'}),
      ],
      expected: [
        'chatcmpl-b=5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174',
        'chatcmpl-c=resp_bGl0ZWxsbTpjdXN0b20',
      ],
    },
    {
      name: 'an observer takes the gateway for the provider whose interface it has',
      better: [call('a', {provider: 'azure'})],
      other: [call('b', {provider: 'openai'})],
      expected: ['a=b'],
    },
    {
      name: 'a provider’s log holds its own calls, and none that a cache answered',
      channels: ['litellm', 'bedrock'],
      better: [
        call('a', {provider: 'openai'}),
        call('c', {provider: 'aws', cached: true}),
        call('e', {provider: 'aws', at: NOON + 9}),
      ],
      other: [call('b', {provider: 'aws'}), call('d', {provider: 'aws', at: NOON + 1})],
      expected: ['e=b'],
    },
  ]
  test.each(cases)('$name', ({channels: [better, other] = ['kong', 'otel'], expected, ...calls}) => {
    const found = twins({channel: better, calls: calls.better}, {channel: other, calls: calls.other})
    expect(found.map(pair => `${pair.better.id}=${pair.other.id}`)).toEqual(expected)
  })

  test('the order of rows changes nothing', () => {
    const better = Array.from({length: 30}, (_, n) =>
      call(`a${n}`, {at: NOON + n * 7000, tokens: `${n % 3} 1`}),
    )
    const other = better.map(({id, at, tokens}) => call(id.replace('a', 'b'), {at: at + 400, tokens}))
    const pairs = (one: readonly Call[], two: readonly Call[]) =>
      twins({channel: 'kong', calls: one}, {channel: 'otel', calls: two}).map(
        pair => `${pair.better.id}=${pair.other.id}`,
      )
    expect(pairs(better, other)).toEqual(better.map(({id}) => `${id}=${id.replace('a', 'b')}`))
    expect(pairs([...better].reverse(), [...other].reverse())).toEqual(pairs(better, other))
  })

  test('ten thousand calls alike are matched in no time', () => {
    const many = (name: string) =>
      Array.from({length: 10_000}, (_, n) => call(`${name}${n}`, {at: NOON + n * 40_000, tokens: '8 0'}))
    const started = performance.now()
    expect(twins({channel: 'kong', calls: many('a')}, {channel: 'otel', calls: many('b')})).toHaveLength(
      10_000,
    )
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

test('less than half of the smaller log is chance', () => {
  expect(isChance(4, 10)).toBe(true)
  expect(isChance(5, 10)).toBe(false)
})

test('a gateway’s call in the provider’s log adds the account, not the gateway’s own principal', () => {
  const gateway = {channel: 'litellm', provider: 'aws', key: 'litellm:key/k'}
  const log = {channel: 'bedrock', provider: 'aws', account: 'aws:account/1', role: 'aws:role/1/gateway'}
  const span = {channel: 'otel', provider: 'aws', service: 'heron', key: 'other'}
  expect(jointSignature(gateway, log)).toEqual({...gateway, account: 'aws:account/1'})
  expect(jointSignature(log, span)).toEqual({...log, service: 'heron', key: 'other'})
  expect(jointSignature(gateway, span)).toEqual({...gateway, service: 'heron'})
})
