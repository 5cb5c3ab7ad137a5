import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {anyUsd, parseUsd} from '../../src/model/money.ts'
import {anyTime, parseTime} from '../../src/model/time.ts'

const digits = (maxLength: number) => fc.stringMatching(new RegExp(`^\\d{0,${maxLength}}$`))

describe('the short ways agree with the careful ones', () => {
  test('amounts', () => {
    const amount = fc.oneof(
      fc.tuple(digits(12), fc.constantFrom('', '.'), digits(12)).map(parts => parts.join('')),
      fc.double().map(String),
      fc.constantFrom(
        '',
        '.',
        '1..2',
        '-1',
        '+1',
        '1e3',
        ' 1',
        '1,5',
        '999999.999999999',
        '1000000.0',
        '00000001',
      ),
    )
    fc.assert(
      fc.property(amount, text => void expect(parseUsd(text)).toBe(anyUsd(text))),
      {numRuns: 5000},
    )
  })

  test('times', () => {
    const part = (most: number) =>
      fc.integer({min: 0, max: most}).map(value => String(value).padStart(2, '0'))
    const time = fc
      .tuple(
        fc.integer({min: 1990, max: 2110}),
        ...[13, 32, 25, 61, 61].map(part),
        fc.constantFrom('-', '/'),
        fc.constantFrom('T', ' ', 't', ''),
        fc.option(digits(10), {nil: null}),
        fc.constantFrom('', 'Z', 'z', '+02:00', ' UTC', 'ZZ'),
      )
      .map(
        ([year, month, day, hour, minute, second, dash, between, fraction, zone]) =>
          `${year}-${month}${dash}${day}${between}${hour}:${minute}:${second}${fraction === null ? '' : `.${fraction}`}${zone}`,
      )
    fc.assert(
      fc.property(time, text => void expect(parseTime(text)).toBe(anyTime(text))),
      {numRuns: 5000},
    )
  })
})
