import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {type Item, settle} from '../../src/engine/settle.ts'

const DAY = 20_727

/** An item that states only what a case is about. */
const item = (id: string, level: Item['level'], stated: Partial<Item> = {}): Item => ({
  id,
  level,
  source: stated.series ?? level,
  series: level,
  measure: level === 'line' || level === 'invoice' ? 'money' : 'tokens',
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
      name: 'one account is billed, the other is not: its calls cost what they say',
      items: [
        item('bill', 'line', {provider: 'aws', account: 'x', cost: 100n}),
        item('mine', 'request', {provider: 'aws', account: 'x', cost: 90n, gateway: false}),
        item('other', 'request', {provider: 'aws', account: 'y', cost: 70n, gateway: false}),
      ],
      expected: {mine: 100n, other: 70n},
    },
    {
      name: 'a bill in the name of who pays for all accounts holds the calls of each',
      items: [
        item('bill', 'line', {provider: 'aws', account: 'payer', cost: 160n}),
        item('one', 'request', {provider: 'aws', account: 'x', cost: 90n, gateway: false}),
        item('two', 'request', {provider: 'aws', account: 'y', cost: 70n, gateway: false}),
      ],
      expected: {one: 90n, two: 70n},
    },
    {
      name: 'bills of two accounts are two moneys, however much each tells',
      items: [
        item('a', 'line', {provider: 'aws', account: 'x', model: 'm', cost: 100n, series: 'a'}),
        item('b', 'line', {provider: 'aws', account: 'y', cost: 40n, series: 'b'}),
      ],
      expected: {a: 100n, b: 40n},
    },
    {
      name: 'a month’s line of each project is divided over that project’s days',
      items: [
        item('p', 'line', {project: 'p', day: DAY, lastDay: DAY + 30, cost: 300n}),
        item('q', 'line', {project: 'q', day: DAY, lastDay: DAY + 30, cost: 50n}),
        item('p1', 'bucket', {project: 'p', day: DAY, cost: 10n}),
        item('p2', 'bucket', {project: 'p', day: DAY + 9, cost: 20n}),
        item('q1', 'bucket', {project: 'q', day: DAY + 3, cost: 90n}),
      ],
      expected: {p1: 100n, p2: 200n, q1: 50n},
    },
    {
      name: 'a day’s lines are explained by a report of the month',
      items: [
        item('a', 'line', {project: 'p', cost: 30n}),
        item('b', 'line', {project: 'p', day: DAY + 1, cost: 20n}),
        item('month', 'bucket', {project: 'p', day: DAY, lastDay: DAY + 30, cost: 70n}),
      ],
      expected: {month: 50n},
    },
    {
      name: 'a month’s line and the lines of its days are one money',
      items: [
        item('focus', 'line', {
          series: 'focus',
          project: 'p',
          day: DAY,
          lastDay: DAY + 30,
          cost: 100_000_000_000n,
        }),
        item('a', 'line', {series: 'costs', project: 'p', model: 'm', cost: 60_000_000_000n}),
        item('b', 'line', {series: 'costs', project: 'p', model: 'm', day: DAY + 5, cost: 30_000_000_000n}),
      ],
      expected: {a: 60_000_000_000n, b: 30_000_000_000n, focus: 10_000_000_000n},
    },
    {
      name: 'days in general and a month in detail are one money',
      items: [
        item('month', 'line', {
          series: 'focus',
          project: 'p',
          model: 'm',
          day: DAY,
          lastDay: DAY + 30,
          cost: 90_000_000_000n,
        }),
        item('a', 'line', {series: 'costs', project: 'p', cost: 60_000_000_000n}),
        item('b', 'line', {series: 'costs', project: 'p', day: DAY + 5, cost: 30_000_000_000n}),
      ],
      expected: {month: 90_000_000_000n},
    },
    {
      name: 'a bill that names no project is explained by projects',
      items: [
        item('bill', 'line', {model: 'm', cost: 90n}),
        item('a', 'bucket', {project: 'p', model: 'm', cost: 10n}),
        item('b', 'bucket', {project: 'q', model: 'm', cost: 20n}),
      ],
      expected: {a: 30n, b: 60n},
    },
    {
      name: 'a bill that names keys keeps them, though the report has none',
      items: [
        item('k', 'line', {project: 'p', key: 'k', cost: 60n}),
        item('l', 'line', {project: 'p', key: 'l', cost: 30n}),
        item('report', 'bucket', {project: 'p', cost: 88n, tokens: 900}),
      ],
      expected: {k: 60n, l: 30n},
    },
    {
      name: 'a credit is nobody’s call',
      items: [
        item('use', 'line', {model: 'm', cost: 100n}),
        item('credit', 'line', {cost: -30n, explicable: false}),
        item('call', 'request', {model: 'm', cost: 90n, tokens: 9}),
      ],
      expected: {credit: -30n, call: 100n},
    },
    {
      name: 'two gateways, each with a key of its own',
      items: [
        item('one', 'bucket', {key: 'k', cost: 50n, tokens: 500}),
        item('two', 'bucket', {key: 'l', cost: 70n, tokens: 350}),
        item('a', 'request', {origin: 'litellm', cost: 9n, tokens: 500}),
        item('b', 'request', {origin: 'portkey', cost: 9n, tokens: 350}),
      ],
      expected: {a: 50n, b: 70n},
    },
    {
      name: 'two gateways on one key',
      items: [
        item('key', 'bucket', {key: 'k', cost: 90n, tokens: 900}),
        item('other', 'bucket', {key: 'l', cost: 5n, tokens: 50}),
        item('a', 'request', {origin: 'litellm', cost: 50n, tokens: 500}),
        item('b', 'request', {origin: 'portkey', cost: 40n, tokens: 400}),
      ],
      expected: {other: 5n, a: 50n, b: 40n},
    },
    {
      name: 'a gateway and a service that calls directly share a key',
      items: [
        item('key', 'bucket', {key: 'k', cost: 100n, tokens: 1000}),
        item('other', 'bucket', {key: 'l', cost: 5n, tokens: 50}),
        item('a', 'request', {cost: 60n, tokens: 600}),
        item('b', 'request', {cost: 40n, tokens: 400, gateway: false, origin: 'otel heron'}),
      ],
      expected: {other: 5n, a: 60n, b: 40n},
    },
    {
      name: 'what a gateway leaves of a key that is all there is, a service explains',
      items: [
        item('key', 'bucket', {key: 'k', cost: 100n, tokens: 1000}),
        item('a', 'request', {cost: 60n, tokens: 600}),
        item('b', 'request', {cost: 20n, tokens: 200, gateway: false, origin: 'otel heron'}),
      ],
      expected: {key: 20n, a: 60n, b: 20n},
    },
    {
      name: 'spans that are a part of all there is explain that part',
      items: [
        item('all', 'bucket', {cost: 100n, tokens: 1000}),
        item('a', 'request', {cost: 60n, tokens: 600, gateway: false, origin: 'otel heron'}),
      ],
      expected: {all: 40n, a: 60n},
    },
    {
      name: 'calls stand for a report whose model nobody prices',
      items: [
        item('report', 'bucket', {model: 'house', tokens: 100}),
        item('a', 'request', {model: 'house', cost: 7n, tokens: 100}),
      ],
      expected: {a: 7n},
    },
    {
      name: 'a report of embeddings knows nothing of chats',
      items: [
        item('report', 'bucket', {measure: 'embeddings', model: 'small', cost: 5n, tokens: 100}),
        item('chat', 'request', {model: 'm', cost: 7n, tokens: 100}),
      ],
      expected: {report: 5n, chat: 7n},
    },
    {
      name: 'reports of different things restate nothing of each other',
      items: [
        item('chats', 'bucket', {series: 'a', project: 'p', key: 'k', model: 'm', cost: 5n}),
        item('images', 'bucket', {series: 'b', measure: 'images', project: 'p', cost: 3n}),
      ],
      expected: {chats: 5n, images: 3n},
    },
    {
      name: 'the tax of an invoice does not pay for calls that no line is for',
      items: [
        item('invoice', 'invoice', {cost: 179n, lastDay: DAY + 30}),
        item('line', 'line', {cost: 100n, project: 'p'}),
        item('call', 'request', {cost: 50n, tokens: 5, gateway: false, origin: 'otel heron'}),
        item('bucket', 'bucket', {project: 'p', cost: 90n, tokens: 900}),
        item('next', 'bucket', {project: 'q', cost: 90n, tokens: 900}),
        item('theirs', 'line', {cost: 50n, project: 'q'}),
      ],
      expected: {invoice: 29n, bucket: 100n, next: 50n},
    },
    {
      name: 'calls of days without lines are in what the invoice asks for beyond them',
      items: [
        item('invoice', 'invoice', {cost: 110n, lastDay: DAY + 30}),
        item('line', 'line', {cost: 100n, project: 'p'}),
        item('call', 'request', {day: DAY + 2, cost: 9n, tokens: 5}),
      ],
      expected: {line: 100n, call: 10n},
    },
    {
      name: 'use after the invoice’s period is not in it',
      items: [
        item('invoice', 'invoice', {cost: 100n, lastDay: DAY + 1}),
        item('late', 'line', {day: DAY + 2, cost: 7n}),
        item('call', 'request', {day: DAY + 3, cost: 5n}),
      ],
      expected: {invoice: 100n, late: 7n, call: 5n},
    },
    {
      name: 'two organizations’ invoices take the lines of the report that is theirs',
      items: [
        item('a', 'invoice', {account: 'a', cost: 100n, lastDay: DAY + 30}),
        item('b', 'invoice', {account: 'b', cost: 40n, lastDay: DAY + 30}),
        item('one', 'line', {series: 'one', project: 'p', cost: 38n}),
        item('two', 'line', {series: 'two', project: 'q', cost: 95n}),
      ],
      expected: {a: 5n, b: 2n, one: 38n, two: 95n},
    },
    {
      name: 'several invoices of one month ask for one money',
      items: [
        item('first', 'invoice', {cost: 100n, lastDay: DAY + 30}),
        item('second', 'invoice', {cost: 50n, lastDay: DAY + 30}),
        item('line', 'line', {cost: 148n, project: 'p'}),
      ],
      expected: {second: 2n, line: 148n},
    },
    {
      name: 'a bill that counts tokens keeps what the log does not cover of them',
      items: [
        item('bill', 'line', {provider: 'aws', account: 'x', model: 'm', cost: 100n, tokens: 1000}),
        item('call', 'request', {
          provider: 'aws',
          account: 'x',
          model: 'm',
          cost: 80n,
          tokens: 930,
          gateway: false,
        }),
      ],
      expected: {bill: 7n, call: 93n},
    },
    {
      name: 'a role’s bill is explained by that role’s calls',
      items: [
        item('r', 'line', {provider: 'aws', account: 'x', key: 'r', cost: 80n}),
        item('s', 'line', {provider: 'aws', account: 'x', key: 's', cost: 20n}),
        item('a', 'request', {provider: 'aws', account: 'x', key: 'r', cost: 70n, gateway: false}),
        item('b', 'request', {provider: 'aws', account: 'x', key: 's', cost: 19n, gateway: false}),
      ],
      expected: {a: 80n, b: 20n},
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
            ? {day: DAY, lastDay: DAY + 2, account: null, project: null, key: null, model: null, tokens: null}
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
