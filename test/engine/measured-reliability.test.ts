/** How often each kind of source is right shows in how often they agree: found again where it is known. */
import {describe, expect, test} from 'vitest'
import {measureReliability} from '../../src/engine/measured-reliability.ts'
import type {Witness} from '../../src/engine/witness.ts'
import {randomOf} from './rail/simulated.ts'

const TEAMS = 12
const witness = (family: string, team: string, where: string, probability = 0.9): Witness => ({
  ...{family, basis: 'catalog', because: family},
  says: new Map([[team, probability]]),
  where: [where],
})

/** Things each source speaks of for 80 %, with a right answer as often as `rates` says and another at random otherwise. */
function things(rates: {readonly [family: string]: number}, n: number, seed = 11): Witness[][] {
  const random = randomOf(seed)
  const team = () => `team-${Math.floor(random() * TEAMS)}`
  return Array.from({length: n}, (_, index) => {
    const truth = team()
    return Object.entries(rates).flatMap(([family, rate]) => {
      if (random() < 0.2) return []
      const said = random() < rate ? truth : team()
      return [witness(family, said, `${family}.csv:${index}`)]
    })
  })
}

describe('a company’s sources', () => {
  test.each([
    {catalog: 0.98, codeowners: 0.6, label: 0.9},
    {catalog: 0.55, codeowners: 0.95, label: 0.95},
    {catalog: 0.92, codeowners: 0.92, label: 0.92},
  ])('%j are found again', rates => {
    const measured = measureReliability(things(rates, 600), TEAMS + 1)
    for (const [family, rate] of Object.entries(rates)) {
      // Wrong at random is right by chance once in so many.
      const right = rate + (1 - rate) / TEAMS
      expect(Math.abs(measured.get(family)!.reliability - right), family).toBeLessThan(0.06)
    }
  })

  test('the stale one is told from the sound ones', () => {
    const measured = measureReliability(things({catalog: 0.95, codeowners: 0.5, label: 0.95}, 120), TEAMS + 1)
    const of = (family: string) => measured.get(family)!.reliability
    expect(of('codeowners')).toBeLessThan(0.65)
    expect(Math.min(of('catalog'), of('label'))).toBeGreaterThan(0.85)
  })

  test('met a few times it stays near what is documented', () => {
    const apart = [[witness('catalog', 'marsh', 'a:1'), witness('label', 'rivers', 'b:1', 0.95)]]
    const {reliability, documented, n} = measureReliability(apart, TEAMS).get('catalog')!
    expect({documented, n}).toEqual({documented: 0.9, n: 1})
    expect(Math.abs(reliability - 0.9)).toBeLessThan(0.08)
  })

  test('a line that says the same of many things counts once', () => {
    const many = Array.from({length: 50}, () => [
      witness('codeowners', 'marsh', 'CODEOWNERS:1'),
      witness('catalog', 'rivers', 'catalog.yaml:7'),
    ])
    expect(measureReliability(many, TEAMS).get('codeowners')!.n).toBe(1)
    expect(measureReliability(many, TEAMS)).toEqual(measureReliability(many.slice(0, 1), TEAMS))
  })

  test('what a source says alone measures nothing', () =>
    expect(measureReliability([[witness('catalog', 'marsh', 'a:1')]], TEAMS).size).toBe(0))
})
