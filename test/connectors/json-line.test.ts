import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {decodedObject, isPlainString, JsonFields, NONE, wholeNumber} from '../../src/connectors/json-line.ts'

const NAMES = ['id', 'spend', 'metadata', 'a']
const bytesOf = (text: string) => Buffer.from(text, 'latin1')

/** Reads a line both ways: null where it is refused, else each name's value. */
function byScan(line: string): {[name: string]: unknown} | null {
  const fields = new JsonFields(NAMES)
  // What stands behind the line must not be read.
  const bytes = bytesOf(`${line}"}]1`)
  if (!fields.readLine(bytes, 0, line.length)) return null
  return Object.fromEntries(
    NAMES.flatMap((name, number) =>
      fields.from[number] === NONE
        ? []
        : [[name, JSON.parse(line.slice(fields.from[number], fields.to[number]))]],
    ),
  )
}

function byParse(line: string): {[name: string]: unknown} | null {
  try {
    const value = JSON.parse(line) as {[name: string]: unknown}
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    return Object.fromEntries(
      NAMES.flatMap(name => (Object.hasOwn(value, name) ? [[name, value[name]]] : [])),
    )
  } catch {
    return null
  }
}

const ascii = fc.string({unit: 'binary-ascii', maxLength: 12})
const line = fc
  .dictionary(fc.oneof(fc.constantFrom(...NAMES), ascii), fc.jsonValue({stringUnit: 'binary-ascii'}), {
    maxKeys: 6,
    noNullPrototype: true,
  })
  .chain(value =>
    fc.constantFrom(JSON.stringify(value), JSON.stringify(value, null, ' ').replaceAll('\n', '\t')),
  )

describe('a line of JSON by its named fields', () => {
  test('says what JSON.parse says', () => {
    fc.assert(
      fc.property(line, text => {
        fc.pre(!Object.keys(JSON.parse(text) as object).some(key => JSON.stringify(key).includes('\\')))
        expect(byScan(text)).toEqual(byParse(text))
      }),
      {numRuns: 3000},
    )
  })

  test('a damaged line is refused where JSON.parse refuses it', () => {
    const damaged = fc.tuple(
      line,
      fc.nat(),
      fc.constantFrom('', '"', '\\', ',', '}', ']', '{', '0', 'e', '-', '.', '\u0001', 't', ' '),
    )
    fc.assert(
      fc.property(damaged, ([text, place, put]) => {
        const at = place % (text.length + 1)
        const broken = text.slice(0, at) + put + text.slice(at + 1)
        const [scanned, parsed] = [byScan(broken), byParse(broken)]
        // What is refused here is read by JSON.parse; what is taken must be what JSON.parse takes.
        if (scanned !== null) expect(scanned).toEqual(parsed)
        if (parsed === null) expect(scanned).toBeNull()
      }),
      {numRuns: 10_000},
    )
  })

  test.each([
    ['{"id":1,"id":2}', {id: 2}],
    ['{"id":-0.5e+3 , "a":[1,{"b":"]"}] }', {id: -500, a: [1, {b: ']'}]}],
    ['{"metadata":{"id":1},"":"x"}\r', {metadata: {id: 1}}],
    ['{}', {}],
    ['{"id":01}', null],
    ['{"id":1.}', null],
    ['{"id":+1}', null],
    ['{"id":tru}', null],
    ['{"id":"\\x"}', null],
    ['{"id":"\\u12g4"}', null],
    ['{"id":1,}', null],
    ['{"id":1', null],
    ['{"id":1}{}', null],
    ['[{"id":1}]', null],
    // An escaped name may be one of ours written otherwise: left to JSON.parse.
    ['{"i\\u0064":1}', null],
  ])('%s', (text, expected) => expect(byScan(text)).toEqual(expected))
})

test.each([
  ['123', 123],
  ['0', 0],
  ['999999999999999', 999_999_999_999_999],
  ['1000000000000000', Number.NaN],
  ['-1', Number.NaN],
  ['1.0', Number.NaN],
  ['"1"', Number.NaN],
])('whole number %s', (text, expected) => expect(wholeNumber(bytesOf(text), 0, text.length)).toBe(expected))

test.each([
  ['"abc"', true],
  ['"a\\"c"', false],
  ['12', false],
])('plain string %s', (text, expected) => expect(isPlainString(bytesOf(text), 0, text.length)).toBe(expected))

describe('an object that may be encoded as a string', () => {
  const read = (text: string, size = 100): string | null => {
    const found = decodedObject(bytesOf(text), 0, text.length, new Uint8Array(size))
    return found && Buffer.from(found.bytes.subarray(found.from, found.to)).toString('latin1')
  }
  test.each([
    ['{"a":1}', '{"a":1}'],
    [JSON.stringify('{"a":"b\\"c"}'), '{"a":"b\\"c"}'],
    [JSON.stringify('{"a":\n1}'), null],
    ['[1]', null],
    ['null', null],
  ])('%s', (text, expected) => expect(read(text)).toBe(expected))
  test('one longer than the scratch is refused', () => expect(read('"{}"', 3)).toBeNull())
})
