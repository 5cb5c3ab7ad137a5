/**
 * Money is a whole number of nano-dollars (10⁻⁹ USD): one cached token costs less than a micro-dollar.
 * One row fits a safe integer (to nine million dollars); a sum is a bigint. Floats never touch it.
 */
export type Nanos = bigint

export const NANOS_PER_USD = 1_000_000_000n
export const PPM = 1_000_000n

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/**
 * A decimal as written (`0.00123`, `35.2E-7`, `-4`), as an exact integer scaled by 10^scale with what is left
 * beyond that, or null when it is not a decimal. Thousands commas, signs of currency and `NaN` are not decimals.
 */
function scaled(text: string, scale: number): {digits: bigint; rest: bigint; restScale: bigint} | null {
  const match = DECIMAL.exec(text.trim())
  if (!match) return null
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return null
  const shift = scale + Number(exponent) - fraction.length
  const all = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n)
  if (shift >= 0) return {digits: all * 10n ** BigInt(shift), rest: 0n, restScale: 1n}
  const divisor = 10n ** BigInt(-shift)
  return {digits: all / divisor, rest: all % divisor, restScale: divisor}
}

function roundHalfEven(whole: bigint, rest: bigint, divisor: bigint): bigint {
  const twice = (rest < 0n ? -rest : rest) * 2n
  const up = twice > divisor || (twice === divisor && whole % 2n !== 0n)
  return up ? whole + (rest < 0n ? -1n : 1n) : whole
}

/** A fraction of an amount, rounded half to even once; `divisor` above nothing. */
export const fractionOf = (amount: Nanos, times: bigint, divisor: bigint): Nanos =>
  roundHalfEven((amount * times) / divisor, (amount * times) % divisor, divisor)

/** Dollars as written to nano-dollars, rounded half to even once; null when the text is not a decimal number. */
export function parseUsd(text: string): Nanos | null {
  return plainUsd(text) ?? anyUsd(text)
}

/** Plain digits below a million dollars with at most nine decimals: whole numbers below 10¹⁵, so exact; else undefined. */
function plainUsd(text: string): Nanos | undefined {
  let digits = 0
  let places = -1
  let nanos = 0
  if (text.length > 16) return undefined
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit >= 0 && digit <= 9) {
      nanos = nanos * 10 + digit
      digits++
      if (places >= 0) places++
    } else if (digit === -2 && places < 0) places = 0
    else return undefined
  }
  const scale = 9 - Math.max(places, 0)
  return digits > 0 && scale >= 0 && digits + scale <= 15 ? BigInt(nanos * 10 ** scale) : undefined
}

/**
 * Dollars as written among bytes of ASCII (`0.00123`, `3.1200000000000003e-05`) to nano-dollars, rounded half to even once. NaN for
 * what `parseUsd` has to read: signs, amounts past a million dollars, anything that is no decimal. Whole numbers below 2⁵³ only.
 */
export function plainNanos(bytes: Uint8Array, from: number, to: number): number {
  let digits = 0
  let held = 0
  let places = 0
  let seen = 0
  let point = false
  let rest = false
  let at = from
  for (; at < to; at++) {
    const digit = bytes[at]! - 48
    if (digit >= 0 && digit <= 9) {
      seen++
      if (point) places++
      if (held < 15) {
        digits = digits * 10 + digit
        if (digits > 0) held++
      } else {
        // Past fifteen digits only whether there is more can matter.
        places--
        rest ||= digit > 0
      }
    } else if (digit === -2 && !point) point = true
    else break
  }
  if (seen === 0) return Number.NaN
  let exponent = 0
  if (at < to) {
    if ((bytes[at]! | 0x20) !== 0x65 || bytes[at + 1] !== 45 || to - at < 3 || to - at > 5) return Number.NaN
    for (at += 2; at < to; at++) {
      const digit = bytes[at]! - 48
      if (digit < 0 || digit > 9) return Number.NaN
      exponent = exponent * 10 + digit
    }
  }
  const shift = 9 - places - exponent
  if (shift >= 0) return rest || held + shift > 15 ? Number.NaN : digits * 10 ** shift
  if (shift < -15) return 0
  const divisor = 10 ** -shift
  const over = digits % divisor
  const whole = (digits - over) / divisor
  const up = over * 2 > divisor || (over * 2 === divisor && (rest || whole % 2 === 1))
  return up ? whole + 1 : whole
}

/** `parseUsd` for every way of writing a decimal. */
export function anyUsd(text: string): Nanos | null {
  const parts = scaled(text, 9)
  return parts && roundHalfEven(parts.digits, parts.rest, parts.restScale)
}

/** Cents as written (`"42.10250"` is $0.421025) to nano-dollars; null when the text is not a decimal number. */
export function parseCents(text: string): Nanos | null {
  const parts = scaled(text, 7)
  return parts && roundHalfEven(parts.digits, parts.rest, parts.restScale)
}

const CARRY_SCALE = 40

/**
 * Reads the amounts of one file so that their nano-dollars sum to the rounded exact sum: what one row cannot hold
 * is carried to the next. A bill of 200 rows of 10⁻¹¹ dollars still ends right to the last digit.
 *
 * @example const carry = new Carry(); carry.usd('0.0000000004'); carry.usd('0.0000000004') // 0n, then 1n
 */
export class Carry {
  #exact = 0n
  #given = 0n

  usd(text: string): Nanos | null {
    const parts = scaled(text, CARRY_SCALE)
    return parts && this.#take(roundHalfEven(parts.digits, parts.rest, parts.restScale))
  }

  cents(text: string): Nanos | null {
    const parts = scaled(text, CARRY_SCALE - 2)
    return parts && this.#take(roundHalfEven(parts.digits, parts.rest, parts.restScale))
  }

  /**
   * The sum of several amounts, as a charge and its credits are, over an exchange rate: units of the currency a dollar.
   * Null when one of them is not a decimal number or the rate is not above nothing.
   */
  net(amounts: readonly string[], rate = '1'): Nanos | null {
    const divisor = scaled(rate, CARRY_SCALE)
    let sum = 0n
    for (const text of amounts) {
      const parts = scaled(text, CARRY_SCALE)
      if (parts === null) return null
      sum += roundHalfEven(parts.digits, parts.rest, parts.restScale)
    }
    if (divisor === null || divisor.digits <= 0n) return null
    const exact = sum * 10n ** BigInt(CARRY_SCALE)
    return this.#take(roundHalfEven(exact / divisor.digits, exact % divisor.digits, divisor.digits))
  }

  #take(exact: bigint): Nanos {
    const unit = 10n ** BigInt(CARRY_SCALE - 9)
    this.#exact += exact
    const total = roundHalfEven(this.#exact / unit, this.#exact % unit, unit)
    const nanos = total - this.#given
    this.#given = total
    return nanos
  }
}

/** Nano-dollars as the shortest exact decimal with at least two places: `1.50`, `0.000000001`, `-3.00`. */
export function formatUsd(nanos: Nanos): string {
  const sign = nanos < 0n ? '-' : ''
  const abs = nanos < 0n ? -nanos : nanos
  const fraction = (abs % NANOS_PER_USD)
    .toString()
    .padStart(9, '0')
    .replace(/0{1,7}$/, '')
  return `${sign}${abs / NANOS_PER_USD}.${fraction}`
}

/** Nano-dollars for people: `$42,810.20`, cents rounded half to even; what would read as nothing, as many places as it takes. */
export function showUsd(nanos: Nanos): string {
  const sign = nanos < 0n ? '-' : ''
  const abs = nanos < 0n ? -nanos : nanos
  if (abs > 0n && abs <= 5_000_000n) return `${sign}$${formatUsd(abs)}`
  const cents = roundHalfEven(abs / 10_000_000n, abs % 10_000_000n, 10_000_000n)
  const whole = (cents / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}$${whole}.${(cents % 100n).toString().padStart(2, '0')}`
}

/** Nano-dollars for people who add up: exact, thousands set apart: `$3,104.200000001`. */
export function showExactUsd(nanos: Nanos): string {
  const [whole = '', fraction] = formatUsd(nanos < 0n ? -nanos : nanos).split('.')
  return `${nanos < 0n ? '-' : ''}$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`
}

export interface Weighted {
  readonly key: string
  readonly weight: bigint
}

/**
 * Splits a whole number over weights by largest remainder, ties by key: the parts sum to `total` exactly and
 * keep the order given. Weights must not be negative; when all are zero the split is equal.
 *
 * @example allocate(100n, [{key: 'a', weight: 1n}, {key: 'b', weight: 2n}]) // [33n, 67n]
 */
export function allocate(total: bigint, parts: readonly Weighted[]): bigint[] {
  if (parts.length === 0) throw new RangeError('allocate: nothing to split over')
  if (parts.some(part => part.weight < 0n)) throw new RangeError('allocate: a weight is negative')
  const given = parts.reduce((sum, part) => sum + part.weight, 0n)
  const weights = given === 0n ? parts.map(() => 1n) : parts.map(part => part.weight)
  const divisor = given === 0n ? BigInt(parts.length) : given
  const sign = total < 0n ? -1n : 1n
  const abs = total * sign
  const shares = weights.map(weight => (abs * weight) / divisor)
  let left = abs - shares.reduce((sum, share) => sum + share, 0n)
  const order = parts
    .map((part, index) => ({index, key: part.key, rest: (abs * weights[index]!) % divisor}))
    .sort((a, b) =>
      a.rest === b.rest
        ? a.key < b.key
          ? -1
          : a.key > b.key
            ? 1
            : a.index - b.index
        : a.rest > b.rest
          ? -1
          : 1,
    )
  for (const {index} of order) {
    if (left === 0n) break
    shares[index]! += 1n
    left -= 1n
  }
  return shares.map(share => share * sign)
}
