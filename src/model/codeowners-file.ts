/** A whole CODEOWNERS file, read as the host reads it whose file it is. */
import {CODEOWNERS_LIMIT, type CodeownersHost, type CodeownersLine, readCodeowners} from './codeowners.ts'
import {isGitlabLine, readGitlabCodeowners} from './gitlab-codeowners.ts'

interface Numbered {
  readonly line: number
  readonly text: string
}

export type OwnersLine =
  | (Extract<CodeownersLine, {kind: 'rule'}> & {readonly line: number; readonly section: string | null})
  | (Extract<CodeownersLine, {kind: 'bad'}> & {readonly line: number})

export interface OwnersFile {
  readonly host: CodeownersHost
  /** Rules and ignored lines in order; a rule's section is null on GitHub. Null: too large for GitHub to load. */
  readonly said: readonly OwnersLine[] | null
}

/** Its folder tells, else a line that only GitLab has. `place` is the file's path inside its repository. */
export function hostOf(place: string, lines: Iterable<string>): CodeownersHost {
  if (/(^|\/)\.github\/[^/]*$/.test(place)) return 'github'
  if (/(^|\/)\.gitlab\/[^/]*$/.test(place)) return 'gitlab'
  for (const text of lines) if (isGitlabLine(text)) return 'gitlab'
  return 'github'
}

/** `known`: the host, where something beside the file tells it. */
export function readOwnersFile(place: string, lines: Iterable<Numbered>, known?: CodeownersHost): OwnersFile {
  const read = upToLimit(lines)
  const host = known ?? hostOf(place, read === null ? [] : read.map(({text}) => text))
  if (read === null) return {host, said: null}
  if (host === 'gitlab') return {host, said: readGitlabCodeowners(read)}
  const said = readCodeowners(read)?.map(item => (item.kind === 'rule' ? {...item, section: null} : item))
  return {host, said: said ?? null}
}

function upToLimit(lines: Iterable<Numbered>): Numbered[] | null {
  const read: Numbered[] = []
  let size = 0
  for (const item of lines) {
    size += Buffer.byteLength(item.text) + 1
    if (size >= CODEOWNERS_LIMIT) return null
    read.push(item)
  }
  return read
}
