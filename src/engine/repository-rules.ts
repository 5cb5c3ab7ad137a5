/** Each repository's CODEOWNERS, ready to be asked about a directory. */
import {codeowner, pathIn} from '../model/alias.ts'
import type {CodeownersHost} from '../model/codeowners.ts'
import type {Alias} from '../model/fact.ts'
import type {RuleRow, Span, Union} from './graph.ts'
import {compileOwners, effectiveFile, matchOwners, type OwnersRules} from './owners-file.ts'

/** One version of a repository's file and when it held; a checkout's holds always. */
interface Version {
  readonly validFrom: number | null
  readonly validTo: number | null
  readonly rules: OwnersRules<RuleRow>
  /** Owners that most lines name: they look over everything, and beside another owner they do not tell whose it is. */
  readonly overseers: ReadonlySet<string>
}

export interface RepositoryRules {
  readonly union: Union
  readonly byRepository: ReadonlyMap<Alias, readonly Version[]>
}

/** The host a repository's address names; null: it names none that tells. */
export const hostOfRepository = (repository: Alias): CodeownersHost | null =>
  repository.startsWith('github:') ? 'github' : /^git:repo\/gitlab[.:/]/.test(repository) ? 'gitlab' : null

/** Whose grammar a line is written in: a section tells, else its repository's address. */
export const hostOfRule = ({section, repository}: RuleRow, union: Union): CodeownersHost =>
  section !== null ? 'gitlab' : (hostOfRepository(union.find(repository)) ?? 'github')

export function compileRules(rows: readonly RuleRow[], union: Union): RepositoryRules {
  const byRepository = new Map<Alias, Version[]>()
  for (const [root, all] of Map.groupBy(rows, row => union.find(row.repository)))
    byRepository.set(
      root,
      [...Map.groupBy(all, row => `${row.validFrom} ${row.validTo}`).values()].map(lines =>
        versionOf(lines, root, union),
      ),
    )
  return {union, byRepository}
}

function versionOf(rows: readonly RuleRow[], root: Alias, union: Union): Version {
  const files = rows.map(row => row.file)
  const file = effectiveFile(files, hostOfRepository(root) ?? undefined) ?? files[0]!
  const lines = rows.filter(row => row.file === file).sort((a, b) => a.line - b.line)
  const {validFrom, validTo} = rows[0]!
  return {
    ...{validFrom, validTo, overseers: overseersOf(lines)},
    rules: compileOwners(lines, hostOfRule(lines[0]!, union)),
  }
}

/** In a file of at least so many lines, who stands on at least this part of them. */
const OVERSEER = {lines: 8, part: 0.6} as const

function overseersOf(lines: readonly RuleRow[]): ReadonlySet<string> {
  const counts = new Map<string, number>()
  for (const {owners} of lines)
    for (const owner of new Set(owners)) counts.set(owner, (counts.get(owner) ?? 0) + 1)
  const most = [...counts].filter(([, count]) => count >= lines.length * OVERSEER.part)
  return new Set(lines.length < OVERSEER.lines ? [] : most.map(([owner]) => owner))
}

/** The version that held at `at`. A dated one, from the file's history, knows better than a checkout of unknown day. */
function versionAt(versions: readonly Version[], at: number, span: Span): Version | undefined {
  const dated = versions.filter(({validFrom, validTo}) => validFrom !== null || validTo !== null)
  const holding = dated.filter(({validFrom, validTo}) => span.narrow(at, validFrom, validTo))
  return holding.at(-1) ?? versions.find(({validFrom, validTo}) => validFrom === null && validTo === null)
}

export interface FoundRule {
  /** The line as a sentence may quote it: its section, if any, and its pattern. */
  readonly said: string
  readonly owners: readonly string[]
  readonly host: CodeownersHost
  readonly where: string
  /** A catch-all that says who looks after what no other line names. */
  readonly isDefault: boolean
}

/** A file nobody has named: what a directory's own line, or the catch-all, would match. */
const ANY_FILE = 'any-file'
const CATCH_ALL = /^\/?\*{1,2}(\/\*)?$/

/**
 * The lines that hold at `at` for a directory of a repository, or for the repository as a whole (`path` null): one on GitHub; on GitLab
 * one a section, where catch-alls and sections that ask for no approval speak only if nobody else does.
 */
export function rulesFor(
  {union, byRepository}: RepositoryRules,
  repository: Alias,
  path: string | null,
  at: number,
  span: Span,
): FoundRule[] {
  const version = versionAt(byRepository.get(union.find(repository)) ?? [], at, span)
  if (!version) return []
  const {rules, overseers} = version
  const several = rules.sections.reduce((sum, section) => sum + section.rules.rules.length, 0) > 3
  const isDefault = ({pattern}: RuleRow): boolean =>
    (CATCH_ALL.test(pattern) || (rules.host === 'gitlab' && pattern === '/')) && (path !== null || several)
  const inside = matchOwners(rules, path === null ? ANY_FILE : `${path}/${ANY_FILE}`)
  // To GitLab `/services/heron` is a file; who wrote it meant the folder.
  const itself = path !== null && rules.host === 'gitlab' ? matchOwners(rules, path) : []
  const literal = itself.filter(({pattern}) => !/[*?[]/.test(pattern))
  const inOrder = [...inside, ...literal].sort((a, b) => a.line - b.line)
  const found = [...new Map(inOrder.map(rule => [rule.section, rule])).values()]
  const telling = choose(
    choose(
      found.filter(({owners}) => owners.length > 0),
      rule => !isDefault(rule),
    ),
    ({section}) => section?.startsWith('^') !== true,
  )
  return telling.map(rule => ({
    said: rule.section ? `[${rule.section.replace('^', '')}] ${rule.pattern}` : rule.pattern,
    owners: choose(rule.owners, owner => !overseers.has(owner)),
    host: rules.host,
    where: rule.where,
    isDefault: isDefault(rule),
  }))
}

/** Those that are so, or all where none is. */
function choose<Item>(items: readonly Item[], is: (item: Item) => boolean): readonly Item[] {
  const chosen = items.filter(is)
  return chosen.length > 0 ? chosen : items
}

/** What a line's owners are called. `@name` on GitLab is a group's where the graph knows a group of that name, else a person's. */
export function ownerAliases(
  owners: readonly string[],
  host: CodeownersHost,
  knows: (name: Alias) => boolean,
): Alias[] {
  return owners.flatMap(owner => {
    const name = codeowner(owner, host)
    const group = name?.replace(/^gitlab:user\//, 'gitlab:group/')
    return group !== undefined && group !== name && knows(group) ? group : (name ?? [])
  })
}

/** The directory a CODEOWNERS line is about, as a project of its own: `/services/heron/` → `…#services/heron`; null for globs and files. */
export function directoryOf(repository: Alias, pattern: string): Alias | null {
  const path = /^\/?((?:[\w-][\w.-]*\/)+[\w-]+|[\w-]+(?=\/))\/?(?:\*\*?)?$/.exec(pattern)?.[1]
  return path === undefined ? null : pathIn(repository, path)
}
