/** Source code by its ending. Grammars are loaded when the first file of their language comes. */
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import type {Parser} from '@vscode/tree-sitter-wasm'
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
  if (!grammar) return null
  if (!parsers.has(grammar.wasm)) parsers.set(grammar.wasm, load(grammar.wasm))
  const parser = await parsers.get(grammar.wasm)!
  const tree = parser.parse(text)
  if (!tree) return null
  try {
    return walk(path, text, tree.rootNode, grammar)
  } finally {
    tree.delete()
  }
}
