import {describe, expect, test} from 'vitest'
import {restated, type Traffic} from '../../src/engine/restate.ts'

const DAY = 20_710

const traffic = (id: string, tokens: number, stated: Partial<Traffic> = {}): Traffic => ({
  id,
  source: 'otel',
  day: DAY,
  lastDay: stated.day ?? DAY,
  model: 'gpt-5-mini',
  tokens,
  gateways: new Map(),
  service: null,
  user: null,
  ...stated,
})
const metrics = (id: string, tokens: number, stated: Partial<Traffic> = {}) =>
  traffic(id, tokens, {source: 'otel-metrics', service: 'heron', ...stated})
const table = (id: string, tokens: number, key: string | null, stated: Partial<Traffic> = {}) =>
  traffic(id, tokens, {source: 'litellm-daily-user', gateways: new Map([['litellm', key]]), ...stated})
const logged = (id: string, tokens: number, key: string | null, stated: Partial<Traffic> = {}) =>
  traffic(id, tokens, {source: 'litellm', gateways: new Map([['litellm', key]]), ...stated})

/** Parts per million left of each sum. */
const left = (sums: readonly Traffic[], listed: readonly Traffic[]) =>
  Object.fromEntries([...restated(sums, listed)].map(([id, ppm]) => [id, Number(ppm)]))

describe('metrics', () => {
  const cases: readonly {
    readonly name: string
    readonly sums: readonly Traffic[]
    readonly listed?: readonly Traffic[]
    readonly expected: {readonly [id: string]: number}
  }[] = [
    {name: 'alone are what they are', sums: [metrics('m', 100)], expected: {m: 1_000_000}},
    {
      name: 'say again what the spans of their service list',
      sums: [metrics('m', 60), metrics('n', 40)],
      listed: [traffic('s', 100, {service: 'heron'})],
      expected: {m: 0, n: 0},
    },
    {
      name: 'also where the span is the evidence of a gateway’s row',
      sums: [metrics('m', 100)],
      listed: [logged('a', 100, 'k', {service: 'heron'})],
      expected: {m: 0},
    },
    {
      name: 'hold more than sampled spans: what is beyond is left',
      sums: [metrics('m', 100), metrics('n', 300, {model: 'gpt-5'})],
      listed: [traffic('s', 25, {service: 'heron'}), traffic('t', 300, {service: 'heron', model: 'gpt-5'})],
      expected: {m: 750_000, n: 0},
    },
    {
      name: 'of another service, of nobody in particular and of other days are untouched',
      sums: [metrics('m', 100, {service: 'otter'}), metrics('n', 50, {service: null})],
      listed: [traffic('s', 100, {service: 'heron'}), traffic('t', 99, {day: DAY - 9})],
      expected: {m: 1_000_000, n: 1_000_000},
    },
    {
      name: 'a cumulative series spans the days of its process',
      sums: [metrics('m', 100, {lastDay: DAY + 3})],
      listed: [0, 1, 2, 3].map(n => traffic(`s${n}`, 25, {service: 'heron', day: DAY + n})),
      expected: {m: 0},
    },
    {
      name: 'a call before midnight may be counted after it',
      sums: [metrics('m', 90), metrics('n', 110, {day: DAY + 1})],
      listed: [traffic('s', 110, {service: 'heron'}), traffic('t', 90, {service: 'heron', day: DAY + 1})],
      expected: {m: 0, n: 0},
    },
    {
      name: 'of a service that nobody else names are found by their tokens in a key’s calls',
      sums: [metrics('m', 100), metrics('n', 50, {model: 'gpt-5'})],
      listed: [logged('a', 100, 'k'), logged('b', 50, 'k', {model: 'gpt-5'}), logged('c', 900, 'other')],
      expected: {m: 0, n: 0},
    },
    {
      name: 'one person’s are not another’s of the same tool',
      sums: [metrics('m', 100, {user: 'email:quill'}), metrics('n', 100, {user: 'email:wren'})],
      listed: [traffic('s', 100, {service: 'heron', user: 'email:quill'})],
      expected: {m: 0, n: 1_000_000},
    },
  ]
  test.each(cases)('$name', ({sums, listed = [], expected}) => expect(left(sums, listed)).toEqual(expected))
})

describe('a gateway’s daily tables', () => {
  test('say again what its log lists of the key', () =>
    expect(left([table('u', 100, 'k'), table('v', 80, 'l')], [logged('a', 100, 'k')])).toEqual({
      u: 0,
      v: 1_000_000,
    }))

  test('stay for days the log no longer has', () =>
    expect(
      left([table('u', 100, 'k'), table('v', 80, 'k', {day: DAY + 5})], [logged('a', 100, 'k')]),
    ).toEqual({u: 0, v: 1_000_000}))

  test('by team and by person are one money: the fuller stays, the first of equal ones', () => {
    const team = {source: 'litellm-daily-team'}
    expect(left([table('t', 100, 'k', team), table('u', 60, 'k'), table('v', 40, 'k')], [])).toEqual({
      t: 1_000_000,
      u: 0,
      v: 0,
    })
    expect(left([table('t', 50, 'k', team), table('u', 60, 'k'), table('v', 40, 'k')], [])).toEqual({
      t: 0,
      u: 1_000_000,
      v: 1_000_000,
    })
  })

  test('without keys repeat another table’s rows with keys, and their own table’s do not', () => {
    const activity = {source: 'litellm-daily-activity'}
    expect(
      left(
        [table('u', 60, 'k'), table('v', 40, 'l'), table('w', 5, null), table('x', 100, null, activity)],
        [],
      ),
    ).toEqual({u: 1_000_000, v: 1_000_000, w: 1_000_000, x: 0})
  })
})
