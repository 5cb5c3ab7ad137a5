/** What stands behind a line, and that of people nothing does. */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {Outcome} from '../../src/engine/outcome.ts'
import {behindOf} from '../../src/report/behind.ts'
import type {Answered} from '../../src/report/lines.ts'
import {peopleCalled} from '../../src/report/people.ts'
import {outcome, service, team} from './world.ts'

const people = peopleCalled(['Ada Quill', 'aquill', 'ada@fen.example'])

const answered = (answer: Outcome, cost: bigint): Answered => ({
  cost,
  spend: {outcome: answer, spendClass: 'owned', cost, records: 1, unpriced: 0},
})
const of = (name: string, more: Partial<Outcome> = {}): Outcome =>
  outcome({
    owner: {service: service(name), identity: null, project: null, organization: team('Marsh'), budget: null},
    rationale: `Marsh owns ${name}.`,
    ...more,
  })
const personal = (index: number): Outcome => {
  const identity = {id: `github:user/p${index}` as const, name: `p${index}`}
  const owner = {service: null, identity, project: null, organization: team('Marsh'), budget: null}
  return outcome({owner, rationale: `p${index} is in Marsh.`})
}
const persons = (count: number): Answered[] =>
  Array.from({length: count}, (_, index) => answered(personal(index), 100n))

describe('people', () => {
  test.each([
    ['the key is ada quill’s', true],
    ["the key's own record says it is aquill's; and more", true],
    ['made by AQUILL.', true],
    ['the row was billed to ada@fen.example', true],
    ['somebody@else.example made it', true],
    ['user openai:user/user-x leads to no organization', true],
    ['aquillity and quill', false],
    ['CODEOWNERS * names @acme/payments', false],
    ['role aws:role/004455/Admin', false],
  ])('%s: %s', (text, yes) => expect(people(text)).toBe(yes))
})

describe('behind a line', () => {
  test('the dearest come first, equal answers are one, and the rest is a sum', () => {
    const {answers, rest} = behindOf(
      {
        answers: [...'abcdefgh'].flatMap((name, at) => [
          answered(of(name), BigInt(90 - at)),
          answered(of(name), 1n),
        ]),
      },
      people,
    )
    expect(answers.map(({about, cost, records}) => [about, cost, records])).toEqual(
      [...'abcdef'].map((name, at) => [name, BigInt(91 - at), 2]),
    )
    expect(rest).toEqual({answers: 2, cost: 85n + 84n, people: false})
  })

  test('steps say their places, a few; what they say is not said again', () => {
    const because = 'the catalog names Marsh'
    const waterfall = [
      {because: 'one of 2 organizations, nothing known', log_odds: -0.7, evidence: []},
      {because, log_odds: 2.0004, evidence: ['a:1', 'b:2', 'users/aquill/c:3', 'd:4', 'e:5', 'f:6']},
    ]
    const {answers} = behindOf(
      {answers: [answered(of('a', {waterfall, rationale: `Marsh owns this spend (80 %): ${because}.`}), 1n)]},
      people,
    )
    expect(answers[0]).toMatchObject({
      rationale: 'Marsh owns this spend (80 %).',
      steps: [
        {millis: -700, places: [], more: 0},
        {millis: 2000, places: ['a:1', 'b:2', 'd:4', 'e:5'], more: 2},
      ],
    })
  })

  test('of fewer than five people alone nothing is said', () => {
    expect(behindOf({answers: persons(4)}, people)).toEqual({answers: [], rest: null, withheld: true})
  })

  test('of five there is a sum, and no name', () => {
    expect(behindOf({answers: persons(5)}, people)).toEqual({
      ...{answers: [], withheld: false},
      rest: {answers: 5, cost: 500n, people: true},
    })
  })

  test('a sum is never of fewer than five people alone: the cheapest other answer joins it', () => {
    const shown = behindOf({answers: [...persons(1), answered(of('a'), 9n), answered(of('b'), 5n)]}, people)
    expect(shown.answers.map(({about}) => about)).toEqual(['a'])
    expect(shown.rest).toEqual({answers: 2, cost: 105n, people: true})
  })

  test('who is named in words only is a person as well', () => {
    const named = of('a', {rationale: 'Ada Quill made it.'})
    expect(behindOf({answers: [answered(named, 9n)]}, people)).toMatchObject({answers: [], withheld: true})
  })

  test('whatever the answers: the sum is whole, and no person is told apart', () => {
    const some = fc.array(fc.tuple(fc.boolean(), fc.nat(6), fc.bigInt(1n, 1_000n)), {
      minLength: 1,
      maxLength: 20,
    })
    fc.assert(
      fc.property(some, all => {
        const answers = all.map(([person, which, cost]) =>
          answered(person ? personal(which) : of(`s${which}`), cost),
        )
        const {answers: shown, rest, withheld} = behindOf({answers}, people)
        const whole = answers.reduce((sum, {cost}) => sum + cost, 0n)
        const listed = shown.reduce((sum, {cost}) => sum + cost, 0n)
        if (!withheld) expect(listed + (rest?.cost ?? 0n)).toBe(whole)
        expect(
          JSON.stringify(shown, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
        ).not.toMatch(/\bp\d\b/)
        const crowd = new Set(all.filter(([person]) => person).map(([, which]) => which)).size
        const others = new Set(all.filter(([person]) => !person).map(([, which]) => which)).size
        if (rest !== null && crowd > 0 && crowd < 5) expect(others - shown.length).toBeGreaterThan(0)
      }),
    )
  })
})
