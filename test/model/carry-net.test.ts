import fc from 'fast-check'
import {expect, test} from 'vitest'
import {Carry} from '../../src/model/money.ts'

test.each([
  [['0.5825', '-0.0825'], '1', 500_000_000n],
  [['10', '-2'], '0.8', 10_000_000_000n],
  [['1'], '3', 333_333_333n],
  [['3e-05'], '1.0', 30_000n],
  [['-4'], '1', -4_000_000_000n],
  [['12,5'], '1', null],
  [['1', ''], '1', null],
  [['1'], '0', null],
  [['1'], '-1', null],
  [['1'], 'par', null],
] as const)('%j over %s is %s', (amounts, rate, nanos) => expect(new Carry().net(amounts, rate)).toBe(nanos))

test('what one row cannot hold the next one does', () => {
  const carry = new Carry()
  expect([1, 2, 3].map(() => carry.net(['1'], '3'))).toEqual([333_333_333n, 333_333_334n, 333_333_333n])
})

test('a charge and its credits are their sum, whatever their order', () =>
  fc.assert(
    fc.property(fc.array(fc.integer({min: -1_000_000, max: 1_000_000}), {minLength: 1}), micros => {
      const texts = micros.map(micro => `${micro}e-6`)
      const sum = BigInt(micros.reduce((total, micro) => total + micro, 0)) * 1000n
      expect(new Carry().net(texts)).toBe(sum)
      expect(new Carry().net(texts.toReversed())).toBe(sum)
    }),
  ))
