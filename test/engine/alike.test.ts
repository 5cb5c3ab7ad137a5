import fc from 'fast-check'
import {expect, test} from 'vitest'
import {Alike} from '../../src/engine/alike.ts'
import {Rarity} from '../../src/engine/names.ts'

const word = fc.constantFrom(
  ...['checkout', 'chkout', 'check', 'pay', 'payments', 'cx', 'customer', 'experience', 'x', 'svc', 'mlo'],
  ...['machine', 'learning', 'operations', 'core', 'crm', 'a', 'ab', 'abacus', 'é', '7'],
)
const name = fc.array(word, {minLength: 1, maxLength: 4})

test('whatever is alike at all is among those compared, once and in order', () =>
  fc.assert(
    fc.property(
      fc.array(fc.array(name, {minLength: 1, maxLength: 2}), {maxLength: 12}),
      name,
      (items, asked) => {
        const rarity = new Rarity(items.map(([first]) => first!))
        const indexes = items.map((_, index) => index)
        const found = [...new Alike(indexes, index => items[index]!).to(asked)]
        const alike = indexes.filter(index =>
          items[index]!.some(words => rarity.likeness(asked, words).score > 0),
        )
        expect(found).toEqual([...new Set(found)].sort((a, b) => a - b))
        expect(alike.filter(index => !found.includes(index))).toEqual([])
      },
    ),
    {numRuns: 2_000},
  ))

test('what shares nothing is not compared', () => {
  const names = [['chat', 'api'], ['customer', 'experience'], ['ledger']]
  const alike = new Alike(names, words => [words])
  expect([...alike.to(['cx'])]).toEqual([])
  expect([...alike.to(['ce'])]).toEqual([['customer', 'experience']])
  expect([...alike.to(['lgr'])]).toEqual([['ledger']])
})
