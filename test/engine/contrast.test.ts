/** What an answer hangs on is checked by doing it: withdrawing the evidence, adding the witness. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {contrastOf} from '../../src/engine/contrast.ts'
import {type Combined, combine, type Heard, leaning, waterfall} from '../../src/engine/probability.ts'
import {RELIABILITY} from '../../src/engine/reliability.ts'

const CANDIDATES = 12
const names = ['marsh', 'rivers', 'otters', 'reeds']
const voices = (...says: readonly (readonly [string, number][])[]) =>
  says.map(said => ({kind: 'any', says: new Map(said)}))
const weigh = (heard: readonly Heard[]): Combined => combine(heard, CANDIDATES)
const contrast = (heard: readonly Heard[]) =>
  contrastOf({
    ...{voices: heard, heard, weigh, together: weigh(heard), candidates: CANDIDATES, nameable: 0.2},
    weight: () => 1,
    nameOf: id => ({id, name: id}),
  })

describe('what an answer hangs on', () => {
  test('one voice alone: without it nobody is named', () =>
    expect(contrast(voices([['marsh', 0.95]])).withdrawn).toEqual([
      {step: 1, organization: null, probability: 0},
    ]))

  test('two that agree: neither is needed', () =>
    expect(contrast(voices([['marsh', 0.95]], [['marsh', 0.9]])).withdrawn).toEqual([]))

  test('of two that outvote a third, neither', () => {
    const {withdrawn} = contrast(voices([['marsh', 0.98]], [['rivers', 0.75]], [['marsh', 0.97]]))
    expect(withdrawn).toEqual([])
  })

  test('of two that contend each is what the answer hangs on', () => {
    const {withdrawn, losers} = contrast(voices([['marsh', 0.95]], [['rivers', 0.9]]))
    expect(losers).toEqual([{organization: {id: 'rivers', name: 'rivers'}, speaks: [2], outweighs: [1]}])
    expect(withdrawn.map(({step, organization}) => `${step} ${organization?.name}`)).toEqual([
      '1 rivers',
      '2 marsh',
    ])
  })
})

const said: fc.Arbitrary<Heard> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...names), fc.double({min: 0.05, max: 0.95, noNaN: true})), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name,
  })
  .map(parts => {
    const sum = parts.reduce((total, [, part]) => total + part, 0)
    return {
      kind: 'any',
      says: new Map(parts.map(([name, part]) => [name, part / Math.max(1, sum / 0.95)] as const)),
    }
  })
const heard = fc.array(said, {minLength: 1, maxLength: 4})

test('what is listed changes the answer, and nothing else does', () => {
  fc.assert(
    fc.property(heard, of => {
      const told = (together: Combined): string => {
        const [top] = together.ranked
        return !top || top.probability < 0.2 ? 'nobody' : `${top.name} ${top.probability >= 0.8}`
      }
      fc.pre(told(weigh(of)) !== 'nobody')
      const changing = of.flatMap((_, index) =>
        told(weigh(of.toSpliced(index, 1))) === told(weigh(of)) ? [] : [index + 1],
      )
      expect(contrast(of).withdrawn.map(({step}) => step)).toEqual(changing)
    }),
  )
})

test('the witness that is needed makes it theirs, and a lesser one does not', () => {
  const reliabilities = Object.entries(RELIABILITY).filter(
    ([basis]) => basis !== 'caller' && basis !== 'name',
  )
  fc.assert(
    fc.property(heard, of => {
      fc.pre((weigh(of).ranked[0]?.probability ?? 0) >= 0.2)
      for (const {organization, basis} of contrast(of).would_need) {
        const reached = (reliability: number): boolean => {
          const [top] = weigh([...of, {kind: 'any', says: new Map([[organization.id, reliability]])}]).ranked
          return top!.name === organization.id && top!.probability >= 0.8
        }
        for (const [, reliability] of reliabilities)
          expect(reached(reliability)).toBe(basis !== null && reliability >= RELIABILITY[basis])
      }
    }),
  )
})

test('between any two, what each voice adds sums to their odds', () => {
  fc.assert(
    fc.property(heard, of => {
      const {ranked} = weigh(of)
      const [best] = ranked
      for (const {name, probability} of ranked) {
        const sum = of.reduce((total, {says}) => total + leaning(says, best!.name, name, CANDIDATES), 0)
        expect(sum).toBeCloseTo(Math.log(best!.probability / probability), 6)
      }
    }),
  )
})

test('the steps of a waterfall sum to its total, to the last thousandth', () => {
  fc.assert(
    fc.property(heard, of => {
      const [best] = weigh(of).ranked
      const steps = waterfall(
        best!.name,
        of.map(one => ({...one, because: ''})),
        CANDIDATES,
      )
      const shown = Math.min(1 - 1e-9, Math.max(1e-9, best!.probability))
      expect(steps.reduce((sum, {millis}) => sum + millis, 0) + 0).toBe(
        // -0 is no other sum than 0.
        Math.round(Math.log(shown / (1 - shown)) * 1000) + 0,
      )
    }),
  )
})
