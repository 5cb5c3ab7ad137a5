import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {type Item, settle} from '../../src/engine/settle.ts'

const DAY = 20_727

/** An item that states only what a case is about. */
const item = (id: string, level: Item['level'], stated: Partial<Item> = {}): Item => ({
  id,
  level,
  series: level,
  precision: 1,
  origin: 'litellm',
  explicable: true,
  gateway: level === 'request',
  provider: 'openai',
  day: DAY,
  lastDay: stated.day ?? DAY,
  account: null,
  project: null,
  key: null,
  model: null,
  cost: null,
  tokens: null,
  ...stated,
})

const named = (names: {readonly [alias: string]: string}) => (alias: string) => names[alias] ?? ''

/** What each item costs in the end; absorbed ones are left out. */
function costs(
  items: readonly Item[],
  names: {readonly [alias: string]: string} = {},
): {[id: string]: bigint | null} {
  const {billed, absorbed} = settle(items, named(names))
  return Object.fromEntries(
    items.filter(({id}) => !absorbed.has(id)).map(({id}) => [id, billed.get(id) ?? null]),
  )
}

describe('one bill, counted once', () => {
  const cases: readonly {
    readonly name: string
    readonly items: readonly Item[]
    readonly names?: {readonly [alias: string]: string}
    readonly expected: {readonly [id: string]: bigint | null}
  }[] = [
    {
      name: 'without a bill, rows cost what they say',
      items: [item('a', 'request', {cost: 7n}), item('b', 'request')],
      expected: {a: 7n, b: null},
    },
    {
      name: 'an invoice beyond its lines is a line of its own',
      items: [
        item('invoice', 'invoice', {cost: 100n, lastDay: DAY + 30}),
        item('line', 'line', {cost: 90n, project: 'p'}),
      ],
      expected: {invoice: 10n, line: 90n},
    },
    {
      name: 'a cost line is divided over the buckets of its project by what they would cost',
      items: [
        item('line', 'line', {cost: 90n, project: 'p'}),
        item('a', 'bucket', {cost: 10n, project: 'p', key: 'k1', tokens: 1}),
        item('b', 'bucket', {cost: 20n, project: 'p', key: 'k2', tokens: 2}),
        item('other', 'line', {cost: 5n, project: 'q'}),
      ],
      expected: {a: 30n, b: 60n, other: 5n},
    },
    {
      name: 'the same day under two groupings is one money',
      items: [
        item('coarse', 'line', {cost: 30n, series: 'by project', project: 'p'}),
        item('fine', 'line', {cost: 30n, series: 'by key', project: 'p', key: 'k'}),
      ],
      expected: {fine: 30n},
    },
    {
      name: 'a gateway is found by its tokens, whatever its project is called',
      items: [
        item('mine', 'bucket', {cost: 50n, project: 'payment-gateway', tokens: 400}),
        item('shared', 'bucket', {cost: 80n, project: 'shared-infra', tokens: 1000}),
        item('a', 'request', {cost: 60n, tokens: 600}),
        item('b', 'request', {cost: 40n, tokens: 400}),
      ],
      names: {'payment-gateway': 'payment gateway'},
      expected: {mine: 50n, a: 48n, b: 32n},
    },
    {
      name: 'what the log does not cover of the gateway’s own key stays with the key',
      items: [
        item('key', 'bucket', {cost: 100n, key: 'k', tokens: 1000}),
        item('a', 'request', {cost: 70n, tokens: 750}),
      ],
      expected: {key: 25n, a: 75n},
    },
    {
      name: 'two gateways with a key each are found at their own',
      items: [
        item('one', 'bucket', {cost: 50n, key: 'k1', tokens: 1000}),
        item('two', 'bucket', {cost: 80n, key: 'k2', tokens: 300}),
        item('a', 'request', {cost: 40n, tokens: 1000}),
        item('b', 'request', {cost: 30n, tokens: 300, origin: 'kong'}),
      ],
      expected: {a: 50n, b: 80n},
    },
    {
      name: 'two gateways with one key share it, though one of them is nearly all of it',
      items: [
        item('key', 'bucket', {cost: 100n, key: 'k', tokens: 1000}),
        item('lab', 'bucket', {cost: 5n, key: 'l', tokens: 10}),
        item('a', 'request', {cost: 60n, tokens: 950}),
        item('b', 'request', {cost: 20n, tokens: 50, origin: 'kong'}),
      ],
      expected: {lab: 5n, a: 75n, b: 25n},
    },
    {
      name: 'spans find the project whose tokens they are',
      items: [
        item('prod', 'bucket', {cost: 10n, project: 'prod', tokens: 100}),
        item('lab', 'bucket', {cost: 10n, project: 'lab', tokens: 70}),
        item('span', 'request', {cost: 3n, tokens: 100, gateway: false, origin: 'otel heron'}),
      ],
      expected: {lab: 10n, span: 10n},
    },
    {
      name: 'machines and tax are not explained by model calls',
      items: [
        item('machine', 'line', {provider: 'aws', account: 'x', cost: 900n, explicable: false}),
        item('model', 'line', {provider: 'aws', account: 'x', cost: 100n}),
        item('call', 'request', {provider: 'aws', account: 'x', cost: 110n, tokens: 5, gateway: false}),
      ],
      expected: {machine: 900n, call: 100n},
    },
    {
      name: 'each principal’s calls explain what the principal is billed',
      items: [
        item('a', 'line', {provider: 'aws', account: 'x', key: 'role a', model: 'm', cost: 90n, tokens: 900}),
        item('b', 'line', {provider: 'aws', account: 'x', key: 'role b', model: 'm', cost: 10n, tokens: 100}),
        item('call', 'request', {
          ...{provider: 'aws', account: 'x', key: 'role b', model: 'm', gateway: false},
          ...{cost: 70n, tokens: 100},
        }),
      ],
      expected: {a: 90n, call: 10n},
    },
    {
      name: 'a project of the provider’s own finds its line, whatever model the call hides',
      items: [
        item('profile', 'line', {provider: 'aws', account: 'x', project: 'p', model: 'm', cost: 30n}),
        item('other', 'line', {provider: 'aws', account: 'x', model: 'm', cost: 50n}),
        item('call', 'request', {
          ...{provider: 'aws', account: 'x', project: 'p', gateway: false},
          ...{cost: null, tokens: 5},
        }),
      ],
      expected: {other: 50n, call: 30n},
    },
    {
      name: 'the bills of two accounts are two moneys, however each is grouped',
      items: [
        item('fine', 'line', {provider: 'aws', account: 'x', series: 'one', model: 'm', cost: 100n}),
        item('coarse', 'line', {provider: 'aws', account: 'y', series: 'two', cost: 60n}),
      ],
      expected: {fine: 100n, coarse: 60n},
    },
    {
      name: 'of one account’s bill exported twice alike, the preciser counts',
      items: [
        item('native', 'line', {
          provider: 'aws',
          account: 'x',
          series: 'one',
          model: 'm',
          cost: 100n,
          precision: 2,
        }),
        item('restated', 'line', {
          provider: 'aws',
          account: 'x',
          series: 'two',
          model: 'm',
          cost: 99n,
          precision: 0,
        }),
      ],
      expected: {native: 100n},
    },
  ]

  test.each(cases)('$name', ({items, names, expected}) => expect(costs(items, names)).toEqual(expected))
})

test('whatever is reported by whom, the parts sum to the bills', () => {
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, {nil: null})
  const any = fc.record({
    level: fc.constantFrom('invoice', 'line', 'bucket', 'request' as const),
    day: fc.integer({min: DAY, max: DAY + 2}),
    project: maybe(fc.constantFrom('p', 'q', 'litellm')),
    key: maybe(fc.constantFrom('k', 'l')),
    account: maybe(fc.constantFrom('x', 'y')),
    model: maybe(fc.constantFrom('m', 'n')),
    cost: fc.bigInt({min: 1n, max: 1_000_000_000_000n}),
    tokens: maybe(fc.integer({min: 0, max: 1000})),
    gateway: fc.boolean(),
    explicable: fc.boolean(),
    series: fc.constantFrom('one', 'two'),
  })
  fc.assert(
    fc.property(fc.array(any, {minLength: 1, maxLength: 14}), given => {
      const items = given.map((stated, index) => {
        const whole = stated.level === 'invoice'
        return item(`${index}`, stated.level as Item['level'], {
          ...stated,
          explicable: stated.explicable || stated.level !== 'line',
          ...(whole
            ? {day: DAY, lastDay: DAY + 2, project: null, key: null, model: null, tokens: null}
            : {lastDay: stated.day}),
        })
      })
      const invoices = items.filter(({level}) => level === 'invoice')
      fc.pre(invoices.length === 1)
      const {billed, absorbed} = settle(items, alias => alias)
      const total = items
        .filter(({id}) => !absorbed.has(id))
        .reduce((sum, {id}) => sum + (billed.get(id) ?? 0n), 0n)
      expect(total).toBe(invoices[0]!.cost)
    }),
    {numRuns: 1500},
  )
})
