import {expect, test} from 'vitest'
import {elide, padEnd, widthOf, wrap} from '../../src/report/formats/layout.ts'
import {screenOf} from '../../src/terminal.ts'

const tty = {isTTY: true, columns: 100}

test.each([
  ['a terminal', false, {}, tty, true],
  ['a pipe', false, {}, {}, false],
  ['--no-color', true, {FORCE_COLOR: '1'}, tty, false],
  ['NO_COLOR', false, {NO_COLOR: '1', FORCE_COLOR: '1'}, tty, false],
  ['an empty NO_COLOR', false, {NO_COLOR: ''}, tty, true],
  ['FORCE_COLOR', false, {FORCE_COLOR: '1'}, {}, true],
  ['FORCE_COLOR=0', false, {FORCE_COLOR: '0'}, tty, false],
  ['TERM=dumb', false, {TERM: 'dumb'}, tty, false],
] as const)('colour: %s', (_, flag, env, output, colour) =>
  expect(screenOf(flag, env, output).colour).toBe(colour),
)

test.each([
  [{columns: 100}, {}, 100],
  [{columns: 20}, {}, 60],
  [{columns: 500}, {}, 200],
  [{}, {}, 80],
  [{}, {COLUMNS: '132'}, 132],
  [{}, {COLUMNS: 'wide'}, 80],
])('width: %j %j', (output, env, width) => expect(screenOf(false, env, output).width).toBe(width))

test.each([
  ['abc', 3],
  ['日本', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['✓', 1],
  ['█', 1],
  ['🚀', 2],
  ['👩‍💻', 2],
  ['…', 1],
])('%s takes %i columns', (text, width) => expect(widthOf(text)).toBe(width))

test('cutting and padding count columns', () => {
  expect(elide('日本語のチーム', 7)).toBe('日本語…')
  expect(padEnd('日本', 6)).toBe('日本  ')
  expect(elide('checkout', 8)).toBe('checkout')
})

test('a long path breaks between its parts, a long word anywhere', () => {
  expect(wrap('at repos/checkout/.github/CODEOWNERS:3', 24)).toEqual([
    'at',
    'repos/checkout/.github/',
    'CODEOWNERS:3',
  ])
  expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh'])
  expect(wrap('a \u001b[31m b', 20)).toEqual(['a [31m b'])
})
