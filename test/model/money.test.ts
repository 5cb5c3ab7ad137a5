import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {
  allocate,
  Carry,
  formatUsd,
  NANOS_PER_USD,
  parseCents,
  parseUsd,
  showUsd,
  type Weighted,
} from '../../src/model/money.ts'

describe('what is written is read digit by digit', () => {
  test.each([
    ['0', 0n],
    ['12.50', 12_500_000_000n],
    ['-4', -4_000_000_000n],
    ['+0.01', 10_000_000n],
    ['.5', 500_000_000n],
    ['5.', 5_000_000_000n],
    [' 1.5\t', 1_500_000_000n],
    ['35.2E-7', 3520n],
    ['1e3', 1_000_000_000_000n],
    ['1E+3', 1_000_000_000_000n],
    ['-1e-9', -1n],
    ['0.1', 100_000_000n],
    ['0.000000001', 1n],
    ['9007199.254740993', 9_007_199_254_740_993n],
    ['123456789012345678901234567890.000000001', 123_456_789_012_345_678_901_234_567_890_000_000_001n],
    // Half to even, once: the thirty decimals decide, not the tenth alone.
    ['0.0000000005', 0n],
    ['0.0000000015', 2n],
    ['0.0000000025', 2n],
    ['0.000000000500000000000000000001', 1n],
    ['0.000000000499999999999999999999', 0n],
    ['-0.0000000005', 0n],
    ['-0.0000000015', -2n],
    ['1e-400', 0n],
  ])('%j is %s nano-dollars', (text, nanos) => expect(parseUsd(text)).toBe(nanos))

  test.each([
    '',
    ' ',
    '.',
    '-',
    'e5',
    '1,200.50',
    '12,50',
    '$5',
    '5 USD',
    'NaN',
    'Infinity',
    '0x10',
    '1e',
    '1.2.3',
    '--1',
    '1 2',
    '٣',
    '1e9999',
    'null',
    '1_000',
  ])('%j is not a decimal', text => {
    expect(parseUsd(text)).toBeNull()
    expect(parseCents(text)).toBeNull()
    expect(new Carry().usd(text)).toBeNull()
    expect(new Carry().cents(text)).toBeNull()
  })

  test.each([
    ['42.10250', 421_025_000n],
    ['1', 10_000_000n],
    ['0.0000001', 1n],
    ['35.2E-7', 35n],
    ['0.00000015', 2n],
    ['0.00000025', 2n],
  ])('%j cents are %s nano-dollars', (text, nanos) => expect(parseCents(text)).toBe(nanos))
})

/** A decimal as text with its exact value times 10^30. */
const decimal = fc
  .record({
    digits: fc.bigInt({min: 0n, max: 10n ** 36n}),
    places: fc.integer({min: 0, max: 30}),
    negative: fc.boolean(),
    exponent: fc.integer({min: -6, max: 6}),
    style: fc.constantFrom('plain', 'e', 'E'),
  })
  .map(({digits, places, negative, exponent, style}) => {
    const padded = digits.toString().padStart(places + 1, '0')
    const plain = places === 0 ? padded : `${padded.slice(0, -places)}.${padded.slice(-places)}`
    const shift = style === 'plain' ? 0 : exponent
    return {
      text: `${negative ? '-' : ''}${plain}${style === 'plain' ? '' : `${style}${shift}`}`,
      // Times 10^36, so that six places more than thirty stay whole.
      exact: (negative ? -digits : digits) * 10n ** BigInt(36 - places + shift),
    }
  })

const EXACT_PER_NANO = 10n ** 27n

/** Half to even by another road than the code's: compares twice the distance to the floor. */
function nearest(exact: bigint, unit: bigint): bigint {
  const floor = exact >= 0n || exact % unit === 0n ? exact / unit : exact / unit - 1n
  const above = 2n * (exact - floor * unit)
  return above < unit || (above === unit && floor % 2n === 0n) ? floor : floor + 1n
}

describe('any decimal', () => {
  test('in dollars is the nearest nano-dollar, ties to even', () =>
    fc.assert(fc.property(decimal, ({text, exact}) => parseUsd(text) === nearest(exact, EXACT_PER_NANO))))

  test('in cents is a hundredth of it', () =>
    fc.assert(
      fc.property(decimal, ({text, exact}) => parseCents(text) === nearest(exact, EXACT_PER_NANO * 100n)),
    ))

  test('and its negative are the same amount', () =>
    fc.assert(
      fc.property(decimal, ({text}) => {
        const flipped = text.startsWith('-') ? text.slice(1) : `-${text}`
        return parseUsd(text) === -parseUsd(flipped)!
      }),
    ))
})

describe('a file’s amounts sum to the rounded exact sum', () => {
  test.each([
    ['usd', EXACT_PER_NANO],
    ['cents', EXACT_PER_NANO * 100n],
  ] as const)('%s', (unit, per) => {
    fc.assert(
      fc.property(fc.array(decimal, {maxLength: 40}), amounts => {
        const carry = new Carry()
        const given = amounts.reduce((sum, {text}) => sum + carry[unit](text)!, 0n)
        return (
          given ===
          nearest(
            amounts.reduce((sum, {exact}) => sum + exact, 0n),
            per,
          )
        )
      }),
    )
  })

  test('and after every row, so that a file cut anywhere is right too', () =>
    fc.assert(
      fc.property(fc.array(decimal, {maxLength: 20}), amounts => {
        const carry = new Carry()
        let given = 0n
        let exact = 0n
        return amounts.every(amount => {
          given += carry.usd(amount.text)!
          exact += amount.exact
          return given === nearest(exact, EXACT_PER_NANO)
        })
      }),
    ))

  test('thirty decimals decide a tie', () => {
    const carry = new Carry()
    expect([carry.usd('0.0000000005'), carry.usd('0.000000000000000000000000000001')]).toEqual([0n, 1n])
  })

  test('a text that is no decimal leaves the sum alone', () => {
    const carry = new Carry()
    expect([carry.usd('0.0000000004'), carry.usd('x'), carry.usd('0.0000000004')]).toEqual([0n, null, 1n])
  })
})

describe('written out', () => {
  test.each([
    [0n, '0.00'],
    [1n, '0.000000001'],
    [1_500_000_000n, '1.50'],
    [-3_000_000_000n, '-3.00'],
    [-1n, '-0.000000001'],
    [1_234_000_000n, '1.234'],
    [10_000_000n, '0.01'],
    [10n ** 30n, '1000000000000000000000.00'],
  ])('%s is %j', (nanos, text) => expect(formatUsd(nanos)).toBe(text))

  test('and read again it is the same', () =>
    fc.assert(
      fc.property(fc.bigInt({min: -(10n ** 25n), max: 10n ** 25n}), nanos => {
        const text = formatUsd(nanos)
        return parseUsd(text) === nanos && /^-?\d+\.\d\d(\d{0,6}[1-9])?$/.test(text)
      }),
    ))
})

describe('for people', () => {
  test.each([
    [0n, '$0.00'],
    [42_810_200_000_000n, '$42,810.20'],
    [1_234_567_890_000_000_000n, '$1,234,567,890.00'],
    [999_995_000_000n, '$1,000.00'],
    [1_005_000_000n, '$1.00'],
    [1_015_000_000n, '$1.02'],
    [4_999_999n, '$0.004999999'],
    [5_000_000n, '$0.005'],
    [5_000_001n, '$0.01'],
    [-12_340_000_000n, '-$12.34'],
    [-1n, '-$0.000000001'],
  ])('%s is %j', (nanos, text) => expect(showUsd(nanos)).toBe(text))

  test('what is shown is within half a cent, and nothing that is something reads as nothing', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.bigInt({min: -20n, max: 20n}).map(times => times * 1_000_000n),
          fc.bigInt({min: -(10n ** 18n), max: 10n ** 18n}),
        ),
        nanos => {
          const read = parseUsd(showUsd(nanos).replace(/[$,]/g, ''))!
          const away = read > nanos ? read - nanos : nanos - read
          return away <= 5_000_000n && (nanos === 0n || read !== 0n)
        },
      ),
    ))
})

const weighted = (min: number): fc.Arbitrary<Weighted[]> =>
  fc.uniqueArray(
    fc.record({
      key: fc.string({maxLength: 4}),
      weight: fc.oneof(fc.bigInt({min: 0n, max: 5n}), fc.bigInt({min: 0n, max: 10n ** 20n})),
    }),
    {selector: ({key}) => key, minLength: min, maxLength: 12},
  )
const total = fc.oneof(fc.bigInt({min: -50n, max: 50n}), fc.bigInt({min: -(10n ** 24n), max: 10n ** 24n}))

describe('allocate', () => {
  test.each([
    [
      'thirds',
      100n,
      [
        ['a', 1n],
        ['b', 2n],
      ],
      [33n, 67n],
    ],
    [
      'a tie goes to the first key, not the first place',
      1n,
      [
        ['b', 1n],
        ['a', 1n],
      ],
      [0n, 1n],
    ],
    [
      'two left over go to the first two keys',
      5n,
      [
        ['c', 1n],
        ['a', 1n],
        ['b', 1n],
      ],
      [1n, 2n, 2n],
    ],
    [
      'all weights zero is equal shares',
      4n,
      [
        ['b', 0n],
        ['a', 0n],
        ['c', 0n],
      ],
      [1n, 2n, 1n],
    ],
    [
      'no weight, no share',
      7n,
      [
        ['a', 0n],
        ['b', 3n],
      ],
      [0n, 7n],
    ],
    [
      'a credit splits like a charge',
      -100n,
      [
        ['a', 1n],
        ['b', 2n],
      ],
      [-33n, -67n],
    ],
    [
      'nothing to split',
      0n,
      [
        ['a', 1n],
        ['b', 2n],
      ],
      [0n, 0n],
    ],
    [
      'keys compare as text',
      1n,
      [
        ['10', 1n],
        ['9', 1n],
      ],
      [1n, 0n],
    ],
  ] as const)('%s', (_, sum, parts, shares) => {
    expect(
      allocate(
        sum,
        parts.map(([key, weight]) => ({key, weight})),
      ),
    ).toEqual(shares)
  })

  test.each([
    ['nothing', [], 'allocate: nothing to split over'],
    [
      'a negative weight',
      [
        ['a', -1n],
        ['b', 2n],
      ],
      'allocate: a weight is negative',
    ],
    [
      'weights that cancel out',
      [
        ['a', -1n],
        ['b', 1n],
      ],
      'allocate: a weight is negative',
    ],
  ] as const)('refuses %s', (_, parts, message) => {
    expect(() =>
      allocate(
        1n,
        parts.map(([key, weight]) => ({key, weight})),
      ),
    ).toThrow(message)
  })

  test('parts sum to the total exactly', () =>
    fc.assert(
      fc.property(
        total,
        weighted(1),
        (sum, parts) => allocate(sum, parts).reduce((all, part) => all + part, 0n) === sum,
      ),
    ))

  test('who gets what does not depend on the order of the parts', () =>
    fc.assert(
      fc.property(
        total,
        weighted(1).chain(parts =>
          fc.tuple(fc.constant(parts), fc.shuffledSubarray(parts, {minLength: parts.length})),
        ),
        (sum, [parts, shuffled]) => {
          const shares = new Map(allocate(sum, parts).map((share, index) => [parts[index]!.key, share]))
          return allocate(sum, shuffled).every((share, index) => share === shares.get(shuffled[index]!.key))
        },
      ),
    ))

  test('every part is within one of its exact share', () =>
    fc.assert(
      fc.property(total, weighted(1), (sum, parts) => {
        const all = parts.reduce((whole, {weight}) => whole + weight, 0n)
        return allocate(sum, parts).every((share, index) => {
          const [weight, whole] = all === 0n ? [1n, BigInt(parts.length)] : [parts[index]!.weight, all]
          const away = share * whole - sum * weight
          return away < whole && away > -whole
        })
      }),
    ))

  test('a credit is a charge with its sign turned', () =>
    fc.assert(
      fc.property(total, weighted(1), (sum, parts) => {
        const credit = allocate(-sum, parts)
        return allocate(sum, parts).every((share, index) => share === -credit[index]!)
      }),
    ))

  test('equal weights: the units left over go by key', () =>
    fc.assert(
      fc.property(
        fc.bigInt({min: 0n, max: 1000n}),
        weighted(1),
        fc.bigInt({min: 1n, max: 9n}),
        (sum, some, weight) => {
          const parts = some.map(({key}) => ({key, weight}))
          const shares = allocate(sum, parts).map((share, index) => ({share, key: parts[index]!.key}))
          const byKey = shares.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({share}) => share)
          return byKey.every((share, index) => index === 0 || share <= byKey[index - 1]!)
        },
      ),
    ))
})

test('a dollar is a thousand million nano-dollars', () => expect(NANOS_PER_USD).toBe(parseUsd('1')))
