/**
 * Which CODEOWNERS rule holds for a path: the last that matches.
 *
 * A pattern becomes a list of segments and `**`, after which one wildcard match decides. GitHub:
 *
 *     *.js        **  *.js  **         one segment: at any depth, and everything below
 *     /foo        foo  **              a slash at the start or inside anchors at the root
 *     foo/        **  foo  *  **       a slash at the end: everything below, not the entry itself
 *     foo/**      foo  *  **           the same
 *     docs/*      docs  *              a last lone star is one level
 *
 * GitLab takes patterns as Ruby's `File.fnmatch` does: without a slash in front they float whatever they hold, without one
 * behind they are the entry alone, `[a-z]` is a set of characters and only `**` before a slash crosses folders:
 *
 *     docs/a      **  docs  a
 *     /docs       docs
 *     docs/       **  docs  **  *
 *     /docs/**    docs  *
 *
 * Rules are filed under a literal they need (leading folders, a name, an extension), so that a path is compared with the few
 * rules that could match it and thousands of rules cost no more than a dozen.
 */
import type {CodeownersHost} from '../model/codeowners.ts'

interface Segment {
  readonly kind: 'any' | 'literal' | 'glob'
  /** Characters in order, with `STAR` and `ONE` among them. */
  readonly tokens: readonly Token[]
  /** Literals without their escapes, globs as written. */
  readonly text: string
}

const STAR = Symbol('any run of characters')
const ONE = Symbol('any one character')
/** `[a-c_]`: characters between each pair of ends; negated by a leading `!` or `^`. */
interface CharacterSet {
  readonly negated: boolean
  readonly ranges: readonly (readonly [string, string])[]
}
type Token = string | CharacterSet | typeof STAR | typeof ONE
const GLOBSTAR = Symbol('any number of segments')
type Step = Segment | typeof GLOBSTAR

/** Null matches nothing. */
export type Pattern = readonly Step[] | null

/** Compiles one pattern; null when it can match nothing (`/` on GitHub, a set never closed on GitLab). */
export function compilePattern(pattern: string, host: CodeownersHost = 'github'): Pattern {
  return host === 'gitlab' ? compileGitlab(pattern) : compileGithub(pattern)
}

/** An exclusion's `!` is no part of its path, nor is the backslash of `\#`. */
function compileGitlab(written: string): Pattern {
  const pattern = written.replace(/^!/, '').replace(/^\\#/, '#')
  if (pattern === '*') return [GLOBSTAR, ANY]
  const segments = split(pattern, true)
  if (segments === null) return null
  const named = segments.filter(({text}) => text !== '')
  const steps: Step[] = pattern.startsWith('/') ? [] : [GLOBSTAR]
  for (const [index, segment] of named.entries())
    steps.push(segment.text === '**' ? (index < named.length - 1 ? GLOBSTAR : ANY) : segment)
  if (!pattern.endsWith('/')) return steps
  // What ends in `**/` has its star already.
  if (named.at(-1)?.text === '**') steps[steps.length - 1] = GLOBSTAR
  else steps.push(GLOBSTAR)
  return [...steps, ANY]
}

function compileGithub(pattern: string): Pattern {
  const segments = split(pattern, false)!
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

/** Null when a set of characters is opened and never closed. */
function split(pattern: string, sets: boolean): Segment[] | null {
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
    if (sets && char === '[') {
      const set = characterSet(pattern, at)
      if (set === null) return null
      text += pattern.slice(at, set.end)
      tokens.push(set.set)
      at = set.end - 1
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

/** The set that opens at a place; `]` right after the opening is one of its characters. */
function characterSet(pattern: string, open: number): {set: CharacterSet; end: number} | null {
  const negated = pattern[open + 1] === '!' || pattern[open + 1] === '^'
  const ranges: [string, string][] = []
  let at = open + (negated ? 2 : 1)
  const take = (): string => {
    if (pattern[at] === '\\' && at + 1 < pattern.length) at++
    return pattern[at++]!
  }
  for (let first = true; first || pattern[at] !== ']'; first = false) {
    if (at >= pattern.length || pattern[at] === '/') return null
    const from = take()
    const spans = pattern[at] === '-' && pattern[at + 1] !== undefined && pattern[at + 1] !== ']'
    if (spans) at++
    ranges.push([from, spans ? take() : from])
  }
  return {set: {negated, ranges}, end: at + 1}
}

const inSet = ({negated, ranges}: CharacterSet, char: string): boolean =>
  ranges.some(([from, to]) => char >= from && char <= to) !== negated

/** Whether a compiled pattern matches a path given by its segments. */
export const matches = (pattern: Pattern, path: readonly string[]): boolean =>
  pattern !== null && wildcard(pattern, path, GLOBSTAR, segmentMatches)

function segmentMatches(segment: Segment, name: string): boolean {
  if (segment.kind === 'any') return true
  if (segment.kind === 'literal') return segment.text === name
  return wildcard(
    segment.tokens,
    name,
    STAR,
    (token, char) => token === ONE || token === char || (typeof token === 'object' && inSet(token, char)),
  )
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
export function compile<Rule extends {readonly pattern: string}>(
  rules: readonly Rule[],
  host: CodeownersHost = 'github',
): Rules<Rule> {
  const patterns = rules.map(rule => compilePattern(rule.pattern, host))
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
