/** The statements that the directories of model providers have in common. */
import * as alias from '../model/alias.ts'
import type {Alias, Basis, EntityFact, LinkFact, Relation} from '../model/fact.ts'
import {entity, link as statement} from './statements.ts'

export {entity}

export const link = (line: number, from: Alias, relation: Relation, to: Alias, basis: Basis): LinkFact =>
  statement(line, relation, from, to, basis)

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
