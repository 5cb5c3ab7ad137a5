/** Facts by method calls, for tests that look at the graph. */
import {buildWorld, type Facts} from '../../src/engine/attribute.ts'
import type {EntityRow, LinkRow, RuleRow} from '../../src/engine/graph.ts'
import type {Alias, Basis, NodeKind, Relation} from '../../src/model/fact.ts'

/** A graph by method calls; each statement stands on a line of its own. */
export function company() {
  const entities: EntityRow[] = []
  const links: LinkRow[] = []
  const rules: RuleRow[] = []
  const where = () => `facts:${entities.length + links.length + rules.length}`
  const built = {
    entity(kind: NodeKind, alias: Alias, name: string | null = null, type: string | null = null) {
      entities.push({kind, alias, name, type, status: null, where: where()})
      return built
    },
    link(from: Alias, relation: Relation, to: Alias, basis: Basis, dates: Partial<LinkRow> = {}) {
      links.push({
        from,
        relation,
        to,
        basis,
        validFrom: null,
        validTo: null,
        exclusive: false,
        where: where(),
        ...dates,
      })
      return built
    },
    rule(repository: Alias, pattern: string, owners: readonly string[], section: string | null) {
      const line = rules.length + 1
      const always = {validFrom: null, validTo: null}
      rules.push({repository, file: 'CODEOWNERS', line, pattern, owners, section, ...always, where: where()})
      return built
    },
    facts: (): Facts => ({entities, links, rules, deployments: [], commits: []}),
    world: () => buildWorld(built.facts()),
  }
  return built
}
