/** Whose a path is, and by which line. */
import {matchOwners, type OwnersRules} from '../../engine/owners-file.ts'

/** One line of a CODEOWNERS file; `file` as the answer shows it. */
export interface OwnersRule {
  readonly file: string
  readonly line: number
  readonly pattern: string
  readonly owners: readonly string[]
  /** GitLab's section as written in lower case, `''` before the first; null: GitHub has none. */
  readonly section: string | null
}

/** Rules ready to be asked, and where in the repository a path that somebody typed stands. */
export interface OwnersDesk {
  readonly rules: OwnersRules<OwnersRule>
  /** Lines the host skips, with what is wrong. */
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
  /** Null: no line matches. A line without owners is a rule: nobody's. Of several sections' lines, the last. */
  readonly rule: {readonly file: string; readonly line: number; readonly pattern: string} | null
  /** GitLab only: the line of each section that answers; all of them own the path. */
  readonly sections?: readonly OwnersSection[]
}

export interface OwnersSection {
  /** `''`: before the first heading. */
  readonly section: string
  /** Asks for no approval. */
  readonly optional: boolean
  readonly line: number
  readonly pattern: string
  readonly owners: readonly string[]
}

/** A file nobody has named: what is asked about a folder (`docs/`, `.`) is who owns what lies in it. */
const ANY_FILE = 'any-file'

export function answer({rules, place}: OwnersDesk, path: string): OwnersAnswer {
  const placed = place(path)
  const folder = path.endsWith('/') || placed === '' || placed === '.'
  const found = placed === null ? [] : matchOwners(rules, folder ? `${placed}/${ANY_FILE}` : placed)
  const last = found.toSorted((a, b) => a.line - b.line).at(-1)
  if (!last) return {path, owners: [], rule: null}
  const {file, line, pattern} = last
  return {
    path,
    owners: [...new Set(found.flatMap(rule => rule.owners))],
    rule: {file, line, pattern},
    ...(rules.host === 'gitlab' ? {sections: found.map(sectionOf)} : {}),
  }
}

const sectionOf = ({section, line, pattern, owners}: OwnersRule): OwnersSection => ({
  section: section?.replace(/^\^/, '') ?? '',
  optional: section?.startsWith('^') === true,
  line,
  pattern,
  owners,
})
