import type {Node} from '../graph.ts'
import type {Case, Claim} from './claims.ts'

/** The owners of a repository or namespace the row itself names. */
export function* ofProject(open: Case, node: Node, field: string): Generator<Claim> {
  const answer = open.ownership.ownerOf(node, open.at)
  open.span.within(answer.span)
  for (const [id, probability] of answer.says) {
    const where = answer.witnesses.flatMap(witness => witness.where)
    yield {
      rule: 'R1',
      family: field,
      basis: answer.witnesses[0]!.basis,
      probability,
      exact: true,
      about: 'organization',
      node: open.graph.node(id)!,
      via: node,
      where,
      because: `it ran in ${field} ${node.name}: ${answer.witnesses.map(({because}) => because).join('; ')}`,
    }
  }
}
