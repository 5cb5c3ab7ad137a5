/**
 * Which rules of a CODEOWNERS file hold for a path. On GitHub that is one: the last that matches. On GitLab each section is
 * asked by itself and all that answer own the path together; what a section excludes it does not answer for.
 */
import {CODEOWNERS_PLACES, type CodeownersHost} from '../model/codeowners.ts'
import {compile, match, type Rules} from './codeowners.ts'

interface Ruled {
  readonly pattern: string
  /** GitLab's section; null: GitHub, which has none. */
  readonly section: string | null
}

interface Section<Rule> {
  readonly rules: Rules<Rule>
  readonly excluded: Rules<Rule> | null
}

export interface OwnersRules<Rule> {
  readonly host: CodeownersHost
  readonly sections: readonly Section<Rule>[]
}

/** A file's rules in the order of its lines. The host is told by their sections, or by who knows better. */
export function compileOwners<Rule extends Ruled>(
  rules: readonly Rule[],
  host: CodeownersHost = hostOfRules(rules),
): OwnersRules<Rule> {
  if (host === 'github') return {host, sections: [{rules: compile(rules), excluded: null}]}
  const bySection = Map.groupBy(rules, ({section}) => section ?? '')
  const sections = [...bySection.values()].map(lines => {
    const excluded = lines.filter(({pattern}) => pattern.startsWith('!'))
    const kept = lines.filter(({pattern}) => !pattern.startsWith('!'))
    return {
      rules: compile(kept, 'gitlab'),
      excluded: excluded.length > 0 ? compile(excluded, 'gitlab') : null,
    }
  })
  return {host, sections}
}

export const hostOfRules = (rules: readonly Pick<Ruled, 'section'>[]): CodeownersHost =>
  rules.some(({section}) => section !== null) ? 'gitlab' : 'github'

/** The rule of each section that answers, in the order of the sections; none where no line matches. */
export function matchOwners<Rule>({sections}: OwnersRules<Rule>, path: string): Rule[] {
  return sections.flatMap(({rules, excluded}) => {
    if (excluded && match(excluded, path) !== null) return []
    const found = match(rules, path)
    return found === null ? [] : [found]
  })
}

/** Of a repository's CODEOWNERS files (paths inside it), the one its host uses, or null. */
export function effectiveFile(files: Iterable<string>, host?: CodeownersHost): string | null {
  const present = new Set(files)
  const places = CODEOWNERS_PLACES[host ?? (present.has('.github/CODEOWNERS') ? 'github' : 'gitlab')]
  return places.find(place => present.has(place)) ?? null
}
