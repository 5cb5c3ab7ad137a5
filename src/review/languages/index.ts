/** Source code by its ending. Grammars are loaded when the first file of their language comes. */
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import type {Edit, Parser, Tree} from '@vscode/tree-sitter-wasm'
import {difference} from '../text.ts'
import type {View} from '../value.ts'
import {csharp} from './csharp.ts'
import {go} from './go.ts'
import type {Grammar} from './grammar.ts'
import {java} from './java.ts'
import {tsx, typescript} from './javascript.ts'
import {python} from './python.ts'
import {ruby} from './ruby.ts'
import {walk} from './walk.ts'

const LANGUAGES: {readonly [ending: string]: Grammar} = {
  ts: typescript,
  mts: typescript,
  cts: typescript,
  tsx,
  js: tsx,
  jsx: tsx,
  mjs: tsx,
  cjs: tsx,
  py: python,
  go,
  java,
  rb: ruby,
  rake: ruby,
  cs: csharp,
}

const endingOf = (path: string): string => /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''

export const isCode = (path: string): boolean => endingOf(path) in LANGUAGES

/** Files of languages that can name each other's constants. */
export const familyOf = (path: string): string =>
  LANGUAGES[endingOf(path)]?.wasm.replace('tsx', 'typescript') ?? 'config'

const require = createRequire(import.meta.url)
/** The package is a script that names its exports where imports do not look. */
const runtime = (): typeof import('@vscode/tree-sitter-wasm') => require('@vscode/tree-sitter-wasm')
const folder = dirname(require.resolve('@vscode/tree-sitter-wasm'))
const parsers = new Map<string, Promise<Parser>>()
let started: Promise<void> | null = null

async function load(wasm: string): Promise<Parser> {
  const {Parser, Language} = runtime()
  started ??= Parser.init()
  await started
  return new Parser().setLanguage(await Language.load(join(folder, `tree-sitter-${wasm}.wasm`)))
}

/** Null: not source code. Broken syntax is read as far as it can be. */
export async function readCode(path: string, text: string): Promise<View | null> {
  const grammar = LANGUAGES[endingOf(path)]
  return grammar ? viewOf(path, text, await parserOf(grammar), grammar) : null
}

/** The same of both versions of a file, of one language: where the later one is as the earlier one was, it is not parsed again. */
export async function readVersions(
  before: {readonly path: string; readonly text: string},
  after: {readonly path: string; readonly text: string},
): Promise<readonly [before: View | null, after: View | null]> {
  const grammar = LANGUAGES[endingOf(before.path)]
  if (!grammar || LANGUAGES[endingOf(after.path)] !== grammar)
    return [await readCode(before.path, before.text), await readCode(after.path, after.text)]
  const parser = await parserOf(grammar)
  const tree = parser.parse(before.text)
  try {
    const view = tree && walk(before.path, before.text, tree.rootNode, grammar)
    // What was guessed of broken syntax holds for that text alone.
    const known = tree && !tree.rootNode.hasError ? tree : null
    known?.edit(editBetween(before.text, after.text))
    return [view, viewOf(after.path, after.text, parser, grammar, known)]
  } finally {
    tree?.delete()
  }
}

function parserOf({wasm}: Grammar): Promise<Parser> {
  let parser = parsers.get(wasm)
  if (parser === undefined) parsers.set(wasm, (parser = load(wasm)))
  return parser
}

function viewOf(
  path: string,
  text: string,
  parser: Parser,
  grammar: Grammar,
  known: Tree | null = null,
): View | null {
  const tree = parser.parse(text, known)
  if (!tree) return null
  try {
    // How broken syntax is mended depends on what was known before.
    if (known && tree.rootNode.hasError) return viewOf(path, text, parser, grammar)
    return walk(path, text, tree.rootNode, grammar)
  } finally {
    tree.delete()
  }
}

/** What lies between the beginning and the end that both texts share. */
function editBetween(before: string, after: string): Edit {
  const [start, oldEnd, newEnd] = difference(before, after)
  return {
    ...{startIndex: start, oldEndIndex: oldEnd, newEndIndex: newEnd},
    ...{startPosition: placeIn(before, start), oldEndPosition: placeIn(before, oldEnd)},
    newEndPosition: placeIn(after, newEnd),
  }
}

function placeIn(text: string, index: number): {row: number; column: number} {
  let row = 0
  let line = 0
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) {
    row++
    line = at + 1
  }
  return {row, column: index - line}
}
