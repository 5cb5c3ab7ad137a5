import {join} from 'node:path'
import {expect, test} from 'vitest'
import {allocationRules} from '../../src/config/allocations.ts'
import {readConfig} from '../../src/config/config.ts'
import {declaredLinks} from '../../src/config/declared.ts'
import {UserError} from '../../src/model/errors.ts'
import {folderWith} from '../commands/cli.ts'

const read = (yaml: string) => readConfig(join(folderWith({'venturi.yaml': yaml}), 'venturi.yaml'))
const withRule = (...lines: string[]): string =>
  ['allocations:', '  - of: litellm:key/a', '    why: minutes', ...lines.map(line => `    ${line}`)].join(
    '\n',
  )

const rulesOf = (yaml: string) => allocationRules(read(yaml).allocations)

test('shares as decimals in quotes or as parts per million are the same', () => {
  const decimals = rulesOf(withRule('shares: {heron: "0.333333333", ibis: "0.666666667"}'))
  expect(decimals[0]!.split).toEqual({
    shares: [
      {team: 'name:team/heron', billionths: 333_333_333},
      {team: 'name:team/ibis', billionths: 666_666_667},
    ],
  })
  const quarter = (share: string) =>
    rulesOf(withRule(`shares: {"okta:group/1": ${share}}`, 'remainder: unallocated'))
  expect(quarter('250000')).toEqual(quarter('"0.25"'))
  expect(quarter('250000')[0]!.split).toEqual({shares: [{team: 'okta:group/1', billionths: 250_000_000}]})
  expect(rulesOf(withRule('shares: {heron: "1"}'))).toEqual(rulesOf(withRule('shares: {heron: "1.0"}')))
})

test('days are included, and the teams a rule names are users on these days', () => {
  const config = read(
    withRule('from: 2026-10-02', 'until: 2026-10-03', 'shares: {heron: "0.5"}', 'remainder: {team: ibis}'),
  )
  const [from, until] = [Date.UTC(2026, 9, 2), Date.UTC(2026, 9, 4)]
  expect(allocationRules(config.allocations)[0]).toMatchObject({from, until, always: false})
  expect(declaredLinks(config)).toEqual(
    ['heron', 'ibis'].map(team => ({
      ...{fact: 'link', line: 1, relation: 'consumed_by', from: 'litellm:key/a', to: `name:team/${team}`},
      ...{basis: 'declared', validFrom: from, validTo: until},
    })),
  )
})

test.each([
  [
    ['shares: {heron: "0.5", ibis: "0.4"}'],
    'shares: they sum to 0.9, and must sum to exactly 1, or remainder: says whose the rest is',
  ],
  [
    ['shares: {heron: "0.7", ibis: "0.4"}', 'remainder: unallocated'],
    'shares: they sum to 1.1, and must sum to 1',
  ],
  [['shares: {heron: 0.5}', 'remainder: unallocated'], /^shares\.heron: /],
  [['shares: {heron: "50 %"}', 'remainder: unallocated'], /^shares\.heron: /],
  [['shares: {heron: "1"}', 'by: cost'], 'shares: a rule has either shares: or by:, and not both'],
  [[], 'shares: a rule has either shares: or by:, and not both'],
  [
    ['by: cost', 'map: {a: heron}'],
    'map: only by: tenant, product_surface or calling_application has values to map',
  ],
  [['by: cost', 'from: 2026-10-02', 'until: 2026-10-01'], 'until: ends before it begins'],
  [['by: moon'], /^by: /],
])('%j is refused', (lines, message) => {
  let told = ''
  try {
    read(withRule(...lines))
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    told = error.message.replace(/^.*allocations\.0\./, '')
  }
  if (typeof message === 'string') expect(told).toBe(message)
  else expect(told).toMatch(message)
})

test('a rule says why', () => {
  expect(() => read('allocations:\n  - {of: "litellm:key/a", by: cost}\n')).toThrow(/allocations\.0\.why/)
})
