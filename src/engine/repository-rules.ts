/** Each repository's CODEOWNERS, ready to be asked about a directory. */
import {pathIn} from '../model/alias.ts'
import type {Alias} from '../model/fact.ts'
import {compile, effectiveFile, match, type Rules} from './codeowners.ts'
import type {RuleRow, Span, Union} from './graph.ts'

/** One version of a repository's file and when it held; a checkout's holds always. */
interface Version {
  readonly validFrom: number | null
  readonly validTo: number | null
  readonly rules: Rules<RuleRow>
}

export interface RepositoryRules {
  readonly union: Union
  readonly byRepository: ReadonlyMap<Alias, readonly Version[]>
}

export function compileRules(rows: readonly RuleRow[], union: Union): RepositoryRules {
  const byRepository = new Map<Alias, Version[]>()
  for (const [root, all] of grouped(rows, row => union.find(row.repository)))
    byRepository.set(
      root,
      [...grouped(all, row => `${row.validFrom} ${row.validTo}`).values()].map(versionOf),
    )
  return {union, byRepository}
}

function grouped<Key>(rows: readonly RuleRow[], by: (row: RuleRow) => Key): Map<Key, RuleRow[]> {
  const found = new Map<Key, RuleRow[]>()
  for (const row of rows) {
    const rowsOfKey = found.get(by(row))
    if (rowsOfKey) rowsOfKey.push(row)
    else found.set(by(row), [row])
  }
  return found
}

function versionOf(rows: readonly RuleRow[]): Version {
  const file = effectiveFile(rows.map(row => row.file)) ?? rows[0]!.file
  const lines = rows.filter(row => row.file === file).sort((a, b) => a.line - b.line)
  const {validFrom, validTo} = rows[0]!
  return {validFrom, validTo, rules: compile(lines)}
}

/** The version that held at `at`. A dated one, from the file's history, knows better than a checkout of unknown day. */
function versionAt(versions: readonly Version[], at: number, span: Span): Version | undefined {
  const dated = versions.filter(({validFrom, validTo}) => validFrom !== null || validTo !== null)
  const holding = dated.filter(({validFrom, validTo}) => span.narrow(at, validFrom, validTo))
  return holding.at(-1) ?? versions.find(({validFrom, validTo}) => validFrom === null && validTo === null)
}

export interface FoundRule {
  readonly pattern: string
  readonly owners: readonly string[]
  readonly where: string
  /** A catch-all that says who looks after what no other line names. */
  readonly isDefault: boolean
}

/** A file nobody has named: what a directory's own line, or the catch-all, would match. */
const ANY_FILE = 'any-file'

/** The line that holds at `at` for a directory of a repository, or for the repository as a whole (`path` null). */
export function ruleFor(
  {union, byRepository}: RepositoryRules,
  repository: Alias,
  path: string | null,
  at: number,
  span: Span,
): FoundRule | null {
  const rules = versionAt(byRepository.get(union.find(repository)) ?? [], at, span)?.rules
  if (!rules) return null
  const rule = match(rules, path === null ? ANY_FILE : `${path}/${ANY_FILE}`)
  if (!rule || rule.owners.length === 0) return null
  const catchAll = /^\/?\*{1,2}(\/\*)?$/.test(rule.pattern)
  return {
    pattern: rule.pattern,
    owners: rule.owners,
    where: rule.where,
    isDefault: catchAll && (path !== null || rules.rules.length > 3),
  }
}

/** The directory a CODEOWNERS line is about, as a project of its own: `/services/heron/` → `…#services/heron`; null for globs and files. */
export function directoryOf(repository: Alias, pattern: string): Alias | null {
  const path = /^\/?((?:[\w-][\w.-]*\/)+[\w-]+|[\w-]+(?=\/))\/?(?:\*\*?)?$/.exec(pattern)?.[1]
  return path === undefined ? null : pathIn(repository, path)
}
