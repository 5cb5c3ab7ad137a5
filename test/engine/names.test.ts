/** Names that people gave the same thing in different systems. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {abbreviates, compresses, Rarity, teamTokens} from '../../src/engine/names.ts'

describe('a name written in one', () => {
  test.each([
    ['cashmatc', ['cash', 'matcher']],
    ['rmsvc', ['room', 'svc']],
    ['fraudsig', ['fraud', 'signals']],
    ['claimstriage', ['claims', 'triage']],
    ['paycore', ['payments', 'core']],
    ['stckfrcst', ['stock', 'forecast']],
  ])('%s stands for %j', (written, words) => expect(compresses(written, words)).toBeGreaterThan(0.5))

  test.each([
    ['claimstriage', ['claims', 'intake']],
    ['cashmatc', ['matcher', 'cash']],
    ['cashmatcx', ['cash', 'matcher']],
    ['cash', ['cash']],
    ['cm', ['cash', 'matcher']],
    ['', ['cash', 'matcher']],
    ['crma', ['cashier', 'matcher']],
    ['marsh', ['rivers', 'lakes']],
  ])('%s does not stand for %j', (written, words) => expect(compresses(written, words)).toBe(0))

  test('all of it written out is 1, and nothing is more', () =>
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{2,9}$/), {minLength: 2, maxLength: 4}), words => {
        expect(compresses(words.join(''), words)).toBe(1)
      }),
    ))

  test('the surer, the more of it is there', () => {
    const words = ['fraud', 'signals']
    const values = ['fraudsignals', 'fraudsig', 'frsi'].map(written => compresses(written, words))
    expect(values).toEqual([...values].sort((a, b) => b - a))
    expect(new Set(values).size).toBe(3)
  })
})

test('an abbreviation is as good read the other way', () =>
  fc.assert(
    fc.property(fc.stringMatching(/^[a-e]{0,8}$/), fc.stringMatching(/^[a-e]{0,8}$/), (a, b) => {
      expect(abbreviates(a, b)).toBe(abbreviates(b, a))
      expect(abbreviates(a, b)).toBeGreaterThanOrEqual(0)
      expect(abbreviates(a, b)).toBeLessThanOrEqual(1)
    }),
  ))

const rarity = (...names: readonly string[]) => new Rarity(names.map(teamTokens))
const alike = (all: Rarity, a: string, b: string) => all.likeness(teamTokens(a), teamTokens(b)).score

describe('a name that holds all words of another', () => {
  test('is like it where no third does', () => {
    const all = rarity('Payments', 'Rivers', 'Lakes', 'Otters')
    expect(alike(all, 'Payments', 'Payments Ledger Tools Group')).toBeGreaterThanOrEqual(0.85)
  })

  test('is not, where a third does', () => {
    const all = rarity('Payments Ledger', 'Payments Fraud', 'Payments', 'Rivers')
    expect(alike(all, 'Payments', 'Payments Ledger')).toBeLessThan(0.85)
  })

  test('is not for words that say nothing: platform, core', () => {
    const all = rarity('Platform', 'Rivers', 'Lakes', 'Otters')
    expect(alike(all, 'Platform', 'Billing Platform')).toBeLessThan(0.85)
  })
})

describe('how common a word is', () => {
  const groups = (system: string, ...names: readonly string[]) =>
    names.map(name => ({system, names: [teamTokens(name)]}))

  test('is asked of the system that has it most: a team has a name in each', () => {
    const three = ['okta', 'github', 'hr'].flatMap(system => groups(system, 'Marsh', 'Rivers', 'Lakes'))
    expect(Rarity.bySystem(three).isUnique('marsh')).toBe(true)
    expect(new Rarity(three.flatMap(({names}) => names)).isUnique('marsh')).toBe(false)
    const twice = [...three, ...groups('hr', 'Marsh North')]
    expect(Rarity.bySystem(twice).isUnique('marsh')).toBe(false)
  })

  test('knows nothing of the order of groups', () => {
    const all = [
      ...groups('okta', 'Marsh', 'Marsh North', 'Lakes'),
      ...groups('hr', 'Marsh', 'Lakes', 'Rivers'),
    ]
    const [one, other] = [Rarity.bySystem(all), Rarity.bySystem(all.toReversed())]
    for (const word of ['marsh', 'lakes', 'rivers', 'north', 'unheard'])
      expect(one.weight(word)).toBe(other.weight(word))
  })

  test('makes a rare word in common say more', () => {
    const all = rarity('Data North', 'Data South', 'Data West', 'Payments North')
    expect(all.weight('payments')).toBeGreaterThan(all.weight('data'))
    expect(alike(all, 'Payments North', 'Payments')).toBeGreaterThan(alike(all, 'Data West', 'Data'))
  })
})
