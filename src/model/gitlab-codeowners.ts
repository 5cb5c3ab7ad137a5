/**
 * A CODEOWNERS file as GitLab reads it:
 *
 *     file    = *( comment / heading / entry )
 *     comment = "#" text                                      only as a whole line
 *     heading = [ "^" ] "[" name "]" [ "[" approvals "]" ] *( WS owner )
 *     entry   = [ "!" ] pattern *( WS owner )
 *     owner   = "@" name *( "/" name ) | "@@" role | e-mail
 *
 * Headings cut the file into sections, told apart without case; lines before the first are a section without a name. An entry
 * without owners has its section's. `^` asks for no approval: a section is optional when all its headings say so. `!` takes
 * paths out of its section for good.
 */
import {type CodeownersLine, isEmailOwner, PATTERN, quoted} from './codeowners.ts'

export type GitlabLine =
  | (Extract<CodeownersLine, {kind: 'rule'}> & {readonly section: string; readonly line: number})
  | (Extract<CodeownersLine, {kind: 'bad'}> & {readonly line: number})

const HEADING = /^(\^)?\[([^\][]+)\](?:\[\d*\])?(?:\s+(.*))?$/
const MENTION = /^@@?[A-Za-z0-9_][\w.-]*(?:\/[\w.-]+)*$/
/** What only GitLab has: a role, or a group inside a group. */
const ONLY_HERE = /\s@(?:@\w|[\w.-]+\/[\w.-]+\/[\w.-])/

/** Whether a line could only stand in a GitLab file: a heading, a role, a nested group. */
export const isGitlabLine = (text: string): boolean =>
  !text.trimStart().startsWith('#') && (HEADING.test(text.trim()) || ONLY_HERE.test(text))

/** Rules with their sections and default owners filled in, and what GitLab ignores, in order. */
export function readGitlabCodeowners(
  lines: Iterable<{readonly line: number; readonly text: string}>,
): GitlabLine[] {
  const found: GitlabLine[] = []
  const required = new Set<string>([''])
  let section = ''
  let defaults: readonly string[] = []
  for (const {line, text: written} of lines) {
    const text = written.replace(/^\uFEFF/, '').trim()
    if (text === '' || text.startsWith('#')) continue
    const heading = HEADING.exec(text)
    if (heading) {
      section = heading[2]!.trim().toLowerCase()
      if (heading[1] === undefined) required.add(section)
      const {owners, ignored} = ownersIn(heading[3] ?? '')
      defaults = owners
      for (const word of ignored) found.push({line, ...ignoredWord(word)})
      continue
    }
    if (/^\^?\[[^\]]*$/.test(text)) found.push({line, ...unclosed(text)})
    const pattern = PATTERN.exec(text)![0]
    const {owners, ignored} = ownersIn(text.slice(pattern.length))
    for (const word of ignored) found.push({line, ...ignoredWord(word)})
    const excludes = pattern.startsWith('!')
    found.push({
      kind: 'rule',
      line,
      pattern,
      owners: excludes ? [] : owners.length > 0 ? owners : defaults,
      section,
    })
  }
  return found.map(said =>
    said.kind === 'rule' && !required.has(said.section) ? {...said, section: `^${said.section}`} : said,
  )
}

/** GitLab takes every mention, also one in what was meant as a comment; other words it passes over. */
function ownersIn(text: string): {owners: string[]; ignored: string[]} {
  const owners: string[] = []
  const ignored: string[] = []
  let comment = false
  for (const word of text.split(/\s+/)) {
    if (word.startsWith('#')) comment = true
    const owner = word.replace(/^#+/, '')
    if (MENTION.test(owner) || isEmailOwner(owner)) owners.push(owner)
    else if (owner !== '' && !comment) ignored.push(owner)
  }
  return {owners: [...new Set(owners)], ignored}
}

const ignoredWord = (word: string): Extract<CodeownersLine, {kind: 'bad'}> => ({
  kind: 'bad',
  code: 'bad-owner',
  what: `${quoted(word)} is not @user, @group/subgroup, @@role or an e-mail address, so GitLab ignores it`,
  mend: /^[\w-]+(\/[\w.-]+)*$/.test(word)
    ? `write it as @${word}, or escape the space before it as "\\ " if it belongs to the path`
    : 'write it as an owner, or escape the space before it as "\\ " if it belongs to the path',
})

const unclosed = (text: string): Extract<CodeownersLine, {kind: 'bad'}> => ({
  kind: 'bad',
  code: 'bad-section',
  what: `the heading ${quoted(text)} is never closed, so GitLab reads it as a path of the section before`,
  mend: 'close it with ]',
})
