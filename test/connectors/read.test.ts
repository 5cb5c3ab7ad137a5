import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {gzipSync} from 'node:zlib'
import fc from 'fast-check'
import {afterAll, describe, expect, test} from 'vitest'
import type {Record as JsonRecord, Row, Source} from '../../src/connectors/connector.ts'
import {count} from '../../src/connectors/fields.ts'
import {listFiles} from '../../src/connectors/files.ts'
import {litellmSpend} from '../../src/connectors/litellm.ts'
import {openSource} from '../../src/connectors/read.ts'
import {UnreadableFile} from '../../src/connectors/unreadable-file.ts'
import type {Issue} from '../../src/model/fact.ts'

const home = mkdtempSync(join(tmpdir(), 'venturi-read-'))
afterAll(() => rmSync(home, {recursive: true, force: true}))

let files = 0
function write(name: string, content: string | Uint8Array): string {
  const file = join(home, String(files++), name)
  mkdirSync(dirname(file), {recursive: true})
  writeFileSync(file, content)
  return file
}
const source = (name: string, content: string | Uint8Array): Source => openSource(write(name, content), name)

/** `line value` or `line code`: what came out, one text an entry. */
const told = (found: Iterable<JsonRecord | Row | Issue>): string[] =>
  [...found].map(item =>
    'fact' in item
      ? `${item.line} ${item.code}`
      : `${item.line} ${JSON.stringify('row' in item ? item.row : item.value)}`,
  )
const records = (name: string, content: string | Uint8Array): string[] =>
  told(source(name, content).records())
const rows = (content: string | Uint8Array, name = 'a.csv'): string[] => told(source(name, content).rows())
const documents = (content: string): string[] => told(source('a.yaml', content).documents())
const utf16 = (text: string, mark: readonly number[]): Buffer => {
  const bytes = Buffer.from(text, 'utf16le')
  return Buffer.concat([Buffer.from(mark), mark[0] === 0xff ? bytes : bytes.swap16()])
}

describe('files cut short keep every whole entry, and say so', () => {
  test.each([
    ['[{"a":1},{"a":2},{"a":', ['1 {"a":1}', '1 {"a":2}', '1 bad-json']],
    ['[{"a":1},\n{"a":2},\n', ['1 {"a":1}', '2 {"a":2}', '3 bad-json']],
    ['[{"a":1},\n{"a":"x', ['1 {"a":1}', '2 bad-json']],
    ['{"data":[{"a":1},{"a":', ['1 bad-json']],
    ['{"a":1}\n{"a":2}\n{"a":', ['1 {"a":1}', '2 {"a":2}', '3 bad-json']],
    ['{"a":1}\n{"a":"half\n{"a":3}\n', ['1 {"a":1}', '2 bad-json', '3 {"a":3}']],
    ['[', ['1 bad-json']],
  ])('%j', (content, found) => expect(records('a.json', content)).toEqual(found))

  test('wherever a file of lines is cut', () => {
    const whole = Array.from({length: 6}, (_, id) => JSON.stringify({id})).join('\n')
    fc.assert(
      fc.property(fc.integer({min: 9, max: whole.length}), at => {
        const cut = whole.slice(0, at)
        const lines = cut.split('\n')
        const complete = lines.filter(line => line.endsWith('}')).length
        const found = records('a.jsonl', cut)
        const half = lines.at(-1) !== '' && !lines.at(-1)!.endsWith('}')
        return found.length === complete + (half ? 1 : 0) && found.at(-1)!.endsWith(' bad-json') === half
      }),
      {numRuns: 60},
    )
  })
})

describe('gzip', () => {
  const text = Array.from({length: 200}, (_, id) => JSON.stringify({id, of: `${id * 7919}`})).join('\n')
  const zipped = gzipSync(text)

  test('is known by its bytes, not by its name', () => {
    expect(records('a.jsonl', zipped)).toHaveLength(200)
    expect(records('a.jsonl.gz', text)).toHaveLength(200)
  })

  test('members in a row are one file', () =>
    expect(
      records('a.jsonl.gz', Buffer.concat([gzipSync('{"a":1}\n'), gzipSync(''), gzipSync('{"a":2}\n')])),
    ).toEqual(['1 {"a":1}', '2 {"a":2}']))

  test('cut anywhere it is refused: never fewer rows without a word', () => {
    for (let size = 2; size < zipped.length; size += size < 20 || size > zipped.length - 20 ? 1 : 97)
      expect(() => records('a.jsonl.gz', zipped.subarray(0, size)), `${size} bytes`).toThrow(UnreadableFile)
  })

  test('with any one bit turned it is refused, or reads the same', () => {
    fc.assert(
      fc.property(fc.integer({min: 2, max: zipped.length - 1}), fc.integer({min: 0, max: 7}), (at, bit) => {
        const damaged = Buffer.from(zipped)
        damaged[at]! ^= 1 << bit
        try {
          return records('a.jsonl.gz', damaged).length === 200
        } catch (error) {
          return error instanceof UnreadableFile
        }
      }),
      {numRuns: 60},
    )
  })

  test('a bomb is refused before it has unfolded', () => {
    const member = gzipSync(Buffer.alloc(8 << 20, `{"a":"${'x'.repeat(4000)}"}\n`))
    const file = write('bomb.jsonl.gz', Buffer.concat(Array.from({length: 100}, () => member)))
    const before = process.memoryUsage().arrayBuffers
    const read = () => {
      for (const _ of openSource(file, 'bomb.jsonl.gz').lines());
    }
    expect(read).toThrow('bomb.jsonl.gz grows more than 300 times when unzipped')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 << 20)
  })
})

describe('encodings', () => {
  test.each([
    ['a byte-order mark', Buffer.from('\uFEFF[{"a":"é"}]'), ['1 {"a":"é"}']],
    ['UTF-16, little end first', utf16('[{"a":"é"}]', [0xff, 0xfe]), ['1 {"a":"é"}']],
    ['UTF-16, big end first', utf16('[{"a":"é"}]', [0xfe, 0xff]), ['1 {"a":"é"}']],
    ['CRLF', Buffer.from('{"a":1}\r\n\r\n{"a":2}\r\n'), ['1 {"a":1}', '3 {"a":2}']],
    ['CR alone', Buffer.from('{"a":1}\r{"a":2}\r'), ['1 {"a":1}', '1 {"a":2}']],
    [
      'NUL bytes',
      Buffer.from('{"a":1}\n{"a":\0}\n\0\0\n{"a":2}\n'),
      ['1 {"a":1}', '2 bad-json', '3 bad-json', '4 {"a":2}'],
    ],
    [
      'bytes that are no UTF-8',
      Buffer.from([...Buffer.from('{"a":1}\n{"a":"'), 0xff, 0xc3, ...Buffer.from('"}\n')]),
      ['1 {"a":1}', '2 {"a":"��"}'],
    ],
  ])('%s', (_, content, found) => expect(records('a.jsonl', content)).toEqual(found))

  test('a letter that two pieces share stays whole', () => {
    const long = `${'x'.repeat((1 << 20) - 8)}é`
    expect(records('a.jsonl', `{"a":"${long}"}\n{"b":"é"}`)).toEqual([`1 {"a":"${long}"}`, '2 {"b":"é"}'])
  })
})

describe('JSON', () => {
  test.each([
    [
      'pages in an array',
      '[[{"data":[{"a":1},{"a":2}],"has_more":true}],[{"data":[]}],{"data":[{"a":3}]}]',
      ['1 {"a":1}', '1 {"a":2}', '1 {"a":3}'],
    ],
    [
      'pages by the line',
      '{"data":[{"a":1},{"a":2}],"has_more":true}\n{"data":[{"a":3}]}\n',
      ['1 {"a":1}', '1 {"a":2}', '2 {"a":3}'],
    ],
    ['a list of one', '{"data":[{"a":1}]}', ['1 {"a":1}']],
    ['an object that only has a list', '{"id":7,"data":[{"a":1}]}', ['1 {"id":7,"data":[{"a":1}]}']],
    ['nothing', '[]', []],
    ['null among the items', '[null,{"a":1},null]', ['1 {"a":1}']],
    [
      'keys of every object',
      '[{"__proto__":{"x":1},"constructor":2}]',
      ['1 {"__proto__":{"x":1},"constructor":2}'],
    ],
  ])('%s', (_, content, found) => {
    expect(records('a.json', content)).toEqual(found)
    expect({}).not.toHaveProperty('x')
  })

  test('each item of a page written over many lines has its own line', () => {
    const plain = {object: 'list', data: [{a: 1, b: ['x', {c: 1}]}, 'text', {a: 2}], has_more: false}
    expect(records('a.json', JSON.stringify(plain, null, 1))).toEqual([
      '4 {"a":1,"b":["x",{"c":1}]}',
      '13 "text"',
      '14 {"a":2}',
    ])
    const two = `[\n${JSON.stringify(plain, null, 2)},\n${JSON.stringify(plain, null, 2)}\n]`
    expect(records('a.json', two).map(item => Number.parseInt(item, 10))).toEqual([5, 14, 15, 24, 33, 34])
  })

  test('the line of an item is where its text stands', () => {
    const item = fc.record({id: fc.nat(), text: fc.string(), list: fc.array(fc.string(), {maxLength: 3})})
    fc.assert(
      fc.property(fc.array(item, {maxLength: 6}), fc.integer({min: 1, max: 3}), (data, indent) => {
        const tagged = data.map((value, index) => ({mark: `mark-${index}-`, ...value}))
        const text = JSON.stringify({object: 'list', data: tagged, has_more: false}, null, indent)
        const lines = text.split('\n')
        return records('a.json', text).every((found, index) =>
          lines[Number.parseInt(found, 10)]!.includes(`"mark-${index}-"`),
        )
      }),
      {numRuns: 60},
    )
  })

  test.each([
    ['arrays', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 1],
    ['objects', `[${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}]`, 1],
    ['envelopes', `${'{"data":['.repeat(20_000)}${']}'.repeat(20_000)}`, 1],
    ['one line of many', `{"a":1}\n${'['.repeat(100_000)}${']'.repeat(100_000)}\n{"a":2}\n`, 3],
    ['brackets that never close', '['.repeat(200_000), 1],
  ])('deep %s end in an entry, never in a crash', (_, content, entries) =>
    expect([...source('a.json', content).records()]).toHaveLength(entries),
  )

  test('a line of 10 MB is a line; one past 32 MiB is refused, with its number', () => {
    const line = `{"a":"${'x'.repeat(10 << 20)}"}`
    expect(records('a.jsonl', `${line}\n{"a":2}\n`).map(found => found.length)).toEqual([line.length + 2, 9])
    const lines = source('a.txt', `one\n${'x'.repeat(33 << 20)}\nthree\n`).lines()
    expect(lines.next().value).toEqual({line: 1, text: 'one'})
    expect(() => lines.next()).toThrow('line 2 is longer than 32 MiB')
  })
})

describe('CSV', () => {
  test.each([
    ['CRLF and a byte-order mark', '\uFEFFa,b\r\n1,2\r\n', ['2 {"b":"2","a":"1"}']],
    [
      'line breaks in cells',
      'a,b\r\n1,"x\r\ny"\r\n3,4\r\n',
      ['2 {"b":"x\\r\\ny","a":"1"}', '4 {"b":"4","a":"3"}'],
    ],
    ['semicolons and a decimal comma', 'a;b\n1;2,5\n', ['2 {"b":"2,5","a":"1"}']],
    ['tabs', 'a\tb\n1\t2\n', ['2 {"b":"2","a":"1"}']],
    ['empty lines', 'a,b\n\n1,2\n\n\n3,4', ['3 {"b":"2","a":"1"}', '6 {"b":"4","a":"3"}']],
    ['a header that says a column twice', 'a,b,A\n1,2,3\n', ['1 duplicate-column', '2 {"a":"1","b":"2"}']],
    ['a row with too many cells', 'a,b\n1,2,3\n4,5\n', ['2 bad-csv', '3 {"b":"5","a":"4"}']],
    ['a row with too few', 'a,b\n1\n', ['2 {"b":"","a":"1"}']],
    ['an inch mark', 'a,b\n5" disk,2\n3,4\n', ['2 {"b":"2","a":"5\\" disk"}', '3 {"b":"4","a":"3"}']],
    ['a quote that never closes', 'a,b\n1,2\n"3,4\n5,6\n', ['2 {"b":"2","a":"1"}', '3 bad-csv']],
    ['a header whose quote never closes', '"a,b\n1,2\n', ['1 bad-csv']],
    ['NUL', 'a,b\n1,\0\n3,4\n', ['2 {"b":"\\u0000","a":"1"}', '3 {"b":"4","a":"3"}']],
    [
      'columns named like parts of objects',
      '__proto__,constructor\n1,2\n',
      ['2 {"constructor":"2","proto":"1"}'],
    ],
    ['a header alone', 'a,b\n', []],
  ])('%s', (_, content, found) => expect(rows(content)).toEqual(found))

  test('UTF-16, as spreadsheets save it', () =>
    expect(rows(utf16('a\tb\r\n1\té\r\n', [0xff, 0xfe]))).toEqual(['2 {"b":"é","a":"1"}']))

  test('an inch mark in a file of many pieces costs no row', () => {
    const filler = 'a rather long cell,another\n'.repeat(50_000)
    const found = [...source('a.csv', `a,b\n${filler}5" disk,7\n${filler}`).rows()]
    expect(found).toHaveLength(100_001)
    expect(found.some(item => 'fact' in item)).toBe(false)
    expect(found.at(-1)!.line).toBe(100_002)
  })

  test('any cells, quoted as they must be, come back with the line they start on', () => {
    const cell = fc.string({unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', ';', 'é'), maxLength: 6})
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), {minLength: 1, maxLength: 8}), cells => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
        const lines = cells.map(pair => pair.map(quoted).join(','))
        let line = 2
        const wanted = cells.map(([a, b], index) => {
          const found = `${line} ${JSON.stringify({b: b.trim(), a: a.trim()})}`
          line += lines[index]!.split('\n').length
          return found
        })
        expect(rows(`a,b\n${lines.join('\n')}\n`)).toEqual(wanted)
      }),
      {numRuns: 100},
    )
  })
})

describe('YAML', () => {
  test.each([
    [
      'merge keys are expanded',
      'base: &b {a: 1, b: 2}\nc:\n  <<: *b\n  b: 3\n',
      ['1 {"base":{"a":1,"b":2},"c":{"a":1,"b":3}}'],
    ],
    ['one bad document of two', 'a: [1\n---\nb: 2\n', ['2 bad-yaml', '3 {"b":2}']],
    ['empty documents', '---\n---\na: 1\n---\n', ['3 {"a":1}']],
    ['keys of every object', '__proto__: {x: 1}\nb: 2\n', ['1 {"__proto__":{"x":1},"b":2}']],
  ])('%s', (_, content, found) => {
    expect(documents(content)).toEqual(found)
    expect({}).not.toHaveProperty('x')
  })

  test('aliases that expand without end are refused', () => {
    const levels = [...'bcdefghi'].map(
      (name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`,
    )
    expect(documents(`a: &a [x,x,x,x,x,x,x,x,x]\n${levels.join('\n')}\n`)).toEqual(['1 bad-yaml'])
  })

  test('deep documents end in an entry', () => {
    expect(documents(`a: ${'['.repeat(5000)}${']'.repeat(5000)}`)).toEqual(['1 bad-yaml'])
    expect(
      documents(Array.from({length: 500}, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')),
    ).toHaveLength(1)
  })
})

test.each(['', '\uFEFF', ' \r\n\t\n'])('%j is an empty file', content => {
  const {head} = source('a.json', content)
  expect([head.shape, head.sample, head.columns]).toEqual(['empty', [], []])
})

describe('a spend log with figures nobody can mean', () => {
  const row = (fields: object) =>
    JSON.stringify({
      request_id: 'r',
      spend: 0.5,
      call_type: 'acompletion',
      startTime: '2026-10-01T00:00:00Z',
      model: 'gpt-4o',
      ...fields,
    })
  const parsed = (fields: object) => [
    ...litellmSpend.parse(source('a.jsonl', `${row(fields)}\n${row({request_id: 'next'})}\n`)),
  ]

  test.each(['1970-01-01T00:00:00Z', '2500-01-01T00:00:00Z', '1970', 0, '2026-13-01T00:00:00Z'])(
    'the time %j is an issue',
    startTime =>
      expect(parsed({startTime}).map(fact => (fact.fact === 'issue' ? fact.code : fact.fact))).toEqual([
        'bad-time',
        'usage',
      ]),
  )

  test.each(['1,200.50', '12,50', '$5', 'free', '-'])('the amount %j is an issue', spend =>
    expect(parsed({spend}).map(fact => (fact.fact === 'issue' ? fact.code : fact.fact))).toEqual([
      'bad-amount',
      'usage',
    ]),
  )

  test.each([-5, '-5', 1e300, 9e15, '99999999999999999999', '12,50', ' ', 0.5, 'many', true, Number.NaN])(
    '%j tokens are not known, never zero',
    prompt_tokens => {
      const [fact] = parsed({prompt_tokens})
      expect(fact!.fact === 'usage' && fact!.usage.inputTokens).toBeNull()
    },
  )
})

test.each([
  [12, 12],
  ['12', 12],
  ['12.0', 12],
  [' 1,200 ', 1200],
  ['1,234,567', 1_234_567],
  [0, 0],
  ['1,20', null],
  ['0x10', null],
  ['1e3', null],
])('the count %j is %j', (written, counted) => expect(count({n: written}, 'n')).toBe(counted))

describe('which files are read', () => {
  const tree = join(home, 'tree')
  mkdirSync(join(tree, 'deep', 'node_modules'), {recursive: true})
  for (const name of ['a.json', 'deep/b.json', 'deep/README.md', 'deep/node_modules/c.json'])
    writeFileSync(join(tree, name), '[]')
  symlinkSync(tree, join(tree, 'deep', 'loop'))
  symlinkSync('nowhere', join(tree, 'deep', 'dangling.json'))
  symlinkSync(join(tree, 'deep', 'self'), join(tree, 'deep', 'self'))
  const names = async (...paths: string[]) => (await listFiles(paths, tree)).map(file => file.name)

  test('each once, sorted; links in a circle end', async () => {
    expect(await names('.')).toEqual(['a.json', 'deep/b.json'])
    expect(await names('.', 'a.json', 'deep/b.json')).toEqual(['a.json', 'deep/b.json'])
  })

  test('a pattern', async () => expect(await names('**/b*.json')).toEqual(['deep/b.json']))

  test.each([
    ['nowhere', 'nowhere: no such file or folder'],
    ['*.csv', '*.csv: matches no file'],
    ['deep/self', 'deep/self: cannot be read'],
  ])('%s: what is asked for and not there is an error', async (path, message) =>
    expect(listFiles([path], tree)).rejects.toThrow(message),
  )
})

describe('what the collector’s file exporter writes in binary frames is refused with its mend', () => {
  const frame = (record: Uint8Array): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(record.length)
    return Buffer.concat([length, record])
  }
  const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x81, 0, 0])
  test.each([
    ['protobuf', frame(Buffer.from([0x0a, 0x40, 0x0a, 0x10, 0xff]))],
    ['compressed', frame(zstd)],
    ['a JSON record behind its length', frame(Buffer.from('{"resourceSpans":[]}'))],
    ['compressed as a whole', zstd],
  ])('%s', (_, content) => {
    const open = () => source('traces.jsonl', content)
    expect(open).toThrow(UnreadableFile)
    expect(open).toThrow(
      'binary frames of the OpenTelemetry collector’s file exporter (protobuf, or compressed), not JSON lines',
    )
  })
})
