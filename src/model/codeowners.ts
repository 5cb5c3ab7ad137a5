/**
 * One line of a CODEOWNERS file, as GitHub reads it:
 *
 *     line    = [ pattern *( 1*WS owner ) ] [ [WS] "#" comment ]
 *     owner   = "@" login | "@" org "/" team-slug | e-mail
 *
 * `\ ` keeps a space inside a pattern. A `#` opens a comment at the start, after white space and after an owner; inside
 * a pattern it is part of a name (`/src/C#/`). Brackets are plain characters. No owners means "nobody".
 */

/** GitHub does not load a file of this size or more, in bytes. */
export const CODEOWNERS_LIMIT = 3_000_000

/** Where each host looks, in its order: the first file found is the only one used. */
export const CODEOWNERS_PLACES = {
  github: ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'],
  gitlab: ['CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'],
} as const
export type CodeownersHost = keyof typeof CODEOWNERS_PLACES

export type CodeownersLine =
  /** `pattern` as written, escapes kept; `owners` as written, in order. */
  | {readonly kind: 'rule'; readonly pattern: string; readonly owners: readonly string[]}
  /** A line GitHub skips. `what` quotes the offending word, `mend` is one thing to do. */
  | {readonly kind: 'bad'; readonly code: string; readonly what: string; readonly mend: string}
  | {readonly kind: 'blank'}

/** A pattern up to unescaped white space; a lone backslash at the end of the line is taken along, to be refused. */
export const PATTERN = /^(?:\\[^\r\n]|[^\s\\]|\\$)+/
const LOGIN = /^@[A-Za-z0-9_-]+$/
const TEAM = /^@[A-Za-z0-9_-]+\/[A-Za-z0-9._-]+$/
const EMAIL = /^[^\s@#/]+@[^\s@#/]+\.[^\s@#/.]+$/

/** Reads one line, without its number; a byte-order mark and a trailing CR are tolerated. */
export function parseCodeownersLine(line: string): CodeownersLine {
  const text = line.replace(/^\uFEFF/, '').trim()
  if (text === '' || text.startsWith('#')) return {kind: 'blank'}
  const pattern = PATTERN.exec(line.replace(/^\uFEFF/, '').replace(/^\s+|[\r\n]+$/g, ''))![0]
  const problem = badPattern(pattern)
  if (problem) return problem
  const owners: string[] = []
  for (const word of text.slice(pattern.length).split(/\s+/)) {
    const [owner = ''] = word.split('#', 1)
    if (owner !== '' && !isOwner(owner)) return badOwner(owner)
    if (owner !== '') owners.push(owner)
    if (word.includes('#')) break
  }
  return {kind: 'rule', pattern, owners}
}

/** `@login`, `@org/team` or an e-mail address. */
export const isOwner = (word: string): boolean => LOGIN.test(word) || TEAM.test(word) || EMAIL.test(word)
export const isEmailOwner = (word: string): boolean => EMAIL.test(word)

/** A word as a message shows it. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text)

function badOwner(owner: string): CodeownersLine {
  return {
    kind: 'bad',
    code: 'bad-owner',
    what: `${quoted(owner)} is not @login, @org/team or an e-mail address, so GitHub skips the line`,
    mend: /^[\w-]+(\/[\w.-]+)?$/.test(owner)
      ? `write it as @${owner}, or escape the space before it as "\\ " if it belongs to the path`
      : 'write it as an owner, or escape the space before it as "\\ " if it belongs to the path',
  }
}

function badPattern(pattern: string): CodeownersLine | null {
  const bad = (why: string, mend: string): CodeownersLine => ({
    kind: 'bad',
    code: 'bad-pattern',
    what: `the pattern ${quoted(pattern)} ${why}, so GitHub skips the line`,
    mend,
  })
  if (pattern.startsWith('!')) return bad('negates', 'give the excepted path its own later line')
  if (pattern.startsWith('\\#'))
    return bad('starts with an escaped #', 'start it with a slash or a folder: /#name')
  if (pattern.includes('***')) return bad('has three stars in a row', 'use ** for any number of folders')
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(pattern))
    return bad('ends with a backslash', 'remove it, or write "\\ " for a space')
  return null
}

/**
 * The rules and bad lines of a file in order, blank ones left out, each with its number; null when the file is too large for
 * GitHub to load. A text comes as `numbered(text)`.
 */
export function readCodeowners(lines: Iterable<{readonly line: number; readonly text: string}>) {
  const found: (Exclude<CodeownersLine, {kind: 'blank'}> & {readonly line: number})[] = []
  let size = 0
  for (const {line, text} of lines) {
    size += Buffer.byteLength(text) + 1
    if (size >= CODEOWNERS_LIMIT) return null
    const parsed = parseCodeownersLine(text)
    if (parsed.kind !== 'blank') found.push({line, ...parsed})
  }
  return found
}

export const numbered = (text: string): {line: number; text: string}[] =>
  text.split('\n').map((line, index) => ({line: index + 1, text: line}))
