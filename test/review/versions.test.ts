import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {parse} from 'yaml'
import {isCode, readCode, readVersions} from '../../src/review/languages/index.ts'
import {difference} from '../../src/review/text.ts'
import type {FileSet} from './repository.ts'

const FOLDER = join(import.meta.dirname, 'cases')
const sources = readdirSync(FOLDER)
  .filter(name => name.endsWith('-code.yaml'))
  .flatMap(name => parse(readFileSync(join(FOLDER, name), 'utf8')) as {base?: FileSet}[])
  .flatMap(({base = {}}) => Object.entries(base) as [string, string][])
  .filter(([path]) => isCode(path))

/** What people and their tools put into code. */
const PIECES = [
  '"',
  "'",
  '`',
  '\n',
  '{',
  ')',
  '#',
  '//',
  ' ',
  'é',
  '😀',
  '4',
  'model',
  '"gpt-5"',
  '\n\n  x = 1\n',
]

test('a later version is read as if there were no earlier one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...sources),
      fc.nat(10_000),
      fc.nat(40),
      fc.array(fc.constantFrom(...PIECES), {maxLength: 3}),
      async ([path, text], place, dropped, pieces) => {
        const at = place % (text.length + 1)
        const later = text.slice(0, at) + pieces.join('') + text.slice(at + dropped)
        const [before, after] = await readVersions({path, text}, {path, text: later})
        expect(before).toEqual(await readCode(path, text))
        expect(after).toEqual(await readCode(path, later))
      },
    ),
    {numRuns: 400},
  )
})

test.each([
  ['', '', [0, 0, 0]],
  ['abc', 'abc', [3, 3, 3]],
  ['abc', 'axc', [1, 2, 2]],
  ['aa', 'aaa', [2, 2, 3]],
  ['aba', 'a', [1, 3, 1]],
  ['x', '', [0, 1, 0]],
])('%j and %j differ at %j', (before, after, expected) => {
  expect(difference(before, after)).toEqual(expected)
})
