/** Each repository's CODEOWNERS, ready to be asked about a directory. */
import {pathIn} from '../model/alias.ts'
import type {Alias} from '../model/fact.ts'
import {compile, effectiveFile, match, type Rules} from './codeowners.ts'
import type {RuleRow, Union} from './graph.ts'

export interface RepositoryRules {
  readonly union: Union
  readonly byRepository: ReadonlyMap<Alias, Rules<RuleRow>>
}

export function compileRules(rows: readonly RuleRow[], union: Union): RepositoryRules {
  const grouped = new Map<Alias, RuleRow[]>()
  for (const row of rows) {
    const root = union.find(row.repository)
    grouped.set(root, [...(grouped.get(root) ?? []), row])
  }
  const byRepository = new Map<Alias, Rules<RuleRow>>()
  for (const [root, all] of grouped) {
    const file = effectiveFile(all.map(row => row.file)) ?? all[0]!.file
    const lines = all.filter(row => row.file === file).sort((a, b) => a.line - b.line)
    byRepository.set(root, compile(lines))
  }
  return {union, byRepository}
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

/** The line that holds for a directory of a repository, or for the repository as a whole (`path` null). */
export function ruleFor(
  {union, byRepository}: RepositoryRules,
  repository: Alias,
  path: string | null,
): FoundRule | null {
  const rules = byRepository.get(union.find(repository))
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
