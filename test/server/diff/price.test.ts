/** What changes do to budgets and to electricity, worked out by hand beside each case. Prices and rates are round ones made up here. */
import {describe, expect, test} from 'vitest'
import type {Ref, SpendClass} from '../../../src/engine/outcome.ts'
import type {EnergyRate} from '../../../src/model/energy/estimate.ts'
import {formatUsd, type Nanos} from '../../../src/model/money.ts'
import type {Budget} from '../../../src/report/budgets.ts'
import type {Change} from '../../../src/review/change.ts'
import type {Seen} from '../../../src/server/diff/observed.ts'
import {type Asked, priceDiff} from '../../../src/server/diff/price.ts'

const USD = 1_000_000_000n
const usd = (text: string): Nanos => BigInt(Math.round(Number(text) * 100)) * (USD / 100n)

const HERON: Ref = {id: 'service:heron', name: 'heron'}
const MARSH: Ref = {id: 'team:marsh', name: 'marsh'}
const RIVERS: Ref = {id: 'team:rivers', name: 'rivers'}
const QUILL: Ref = {id: 'project:quill', name: 'quill'}

type Shares = readonly (readonly [team: Ref, ppm: number])[]

interface Used {
  readonly shares?: Shares
  readonly spendClass?: SpendClass
  readonly project?: Ref | null
}

/** Ten days, a million tokens read and as many written on each: $3.00 at `dear`, $1.00 at `small`, $2.00 were paid. */
const heron = ({shares = [[MARSH, 1_000_000]], spendClass = 'owned', project = null}: Used = {}): Seen[] =>
  Array.from({length: 10}, (_, day) => ({
    ...{day, model: ['openai', 'dear', null, null] as const, records: 100, requests: 100, coper: 0.9},
    ...{inputTokens: 1_000_000, outputTokens: 1_000_000, cacheReadTokens: 0, cacheWriteTokens: 0},
    ...{cost: usd('2.00'), unpriced: 0, spendClass},
    outcome: {
      owner: {service: HERON, project, organization: MARSH, budget: null},
      shares: shares.map(([organization, share_ppm]) => ({organization, budget: null, share_ppm, basis: ''})),
    },
  }))

/** Dollars for a million tokens in and a million out, together. */
const PRICES: {readonly [model: string]: Nanos} = {
  dear: usd('3.00'),
  small: usd('1.00'),
  dearer: usd('9.00'),
  untold: usd('1.00'),
}

const quote: Asked['quote'] = ([, model], _at, {inputTokens}) =>
  model === null || PRICES[model] === undefined
    ? null
    : (PRICES[model] * BigInt(inputTokens ?? 0)) / 1_000_000n

const limit = (amount: string, more: Partial<Budget> = {}): Budget => ({
  ...{name: 'marsh', organization: MARSH, costCenter: null, project: null},
  ...{from: 0, to: 30, amount: usd(amount), currency: 'USD', kind: 'limit', ...more},
})

const swap = (to: string, from = 'dear'): Change => ({
  ...{kind: 'model_changed', path: 'heron/ask.py', line: 1, key: 'model', from, to},
  ...{model: null, production: true},
})

interface Case {
  readonly budget: Budget
  /** Spent under it in the ten days. */
  readonly spent: string
  readonly traffic?: readonly Seen[]
}

const priced = (changes: readonly Change[], {budget, spent, traffic = heron()}: Case) =>
  priceDiff(changes, {
    observed: {window: {from: 0, to: 10}, traffic, budgets: [{budget, spent: usd(spent)}]},
    ...{serviceOf: () => HERON, ownerOf: () => null, quote, rates: () => 'unknown_size'},
    ...{deployments: {}, breaks: () => false},
  })

const budgetOf = (changes: readonly Change[], given: Case) =>
  priced(changes, given).budgets.map(({budget, projected, isExceeded}) => ({
    projected: formatUsd(projected),
    headroom: formatUsd(budget.amount - projected),
    isExceeded,
  }))

// All of marsh's spend in the window is heron's $20.00: thirty days of it are $60.00. Ten days at `dearer` are $90.00 instead of $30.00,
// so $6.00 a day more: $180.00 in thirty days. At `small` $10.00 instead of $30.00: $2.00 a day less, $60.00 in thirty days.
describe('a budget of thirty days, at the window’s rate and with the change', () => {
  test.each<[string, Change, Case, {projected: string; headroom: string; isExceeded: boolean}]>([
    [
      'more, and within it',
      swap('dearer'),
      {budget: limit('240.01'), spent: '20.00'},
      {projected: '240.00', headroom: '0.01', isExceeded: false},
    ],
    [
      'to the cent is not exceeded',
      swap('dearer'),
      {budget: limit('240.00'), spent: '20.00'},
      {projected: '240.00', headroom: '0.00', isExceeded: false},
    ],
    [
      'a cent more is',
      swap('dearer'),
      {budget: limit('239.99'), spent: '20.00'},
      {projected: '240.00', headroom: '-0.01', isExceeded: true},
    ],
    [
      'less, and to nothing',
      swap('small'),
      {budget: limit('50.00'), spent: '20.00'},
      {projected: '0.00', headroom: '50.00', isExceeded: false},
    ],
    // $100.00 in ten days: $300.00 in thirty, less $60.00. It was exceeded before, and the change adds nothing to that.
    [
      'exceeded all the same, but not by the change',
      swap('small'),
      {budget: limit('200.00'), spent: '100.00'},
      {projected: '240.00', headroom: '-40.00', isExceeded: false},
    ],
    [
      'a forecast binds nobody',
      swap('dearer'),
      {budget: limit('1.00', {kind: 'forecast'}), spent: '20.00'},
      {projected: '240.00', headroom: '-239.00', isExceeded: false},
    ],
    // A week: $20.00 × 7 / 10 + $6.00 × 7.
    [
      'a budget of a week',
      swap('dearer'),
      {budget: limit('60.00', {from: 5, to: 12}), spent: '20.00'},
      {projected: '56.00', headroom: '4.00', isExceeded: false},
    ],
    // A quarter of heron is marsh's: $5.00 of the window's spend, a quarter of $180.00.
    [
      'a part of the traffic',
      swap('dearer'),
      {
        budget: limit('60.00'),
        spent: '5.00',
        traffic: heron({
          shares: [
            [MARSH, 250_000],
            [RIVERS, 750_000],
          ],
          spendClass: 'contested',
        }),
      },
      {projected: '60.00', headroom: '0.00', isExceeded: false},
    ],
    [
      'of one project, in which the traffic is',
      swap('dearer'),
      {budget: limit('240.00', {project: 'quill'}), spent: '20.00', traffic: heron({project: QUILL})},
      {projected: '240.00', headroom: '0.00', isExceeded: false},
    ],
  ])('%s', (_, change, given, expected) => expect(budgetOf([change], given)).toEqual([expected]))

  test.each<[string, Case]>([
    ['another team’s', {budget: limit('1.00', {organization: RIVERS}), spent: '20.00'}],
    ['of another project', {budget: limit('1.00', {project: 'quill'}), spent: '20.00'}],
    [
      'of what nobody owns',
      {budget: limit('1.00'), spent: '20.00', traffic: heron({spendClass: 'unresolved'})},
    ],
  ])('%s is not concerned', (_, given) => expect(budgetOf([swap('dearer')], given)).toEqual([]))

  test('whoever breaks a limit is looked at; whoever saves is not', () => {
    const given = {budget: limit('100.00'), spent: '20.00'}
    expect(priced([swap('dearer')], given).places.map(({action}) => action)).toEqual(['review'])
    expect(priced([swap('small')], given).places.map(({action}) => action)).toEqual(['observe'])
  })
})

/** Watt-hours per million tokens. */
const RATES: {readonly [model: string]: readonly [input: number, output: number]} = {
  dear: [20, 100],
  small: [5, 25],
  dearer: [80, 400],
}
const rate = (input: number, output: number): EnergyRate => ({
  ...{input, output, cache_read: 0, cache_write: 0, spread: 2, tier: 'T3', zone: 'WORLD', intensity: 400},
  size: {total: 10, active: 10, open: true},
})

describe('electricity', () => {
  const energyIn = (to: string) =>
    priceDiff([swap(to)], {
      observed: {window: {from: 0, to: 10}, traffic: heron(), budgets: []},
      ...{serviceOf: () => HERON, ownerOf: () => null, quote, deployments: {}, breaks: () => false},
      rates: ({model}) => {
        const known = RATES[model ?? '']
        return known === undefined ? 'unknown_size' : rate(...known)
      },
    }).energy

  test.each([
    // Ten days of `dear`: 10 M × 20 + 10 M × 100 = 1,200 Wh (600 to 2,400); of `small` 300 Wh (150 to 600). Less 900 Wh (450 to 1,800) in
    // ten days; a month of 30.4375 days is 3.04375 times that.
    ['small', {low: -5478.75, mid: -2739.375, high: -1369.6875}],
    // `dearer` takes 4,800 Wh (2,400 to 9,600): 3,600 more (1,800 to 7,200).
    ['dearer', {low: 5478.75, mid: 10_957.5, high: 21_915}],
  ])('with %s', (to, expected) => {
    const found = energyIn(to)!
    for (const end of ['low', 'mid', 'high'] as const) expect(found[end]).toBeCloseTo(expected[end], 9)
  })

  test('where a size is not known there is no figure', () => expect(energyIn('untold')).toBeNull())
})
