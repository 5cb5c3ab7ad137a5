/**
 * Where the named fields of one line of JSON stand. The line is checked and its values are found, but none is made: a log's
 * prompts and answers, most of its bytes, never become text. `JSON.parse` is the oracle: a line is read here exactly when it
 * would parse it as an object, and each field is where its value is (`test/connectors/json-line.test.ts`).
 */

const Byte = {
  Quote: 0x22,
  Plus: 0x2b,
  Comma: 0x2c,
  Minus: 0x2d,
  Dot: 0x2e,
  Zero: 0x30,
  Nine: 0x39,
  Colon: 0x3a,
  OpenBracket: 0x5b,
  Backslash: 0x5c,
  CloseBracket: 0x5d,
  E: 0x65,
  F: 0x66,
  N: 0x6e,
  T: 0x74,
  U: 0x75,
  OpenBrace: 0x7b,
  CloseBrace: 0x7d,
} as const

/** Deeper nesting is left to `JSON.parse`. */
const MOST_NESTED = 64
const SLOTS = 256
/** Not found; not there. */
export const NONE = -1

/** Finds a fixed list of names, ASCII and not empty. */
export class JsonFields {
  /** By number of the name: where its value starts, and past its end; `NONE` where it has none. */
  readonly from: Int32Array
  readonly to: Int32Array
  readonly #names: readonly Uint8Array[]
  /** Names by a few of their bytes: the first of a chain, and for each the next. */
  readonly #heads = new Int8Array(SLOTS).fill(NONE)
  readonly #next: Int8Array

  constructor(names: readonly string[]) {
    this.from = new Int32Array(names.length)
    this.to = new Int32Array(names.length)
    this.#next = new Int8Array(names.length)
    this.#names = names.map(name => new TextEncoder().encode(name))
    for (const [number, name] of this.#names.entries()) {
      const slot = slotOf(name, 0, name.length)
      this.#next[number] = this.#heads[slot]!
      this.#heads[slot] = number
    }
  }

  /** Reads the object that starts at a place; past its end, or `NONE` where none starts, or none that ends before `end`. */
  read(bytes: Uint8Array, start: number, end: number): number {
    const {from, to} = this
    from.fill(NONE)
    if (start >= end || bytes[start] !== Byte.OpenBrace) return NONE
    let at = blanks(bytes, start + 1, end)
    if (at < end && bytes[at] === Byte.CloseBrace) return at + 1
    for (;;) {
      if (at >= end || bytes[at] !== Byte.Quote) return NONE
      const name = at + 1
      for (at = name; at < end && bytes[at] !== Byte.Quote; at++)
        // An escaped name may be one of ours written otherwise.
        if (bytes[at] === Byte.Backslash || bytes[at]! < 0x20) return NONE
      const number = this.#numberOf(bytes, name, at)
      if (bytes[++at] !== Byte.Colon) at = blanks(bytes, at, end)
      if (at >= end || bytes[at] !== Byte.Colon) return NONE
      if (bytes[++at]! <= 0x20) at = blanks(bytes, at, end)
      const value = at
      at = bytes[at] === Byte.Quote ? stringEnd(bytes, at + 1, end) : valueEnd(bytes, at, end, 0)
      if (at === NONE) return NONE
      // Of a name that stands twice the last one holds.
      if (number !== NONE) {
        from[number] = value
        to[number] = at
      }
      if (bytes[at]! <= 0x20) at = blanks(bytes, at, end)
      if (at >= end) return NONE
      if (bytes[at] !== Byte.Comma) return bytes[at] === Byte.CloseBrace ? at + 1 : NONE
      if (bytes[++at] !== Byte.Quote) at = blanks(bytes, at, end)
    }
  }

  /** Reads a whole line: an object and blanks, nothing else. */
  readLine(bytes: Uint8Array, start: number, end: number): boolean {
    const after = this.read(bytes, blanks(bytes, start, end), end)
    return after !== NONE && blanks(bytes, after, end) === end
  }

  #numberOf(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from
    for (let number = this.#heads[slotOf(bytes, from, to)]!; number !== NONE; number = this.#next[number]!) {
      const name = this.#names[number]!
      if (name.length !== length) continue
      let at = 0
      while (at < length && name[at] === bytes[from + at]) at++
      if (at === length) return number
    }
    return NONE
  }
}

const slotOf = (bytes: Uint8Array, from: number, to: number): number =>
  ((to - from) * 37 + bytes[from]! * 7 + bytes[to - 1]! * 131 + bytes[(from + to) >> 1]! * 11) & (SLOTS - 1)

/** Past the blanks at a place. A carriage return before the end of a line is one. */
const blanks = (bytes: Uint8Array, at: number, end: number): number =>
  at < end && bytes[at]! <= 0x20 ? blanksEnd(bytes, at, end) : at

function blanksEnd(bytes: Uint8Array, at: number, end: number): number {
  let next = at
  while (next < end && BLANK[bytes[next]!] === 1) next++
  return next
}

const BLANK = Uint8Array.from({length: 256}, (_, byte) =>
  ' \t\r\n'.includes(String.fromCharCode(byte)) ? 1 : 0,
)

/** Past the quote that ends the string whose first character is given; `NONE` where it is not a string of JSON. */
function stringEnd(bytes: Uint8Array, first: number, end: number): number {
  for (let at = first; at < end; at++) {
    const byte = bytes[at]!
    if (byte === Byte.Quote) return at + 1
    if (byte < 0x20) return NONE
    if (byte === Byte.Backslash) {
      at = escapeEnd(bytes, at + 1, end)
      if (at === NONE) return NONE
    }
  }
  return NONE
}

/** Its last byte, for what follows a backslash. */
function escapeEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return NONE
  if (bytes[at] !== Byte.U) return SINGLE_ESCAPE[bytes[at]!] === 1 ? at : NONE
  for (let digit = at + 1; digit <= at + 4; digit++)
    if (digit >= end || !/[0-9a-f]/i.test(String.fromCharCode(bytes[digit]!))) return NONE
  return at + 4
}

const SINGLE_ESCAPE = Uint8Array.from({length: 256}, (_, byte) =>
  '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
)

/** Past the value at a place; `NONE` where there is none. */
function valueEnd(bytes: Uint8Array, at: number, end: number, depth: number): number {
  if (at >= end) return NONE
  switch (bytes[at]!) {
    case Byte.Quote:
      return stringEnd(bytes, at + 1, end)
    case Byte.OpenBrace:
    case Byte.OpenBracket:
      return depth < MOST_NESTED ? nestedEnd(bytes, at, end, depth + 1) : NONE
    case Byte.T:
      return wordEnd(bytes, at, end, 'true')
    case Byte.F:
      return wordEnd(bytes, at, end, 'false')
    case Byte.N:
      return wordEnd(bytes, at, end, 'null')
    default:
      return numberEnd(bytes, at, end)
  }
}

function nestedEnd(bytes: Uint8Array, start: number, end: number, depth: number): number {
  const isObject = bytes[start] === Byte.OpenBrace
  const close = isObject ? Byte.CloseBrace : Byte.CloseBracket
  let at = blanks(bytes, start + 1, end)
  if (at < end && bytes[at] === close) return at + 1
  for (;;) {
    if (isObject) {
      if (at >= end || bytes[at] !== Byte.Quote) return NONE
      at = stringEnd(bytes, at + 1, end)
      if (at === NONE) return NONE
      at = blanks(bytes, at, end)
      if (at >= end || bytes[at] !== Byte.Colon) return NONE
      at = blanks(bytes, at + 1, end)
    }
    at = valueEnd(bytes, at, end, depth)
    if (at === NONE) return NONE
    at = blanks(bytes, at, end)
    if (at >= end) return NONE
    if (bytes[at] === close) return at + 1
    if (bytes[at] !== Byte.Comma) return NONE
    at = blanks(bytes, at + 1, end)
  }
}

function wordEnd(bytes: Uint8Array, at: number, end: number, word: string): number {
  if (at + word.length > end) return NONE
  for (let index = 0; index < word.length; index++)
    if (bytes[at + index] !== word.charCodeAt(index)) return NONE
  return at + word.length
}

/** `-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?` */
function numberEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = bytes[start] === Byte.Minus ? start + 1 : start
  const whole = digitsEnd(bytes, at, end)
  if (whole === at || (bytes[at] === Byte.Zero && whole > at + 1)) return NONE
  at = whole
  if (at < end && bytes[at] === Byte.Dot) {
    const fraction = digitsEnd(bytes, at + 1, end)
    if (fraction === at + 1) return NONE
    at = fraction
  }
  if (at < end && (bytes[at]! | 0x20) === Byte.E) {
    at++
    if (at < end && (bytes[at] === Byte.Plus || bytes[at] === Byte.Minus)) at++
    const exponent = digitsEnd(bytes, at, end)
    if (exponent === at) return NONE
    at = exponent
  }
  return at
}

function digitsEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at]! >= Byte.Zero && bytes[at]! <= Byte.Nine) at++
  return at
}

/** Whether a value is `null`. */
export const isNull = (bytes: Uint8Array, from: number): boolean => bytes[from] === Byte.N

/** Whether a value is a string without escapes: what stands between its quotes is then what it says. */
export const isPlainString = (bytes: Uint8Array, from: number, to: number): boolean =>
  bytes[from] === Byte.Quote && isPlain(bytes, from + 1, to - 1)

function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === Byte.Backslash) return false
  return true
}

/** A whole number of up to fifteen digits, without sign; NaN for any other value. */
export function wholeNumber(bytes: Uint8Array, from: number, to: number): number {
  if (to - from > 15) return Number.NaN
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - Byte.Zero
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/**
 * An object at a value, or the one that a string there encodes: its bytes with the escapes taken off, in `scratch`. Null where
 * it is neither, or takes more than `\"` and `\\` to encode.
 */
export function decodedObject(
  bytes: Uint8Array,
  from: number,
  to: number,
  scratch: Uint8Array,
): {readonly bytes: Uint8Array; readonly from: number; readonly to: number} | null {
  if (bytes[from] === Byte.OpenBrace) return {bytes, from, to}
  if (bytes[from] !== Byte.Quote || to - from > scratch.length) return null
  let size = 0
  for (let at = from + 1; at < to - 1; at++) {
    let byte = bytes[at]!
    if (byte === Byte.Backslash) {
      byte = bytes[++at]!
      if (byte !== Byte.Quote && byte !== Byte.Backslash) return null
    }
    scratch[size++] = byte
  }
  return {bytes: scratch, from: 0, to: size}
}
