/** Ranking questions: every dollar with one question or with none, the best question first, nobody singled out. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {Question} from '../../src/engine/outcome.ts'
import {type OpenSpend, rankGaps, type Settling} from '../../src/report/gaps.ts'

const question = (id: string, alias: string | null = id): Question => ({
  ...{id, kind: alias === null ? 'people' : 'key', text: `${id}?`, alias, name: id},
  ...{candidates: [], ask: [], answer_with: ''},
})
const open = (id: number, cost: bigint, state = 'unknown', records = 1): OpenSpend => ({
  ...{id, cost, records, state, untried: false},
  spendClass: state === 'unknown' || state === 'not_identifiable' ? 'unresolved' : 'contested',
})
const settles = (questionId: number, attribution: number, ppm = 1_000_000, of: Partial<Settling> = {}) => ({
  ...{question: questionId, attribution, ppm, likeliest: true, person: null, ...of},
})
const ranked = (
  spend: readonly OpenSpend[],
  questions: readonly Question[],
  settling: readonly Settling[],
) => {
  const found = rankGaps(spend, new Map(questions.map((item, id) => [id, item])), settling)
  return [
    ...found.questions.map(
      ({question: {id}, settles: cost, probability}) => `${id} ${cost} ${probability / 10_000}`,
    ),
    ...found.rest.map(({reason, cost}) => `${reason} ${cost}`),
  ]
}

describe('the order', () => {
  test('money times probability', () =>
    expect(
      ranked(
        [open(1, 100n), open(2, 60n)],
        [question('sure'), question('dear')],
        [settles(0, 2), settles(1, 1, 500_000)],
      ),
    ).toEqual(['sure 60 1', 'dear 100 0.5']))

  test('what settles much at once comes first, and what it settles is nobody else’s', () =>
    expect(
      ranked(
        [open(1, 10n), open(2, 10n), open(3, 15n)],
        [question('one'), question('other'), question('both')],
        [settles(0, 1), settles(1, 3), settles(1, 2), settles(2, 1), settles(2, 2)],
      ),
    ).toEqual(['other 25 1', 'both 10 1']))

  test('what was not tried is not said to need more than one fact', () =>
    expect(
      ranked(
        [{...open(1, 10n), untried: true}, open(2, 5n, 'ambiguous'), {...open(3, 7n), untried: true}],
        [question('q')],
        [settles(0, 3)],
      ),
    ).toEqual(['q 7 1', 'not_tried 10', 'several_facts 5']))

  test('an answer that only a surprise settles is not promised', () =>
    expect(ranked([open(1, 10n)], [question('q')], [settles(0, 1, 300_000, {likeliest: false})])).toEqual([
      'several_facts 10',
    ]))

  test('ties by id', () =>
    expect(
      ranked([open(1, 10n), open(2, 10n)], [question('b'), question('a')], [settles(0, 1), settles(1, 2)]),
    ).toEqual(['a 10 1', 'b 10 1']))
})

test('what no answer settles says why', () =>
  expect(
    ranked(
      [open(1, 1n, 'bounded'), open(2, 2n, 'not_identifiable'), open(3, 3n, 'ambiguous')].concat(
        open(4, 4n, 'strongly_inferred'),
      ),
      [],
      [],
    ),
  ).toEqual(['disputed 4', 'several_facts 3', 'not_identifiable 2', 'bounded 1']))

test.each([
  [4, ['few_people 4']],
  [5, ['people 5 1']],
])('people are asked about from five on: %i', (count, expected) => {
  const each = Array.from({length: count}, (_, index) => index)
  // The fifth call of one person makes no fifth person.
  expect(
    ranked(
      each.map(id => open(id, 1n)),
      [question('people', null)],
      each.map(id => settles(0, id, 1_000_000, {person: `email:${id}@fen.example`})),
    ),
  ).toEqual(expected)
  expect(
    ranked(
      each.map(id => open(id, 1n)),
      [question('people', null)],
      each.map(id => settles(0, id, 1_000_000, {person: `email:${Math.min(id, 3)}@fen.example`})),
    ),
  ).toEqual([`few_people ${count}`])
})

test('every nano-dollar is settled by one answer or by none, whatever the order they come in', () => {
  const cases = fc.record({
    spend: fc.array(
      fc.record({
        cost: fc.bigInt({min: -5n, max: 10n ** 15n}),
        records: fc.nat(3),
        state: fc.constantFrom('unknown', 'ambiguous', 'bounded', 'not_identifiable'),
      }),
      {maxLength: 12},
    ),
    settling: fc.uniqueArray(
      fc.record({
        question: fc.nat(5),
        attribution: fc.nat(14),
        ppm: fc.nat(1_000_000),
        likeliest: fc.boolean(),
        person: fc.constantFrom(null, 'a', 'b'),
      }),
      {maxLength: 30, selector: ({question: asked, attribution}) => `${asked} ${attribution}`},
    ),
  })
  const questions = new Map(
    ['a', 'b', 'c', 'd', 'e']
      .map((id, index) => [index, question(id)] as const)
      .concat([[5, question('people', null)]]),
  )
  fc.assert(
    fc.property(cases, ({spend, settling}) => {
      const items = spend.map(({cost, records, state}, id) => open(id, cost, state, records))
      const found = rankGaps(items, questions, settling)
      const parts = [...found.questions.map(({settles: cost}) => cost), ...found.rest.map(({cost}) => cost)]
      expect(parts.reduce((sum, cost) => sum + cost, 0n)).toBe(items.reduce((sum, {cost}) => sum + cost, 0n))
      const records = [...found.questions, ...found.rest].reduce((sum, item) => sum + item.records, 0)
      expect(records).toBe(items.reduce((sum, item) => sum + item.records, 0))
      for (const {probability} of found.questions) expect(probability).toBeLessThanOrEqual(10_000)
      const turned = rankGaps([...items].reverse(), questions, [...settling].reverse())
      expect(turned.questions.map(({question: {id}}) => id)).toEqual(
        found.questions.map(({question: {id}}) => id),
      )
    }),
    {numRuns: 300},
  )
})
