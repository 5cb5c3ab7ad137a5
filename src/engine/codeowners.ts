/**
 * Which CODEOWNERS rule holds for a path: the last that matches, as GitHub does it.
 *
 * A pattern becomes a list of segments and `**`, after which one wildcard match decides:
 *
 *     *.js        **  *.js  **         one segment: at any depth, and everything below
 *     /foo        foo  **              a slash at the start or inside anchors at the root
 *     foo/        **  foo  *  **       a slash at the end: everything below, not the entry itself
 *     foo/**      foo  *  **           the same
 *     docs/*      docs  *              a last lone star is one level
 *
 * Rules are filed under a literal they need (leading folders, a name, an extension), so that a path is compared with the few
 * rules that could match it and thousands of rules cost no more than a dozen.
 */
import {CODEOWNERS_PLACES} from '../model/codeowners.ts'

interface Segment {
  readonly kind: 'any' | 'literal' | 'glob'
  /** Characters in order, with `STAR` and `ONE` among them. */
  readonly tokens: readonly Token[]
  /** Literals without their escapes, globs as written. */
  readonly text: string
}

const STAR = Symbol('any run of characters')
const ONE = Symbol('any one character')
type Token = string | typeof STAR | typeof ONE
const GLOBSTAR = Symbol('any number of segments')
type Step = Segment | typeof GLOBSTAR

/** Null matches nothing. */
export type Pattern = readonly Step[] | null

/** Compiles one pattern; null when it can match nothing (`/`). */
export function compilePattern(pattern: string): Pattern {
  const segments = split(pattern)
  const anchored = segments[0]?.text === '' || segments.length > 2 || (segments[1]?.text ?? '') !== ''
  const folder = segments.length > 1 && segments.at(-1)!.text === ''
  const named = segments.filter(({text}) => text !== '')
  if (named.length === 0) return null
  const steps: Step[] = anchored ? [] : [GLOBSTAR]
  for (const segment of named)
    steps.push(segment.kind === 'glob' && segment.text === '**' ? GLOBSTAR : segment)
  const last = steps.at(-1)!
  // A floating lone `*` is any entry at any depth; an anchored one stays on its level.
  if (folder || last === GLOBSTAR) steps.push(ANY, GLOBSTAR)
  else if (last.kind !== 'any') steps.push(GLOBSTAR)
  return steps
}

const ANY: Segment = {kind: 'any', tokens: [STAR], text: '*'}

function split(pattern: string): Segment[] {
  const segments: Segment[] = []
  let tokens: Token[] = []
  let text = ''
  const close = () => {
    const kind = tokens.every(token => typeof token === 'string') ? 'literal' : text === '*' ? 'any' : 'glob'
    segments.push({kind, tokens, text: kind === 'literal' ? tokens.join('') : text})
    tokens = []
    text = ''
  }
  for (let at = 0; at < pattern.length; at++) {
    let char = pattern[at]!
    if (char === '/') {
      close()
      continue
    }
    const escaped = char === '\\' && at + 1 < pattern.length
    if (escaped) char = pattern[++at]!
    text += escaped ? `\\${char}` : char
    tokens.push(!escaped && char === '*' ? STAR : !escaped && char === '?' ? ONE : char)
  }
  close()
  return segments
}

/** Whether a compiled pattern matches a path given by its segments. */
export const matches = (pattern: Pattern, path: readonly string[]): boolean =>
  pattern !== null && wildcard(pattern, path, GLOBSTAR, segmentMatches)

function segmentMatches(segment: Segment, name: string): boolean {
  if (segment.kind === 'any') return true
  if (segment.kind === 'literal') return segment.text === name
  return wildcard(segment.tokens, name, STAR, (token, char) => token === ONE || token === char)
}

/**
 * Greedy wildcard match with one point to go back to: the last star. Quadratic at worst, so that no pattern
 * somebody wrote can stall the run.
 */
function wildcard<Item, Star extends symbol, Part>(
  pattern: ArrayLike<Item | Star>,
  input: ArrayLike<Part>,
  star: Star,
  equal: (item: Item, part: Part) => boolean,
): boolean {
  let at = 0
  let from = 0
  let lastStar = -1
  let resume = 0
  while (from < input.length) {
    const step = pattern[at]
    if (at < pattern.length && step === star) {
      lastStar = at++
      resume = from
    } else if (at < pattern.length && equal(step as Item, input[from]!)) {
      at++
      from++
    } else if (lastStar !== -1) {
      at = lastStar + 1
      from = ++resume
    } else return false
  }
  while (at < pattern.length && pattern[at] === star) at++
  return at === pattern.length
}

/** The rules of one file in order, ready to be asked. */
export interface Rules<Rule> {
  readonly rules: readonly Rule[]
  readonly patterns: readonly Pattern[]
  /** Indexes of rules, ascending, by a literal that a matching path must hold (`filedUnder`). */
  readonly index: ReadonlyMap<string, readonly number[]>
}

/** Compiles each pattern once. Rules keep whatever else they carry. */
export function compile<Rule extends {readonly pattern: string}>(rules: readonly Rule[]): Rules<Rule> {
  const patterns = rules.map(rule => compilePattern(rule.pattern))
  const index = new Map<string, number[]>()
  for (const [at, pattern] of patterns.entries()) {
    if (!pattern) continue
    const key = filedUnder(pattern)
    const filed = index.get(key)
    if (filed) filed.push(at)
    else index.set(key, [at])
  }
  return {rules, patterns, index}
}

/** The last rule that matches a repository-relative path (`/` separators), or null. A rule without owners is a rule. */
export function match<Rule>({rules, patterns, index}: Rules<Rule>, path: string): Rule | null {
  const segments = path.split('/').filter(name => name !== '' && name !== '.')
  let best = -1
  for (const key of keysOf(segments)) {
    const filed = index.get(key)
    if (!filed) continue
    for (let at = filed.length - 1; at >= 0 && filed[at]! > best; at--)
      if (matches(patterns[filed[at]!]!, segments)) best = filed[at]!
  }
  return best === -1 ? null : rules[best]!
}

/** Leading literal folders (`^/a/b`), else a literal segment (`=b`), else the extension of a glob (`.js`), else nothing. */
function filedUnder(pattern: readonly Step[]): string {
  const folders: string[] = []
  for (const step of pattern) {
    if (step === GLOBSTAR || step.kind !== 'literal') break
    folders.push(step.text)
  }
  if (folders.length > 0) return `^/${folders.join('/')}`
  const segments = pattern.filter(step => step !== GLOBSTAR)
  const literal = segments.find(({kind}) => kind === 'literal')
  if (literal) return `=${literal.text}`
  const extensions = segments.map(({tokens}) => extensionOf(tokens)).filter(text => text !== '')
  return extensions[0] ?? ''
}

/** From the last dot on, when nothing unknown follows it. */
function extensionOf(tokens: readonly Token[]): string {
  const dot = tokens.lastIndexOf('.')
  const tail = dot === -1 ? [] : tokens.slice(dot)
  return tail.every(token => typeof token === 'string') ? tail.join('') : ''
}

function* keysOf(segments: readonly string[]): Generator<string> {
  let folders = '^'
  for (const name of segments) {
    folders += `/${name}`
    yield folders
  }
  for (const name of segments) {
    yield `=${name}`
    const dot = name.lastIndexOf('.')
    if (dot !== -1) yield name.slice(dot)
  }
  yield ''
}

/** Of a repository's CODEOWNERS files (paths inside it), the one GitHub uses, or null. */
export function effectiveFile(files: Iterable<string>): string | null {
  const present = new Set(files)
  return CODEOWNERS_PLACES.find(place => present.has(place)) ?? null
}
