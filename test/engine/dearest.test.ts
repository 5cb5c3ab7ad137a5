import fc from 'fast-check'
import {expect, test} from 'vitest'
import {type Bound, boundOf, dearest} from '../../src/engine/gaps/dearest.ts'
import type {Asked} from '../../src/engine/gaps/suppose.ts'

const question = (name: string, ...touched: number[]): Asked => ({
  subject: {id: name, kind: 'key', alias: 'name:key/it', name},
  people: [],
  touched,
})
/** The attribution's own number is what it costs. */
const chosen = (asked: readonly Asked[], bound: Partial<Bound>) => {
  const found = dearest(asked, BigInt, {questions: 200, attributions: 1_000, ...bound})
  return [
    ...found.tried.map(({subject, touched}) => `${subject.name} ${touched.join(' ')}`),
    `untried ${[...found.untried].sort((a, b) => a - b).join(' ')}`.trimEnd(),
  ]
}
const asked = [question('small', 1, 2), question('large', 50, 9, 30), question('middle', 9, 40)]

test.each([
  ['all, in the order given', {}, ['small 1 2', 'large 50 9 30', 'middle 9 40', 'untried']],
  ['the two with the most money', {questions: 2}, ['large 50 9 30', 'middle 9 40', 'untried 1 2']],
  ['of the last with room its dearest', {attributions: 4}, ['large 50 9 30', 'middle 40', 'untried 1 2 9']],
  [
    'a question larger than all room is tried in part',
    {attributions: 2},
    ['large 30 50', 'untried 1 2 9 40'],
  ],
  ['no room', {attributions: 0}, ['untried 1 2 9 30 40 50']],
] as const)('%s', (_, bound, expected) => expect(chosen(asked, bound)).toEqual(expected))

test('whatever is asked: never more than the bound, nothing lost, and the order of questions leaves no trace', () =>
  fc.assert(
    fc.property(
      fc.array(fc.uniqueArray(fc.nat(40), {minLength: 1}), {maxLength: 12}),
      fc.record({questions: fc.nat(6), attributions: fc.nat(40)}),
      (sets, bound) => {
        const some = sets.map((touched, index) => question(`q${index}`, ...touched))
        const {tried, untried} = dearest(some, BigInt, bound)
        expect(tried.length).toBeLessThanOrEqual(bound.questions)
        expect(tried.flatMap(({touched}) => touched).length).toBeLessThanOrEqual(bound.attributions)
        const kept = new Map(tried.map(({subject, touched}) => [subject.id, new Set(touched)]))
        for (const {subject, touched} of some)
          for (const index of touched)
            expect(kept.get(subject.id)?.has(index) === true || untried.has(index)).toBe(true)
        const turned = dearest([...some].reverse(), BigInt, bound)
        expect([...turned.tried].reverse()).toEqual(tried)
        expect(turned.untried).toEqual(untried)
      },
    ),
    {numRuns: 300},
  ))

test('a twentieth of the signatures, at least 2,000', () =>
  expect([10, 40_000, 100_000].map(count => boundOf(count).attributions)).toEqual([2_000, 2_000, 5_000]))
