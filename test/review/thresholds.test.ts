import {describe, expect, test} from 'vitest'
import {readReviewed} from '../../src/review/reviewed.ts'
import {breachesIn, parseThresholds} from '../../src/review/thresholds.ts'
import {change, diff, untraced} from './comment/diffs.ts'

const reviewed = (json: object) => readReviewed(JSON.stringify(json), 'diff.json')
const total = (mid: string, delta_pct: number | null = null) => ({
  totals: {delta_usd_month: {low: '0', mid, high: '9999'}, delta_pct},
})
const budget = (exceeded: boolean) => ({budgets: [{name: 'Bots', exceeded}]})

describe('what breaks a rule', () => {
  test.each<[string, object, string[]]>([
    ['delta>500usd', diff(total('500.00')), []],
    ['delta>500usd', diff(total('500.000000001')), ['delta>500usd: $500.00 a month more']],
    ['DELTA > 0.5USD', diff(total('0.51')), ['DELTA > 0.5USD: $0.51 a month more']],
    ['delta>0usd', diff(total('-3.00')), []],
    ['delta>500usd', diff({totals: null}), []],
    // What the diff does not sum is summed of its changes.
    ['delta>300usd', diff({totals: null}), ['delta>300usd: $310.25 a month more']],
    ['delta>0usd', diff({totals: null, changes: [untraced()]}), []],
    ['delta>20%', diff(total('1', 20)), []],
    ['delta>20%', diff(total('1', 20.01)), ['delta>20%: 20.0 % more']],
    ['delta>0.5%', diff(total('1', -50)), []],
    ['delta>0%', diff(total('1')), []],
    ['unowned', diff(), []],
    ['unowned', diff({changes: [change(), change({owner: null})]}), ['unowned 1: nobody owns it']],
    ['unowned', diff({changes: [untraced({owner: null, production: false})]}), []],
    ['budget', diff(), []],
    ['budget', diff(budget(false)), []],
    ['budget', diff(budget(true)), ['budget: the budget Bots is exceeded']],
    ['unowned|delta>1usd', diff(), ['delta>1usd: $310.25 a month more']],
  ])('%s %#', (rules, json, expected) => {
    const found = breachesIn(reviewed(json), parseThresholds('--fail-on', [rules]))
    expect(
      found.map(({rule, change: at, because}) => `${rule}${at === null ? '' : ` ${at}`}: ${because}`),
    ).toEqual(expected)
  })
})

test('rules are joined or repeated', () => {
  expect(parseThresholds('--fail-on', ['unowned | delta>20%', 'budget']).map(({text}) => text)).toEqual([
    'unowned',
    'delta>20%',
    'budget',
  ])
})

test.each([
  '',
  'delta',
  'delta>',
  'delta>5',
  'delta<5usd',
  'delta>-5usd',
  'delta>5 eur',
  'unowned>5',
  'unowned|',
  'cost',
])('%j is not a rule', text => {
  expect(() => parseThresholds('--threshold', [text])).toThrow(
    expect.objectContaining({
      exit: 2,
      message: `--threshold "${text.split('|').at(-1)}" is not a rule`,
      mend: 'write delta>500usd, delta>20%, unowned or budget, joined by |',
    }),
  )
})
