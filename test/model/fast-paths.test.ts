import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {anyUsd, parseUsd, plainNanos} from '../../src/model/money.ts'
import {anyTime, parseTime, plainTimeAt} from '../../src/model/time.ts'

const digits = (maxLength: number) => fc.stringMatching(new RegExp(`^\\d{0,${maxLength}}$`))

describe('the short ways agree with the careful ones', () => {
  test('amounts', () => {
    const amount = fc.oneof(
      fc.tuple(digits(12), fc.constantFrom('', '.'), digits(12)).map(parts => parts.join('')),
      fc.double().map(String),
      // As Python writes what a call costs.
      fc.double({min: 0, max: 1, noNaN: true}).map(value => value.toExponential()),
      fc
        .tuple(fc.bigInt({min: 0n, max: 10n ** 18n}), fc.integer({min: 0, max: 30}))
        .map(([value, places]) => `${value}e-${places}`),
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
      fc.property(amount, text => {
        expect(parseUsd(text)).toBe(anyUsd(text))
        const nanos = plainNanos(Buffer.from(text), 0, text.length)
        if (!Number.isNaN(nanos)) expect(BigInt(nanos)).toBe(anyUsd(text))
      }),
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
      fc.property(time, text => {
        expect(parseTime(text)).toBe(anyTime(text))
        const at = plainTimeAt(Buffer.from(text), 0, text.length)
        if (!Number.isNaN(at)) expect(at).toBe(anyTime(text))
      }),
      {numRuns: 5000},
    )
  })

  test('what logs are full of takes the short way', () => {
    const short = (text: string) => [
      plainNanos(Buffer.from(text), 0, text.length),
      plainTimeAt(Buffer.from(text), 0, text.length),
    ]
    expect(short('0.00123')[0]).toBe(1_230_000)
    expect(short('3.1200000000000003e-05')[0]).toBe(31_200)
    expect(short('0.0000000005')[0]).toBe(0)
    expect(short('0.00000000050000000000001')[0]).toBe(1)
    expect(short('2026-09-30T10:22:31.120000Z')[1]).toBe(Date.UTC(2026, 8, 30, 10, 22, 31, 120))
    expect(short('2026-10-31 10:22:31')[1]).toBe(Date.UTC(2026, 9, 31, 10, 22, 31))
  })
})
