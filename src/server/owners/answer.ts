/** Whose a path is, and by which line. */
import {match, type Rules} from '../../engine/codeowners.ts'

/** One line of a CODEOWNERS file; `file` as the answer shows it. */
export interface OwnersRule {
  readonly file: string
  readonly line: number
  readonly pattern: string
  readonly owners: readonly string[]
}

/** Rules ready to be asked, and where in the repository a path that somebody typed stands. */
export interface OwnersDesk {
  readonly rules: Rules<OwnersRule>
  /** Lines GitHub skips, with what is wrong. */
  readonly issues: readonly OwnersIssue[]
  /** A path as typed to one below the repository's root; null when it lies outside. */
  readonly place: (path: string) => string | null
}

export interface OwnersIssue {
  readonly path: string
  readonly line: number
  readonly code: string
  readonly message: string
  readonly mend: string
}

export interface OwnersAnswer {
  readonly path: string
  readonly owners: readonly string[]
  /** Null: no line matches. A line without owners is a rule: nobody's. */
  readonly rule: {readonly file: string; readonly line: number; readonly pattern: string} | null
}

/** A file nobody has named: what is asked about a folder (`docs/`, `.`) is who owns what lies in it. */
const ANY_FILE = 'any-file'

export function answer({rules, place}: OwnersDesk, path: string): OwnersAnswer {
  const placed = place(path)
  const folder = path.endsWith('/') || placed === '' || placed === '.'
  const found = placed === null ? null : match(rules, folder ? `${placed}/${ANY_FILE}` : placed)
  if (found === null) return {path, owners: [], rule: null}
  const {file, line, pattern, owners} = found
  return {path, owners, rule: {file, line, pattern}}
}
