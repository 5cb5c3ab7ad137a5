/** A month of calls is reported by whom and how it pleases; its money is counted once. */
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {parseSource} from '../../src/engine/ledger.ts'
import {type Item, settle} from '../../src/engine/settle.ts'

const DAY = 20_727
const DAYS = 4

interface Call {
  readonly day: number
  readonly account: string
  readonly project: string
  readonly key: string
  readonly model: string
  readonly tokens: number
  /** What the call would cost by the catalogue, and what is billed for it: whole cents of a dollar, so that sums are exact. */
  readonly est: bigint
  readonly billed: bigint
  readonly via: 'gateway' | 'gateway-2' | 'spans' | 'nobody'
}

const CENT = 10_000_000n

const call = fc
  .record({
    day: fc.integer({min: DAY, max: DAY + DAYS - 1}),
    key: fc.constantFrom('x/p/k', 'x/p/l', 'x/q/m', 'y/r/n'),
    model: fc.constantFrom('gpt', 'mini'),
    tokens: fc.integer({min: 1, max: 5000}),
    est: fc.integer({min: 100, max: 9000}),
    percent: fc.integer({min: 70, max: 130}),
    via: fc.constantFrom('gateway', 'gateway-2', 'spans', 'nobody' as const),
  })
  .map(({key, est, percent, ...rest}): Call => {
    const [account, project] = key.split('/') as [string, string]
    return {
      ...rest,
      ...{account, project: `${account}/${project}`, key},
      est: BigInt(est) * CENT,
      billed: BigInt(Math.ceil((est * percent) / 100)) * CENT,
    }
  })

/** How a report is grouped. */
interface Grouping {
  readonly project: boolean
  readonly key: boolean
  readonly model: boolean
  readonly account: boolean
  readonly monthly: boolean
}

const grouping: fc.Arbitrary<Grouping> = fc.record({
  project: fc.boolean(),
  key: fc.boolean(),
  model: fc.boolean(),
  account: fc.boolean(),
  monthly: fc.boolean(),
})

interface World {
  readonly calls: readonly Call[]
  readonly invoice: boolean
  readonly tax: number
  readonly lines: readonly Grouping[]
  readonly reports: readonly Grouping[]
  readonly priced: boolean
  readonly logs: boolean
  /** Cents of a charge that is for no model, or (below 0) of a credit. */
  readonly other: number
}

const world: fc.Arbitrary<World> = fc.record({
  calls: fc.array(call, {minLength: 1, maxLength: 12}),
  invoice: fc.boolean(),
  tax: fc.integer({min: 0, max: 25}),
  lines: fc.array(grouping, {maxLength: 2}),
  reports: fc.array(grouping, {maxLength: 2}),
  priced: fc.boolean(),
  logs: fc.boolean(),
  other: fc.integer({min: -500, max: 500}),
})

const otherOf = ({lines, other}: World): bigint => (lines.length > 0 ? BigInt(other) * CENT : 0n)
const invoiced = (made: World): bigint => {
  const billed = sum(made.calls, 'billed')
  return billed + (billed * BigInt(made.tax)) / 100n + otherOf(made)
}

const sum = (calls: readonly Call[], of: 'est' | 'billed'): bigint =>
  calls.reduce((total, one) => total + one[of], 0n)

function grouped(
  calls: readonly Call[],
  by: Grouping,
  level: 'line' | 'bucket',
  series: string,
  priced = true,
): Item[] {
  const groups = new Map<string, Call[]>()
  for (const one of calls) {
    const place = [
      by.monthly ? '' : one.day,
      by.account ? one.account : '',
      by.project || by.key ? one.project : '',
      by.key ? one.key : '',
      by.model ? one.model : '',
    ].join()
    groups.set(place, [...(groups.get(place) ?? []), one])
  }
  return [...groups].map(([place, own]) => {
    const [first] = own as [Call]
    return {
      ...base(`${series} ${place}`, level),
      source: series,
      series,
      day: by.monthly ? DAY : first.day,
      lastDay: by.monthly ? DAY + DAYS - 1 : first.day,
      account: by.account ? first.account : null,
      project: by.project || by.key ? first.project : null,
      key: by.key ? first.key : null,
      model: by.model ? first.model : null,
      cost: level === 'line' ? sum(own, 'billed') : priced ? sum(own, 'est') : null,
      tokens: level === 'line' ? null : own.reduce((total, {tokens}) => total + tokens, 0),
    }
  })
}

const base = (id: string, level: Item['level']): Item => ({
  id,
  level,
  source: level,
  series: level,
  measure: level === 'line' || level === 'invoice' ? 'money' : 'tokens',
  precision: 1,
  origin: level,
  explicable: true,
  gateway: false,
  provider: 'openai',
  day: DAY,
  lastDay: DAY + DAYS - 1,
  account: null,
  project: null,
  key: null,
  model: null,
  cost: null,
  tokens: null,
})

/** What gateways and services log of the calls: a cell a call. */
const logged = (calls: readonly Call[]): Item[] =>
  calls.flatMap((one, index) =>
    one.via === 'nobody'
      ? []
      : [
          {
            ...base(`call ${index}`, 'request'),
            ...{day: one.day, lastDay: one.day, model: one.model, cost: one.est, tokens: one.tokens},
            ...{origin: one.via, gateway: one.via !== 'spans'},
          },
        ],
  )

function itemsOf(made: World): Item[] {
  const {calls, invoice, lines, reports, priced, logs} = made
  return [
    ...(invoice ? [{...base('invoice', 'invoice'), cost: invoiced(made)}] : []),
    ...(lines.length > 0 ? otherLines(otherOf(made)) : []),
    ...lines.flatMap((by, index) => grouped(calls, by, 'line', `lines ${index}`)),
    ...reports.flatMap((by, index) => grouped(calls, by, 'bucket', `report ${index}`, priced)),
    ...(logs ? logged(calls) : []),
  ]
}

/** A fee of a day and one of the month, in a report whatever its rows are. */
const otherLines = (amount: bigint): Item[] => [
  {...base('other', 'line'), explicable: false, series: 'lines 0', source: 'lines 0', cost: amount + CENT},
  {
    ...{...base('other of a day', 'line'), explicable: false, series: 'lines 0', source: 'lines 0'},
    ...{lastDay: DAY, cost: -CENT},
  },
]

/** The bill where there is one, else the best detail, once. */
function expected(made: World): bigint {
  const {calls, invoice, lines, reports, priced, logs} = made
  if (invoice) return invoiced(made)
  if (lines.length > 0) return sum(calls, 'billed') + otherOf(made)
  if (reports.length > 0 && priced) return sum(calls, 'est')
  return logs
    ? sum(
        calls.filter(({via}) => via !== 'nobody'),
        'est',
      )
    : 0n
}

test('the total is the bill where there is one, else the best detail once, in any order', () => {
  fc.assert(
    fc.property(world, fc.integer(), (made, seed) => {
      const items = itemsOf(made)
      fc.pre(items.length > 0)
      const {billed, absorbed, sourcesOf} = bound(settle(items, alias => alias))
      const kept = items.filter(({id}) => !absorbed.has(id))
      expect(kept.reduce((total, {id}) => total + (billed.get(id) ?? 0n), 0n)).toBe(expected(made))

      for (const item of kept) {
        const parts = [...sourcesOf(item).values()]
        expect(parts.reduce((total, part) => total + part, 0n)).toBe(billed.get(item.id) ?? 0n)
      }
      if (made.invoice || made.lines.length > 0)
        for (const item of kept)
          for (const [source, part] of sourcesOf(item))
            if (part !== 0n) expect(parseSource(source).billed).toBe(true)

      const shuffled = [...items].sort((a, b) => hash(a.id, seed) - hash(b.id, seed))
      const again = settle(shuffled, alias => alias)
      expect([...again.billed].sort()).toEqual([...billed].sort())
      expect([...again.absorbed].sort()).toEqual([...absorbed].sort())
    }),
    {numRuns: 3000},
  )
})

test('a project’s bill is never paid by another’s', () => {
  fc.assert(
    fc.property(world, made => {
      const daily = {
        ...made,
        invoice: false,
        lines: [{project: true, key: false, model: true, account: false, monthly: false}],
      }
      const items = itemsOf(daily)
      const {billed, absorbed, sourcesOf} = bound(settle(items, alias => alias))
      const owed = new Map<string, bigint>()
      for (const one of daily.calls) owed.set(one.project, (owed.get(one.project) ?? 0n) + one.billed)
      const paid = new Map<string, bigint>()
      for (const item of items.filter(({id}) => !absorbed.has(id)))
        for (const [source, part] of sourcesOf(item)) {
          const {project} = parseSource(source)
          if (item.project !== null && part !== 0n) expect(project).toBe(item.project)
          if (project !== null) paid.set(project, (paid.get(project) ?? 0n) + part)
        }
      expect([...paid].sort()).toEqual([...owed].sort())
      expect(billed.size).toBe(items.length)
    }),
    {numRuns: 800},
  )
})

test('where one account is billed and another is not, the other costs what its report says', () => {
  const accounts = world.map(made => ({
    ...made,
    logs: false,
    other: 0,
    lines: made.lines.slice(0, 1).map(by => ({...by, account: true})),
    reports: made.reports.slice(0, 1).map(by => ({...by, account: true})),
  }))
  fc.assert(
    fc.property(accounts, made => {
      const [x, y] = ['x', 'y'].map(name => made.calls.filter(({account}) => account === name)) as [
        Call[],
        Call[],
      ]
      fc.pre(x.length > 0 && y.length > 0 && made.reports.length > 0 && made.lines.length > 0)
      const theirs = itemsOf({...made, invoice: false, lines: []})
      const ours = itemsOf({...made, calls: x, reports: []}).map(item => ({...item, account: 'x'}))
      const {billed, absorbed} = settle([...ours, ...theirs], alias => alias)
      const total = [...ours, ...theirs]
        .filter(({id}) => !absorbed.has(id))
        .reduce((all, {id}) => all + (billed.get(id) ?? 0n), 0n)
      const unbilled = made.priced ? sum(y, 'est') : 0n
      expect(total).toBe(expected({...made, calls: x, reports: []}) + unbilled)
    }),
    {numRuns: 800},
  )
})

const bound = (settled: ReturnType<typeof settle>) => ({
  billed: settled.billed,
  absorbed: settled.absorbed,
  sourcesOf: (item: Item) => settled.sourcesOf(item),
})

function hash(text: string, seed: number): number {
  let value = seed
  for (const character of text) value = (Math.imul(value, 31) + character.charCodeAt(0)) | 0
  return value
}
