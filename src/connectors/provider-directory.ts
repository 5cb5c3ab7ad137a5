/** The statements that the directories of model providers have in common. */
import * as alias from '../model/alias.ts'
import type {Alias, Basis, EntityFact, LinkFact, NodeKind, Relation} from '../model/fact.ts'

export const link = (line: number, from: Alias, relation: Relation, to: Alias, basis: Basis): LinkFact => ({
  fact: 'link',
  line,
  relation,
  from,
  to,
  basis,
})

export function entity(
  line: number,
  kind: NodeKind,
  known: Alias,
  said: {type: string; name?: string | undefined; status?: string | undefined},
): EntityFact {
  return {
    fact: 'entity',
    line,
    kind,
    alias: known,
    ...(said.name === undefined ? {} : {name: said.name}),
    type: said.type,
    ...(said.status === undefined ? {} : {status: said.status.toLowerCase()}),
  }
}

/** A user of the provider, and the e-mail the provider verified for them. */
export function* person(
  line: number,
  known: Alias,
  name: string | undefined,
  email: string | undefined,
): Generator<EntityFact | LinkFact> {
  yield entity(line, 'identity', known, {type: 'person', name})
  if (email?.includes('@')) yield link(line, known, 'same_as', alias.email(email), 'verified')
}
