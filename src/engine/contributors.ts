/** What the people who work on a repository or a provider project say of whose it is. */
import {PROVIDER_PROJECT} from './company.ts'
import type {Node, Span} from './graph.ts'
import type {Ownership} from './ownership.ts'
import {WEAKER} from './reliability.ts'
import type {Witness} from './witness.ts'

/** A place is a team's only where so many of its people are. */
const MOSTLY = 0.6

/** One person on a project says little of its team; several of one team say more. */
const togetherWorth = (people: number): number =>
  Math.max(0.05, 0.95 - (0.95 - WEAKER.contributors) * 0.75 ** (people - 1))

/** The people a code host or a provider lists on a place, each counted as far as this place is theirs. */
export function contributors(ownership: Ownership, node: Node, at: number, span: Span): Witness | null {
  const counts = new Map<string, number>()
  const where: string[] = []
  let people = 0
  for (const {link, to} of ownership.graph.into(node, 'contributes_to', at, span)) {
    if (to.type === 'bot' || (PROVIDER_PROJECT.test(node.id) && ownership.company.administrators.has(to.id)))
      continue
    const answer = ownership.teamOf(to, at)
    span.within(answer.span)
    if (answer.says.size === 0) continue
    // Somebody who is in every project is there for all of them and speaks for none.
    const weight = 1 / new Set(ownership.graph.everOut(to, 'contributes_to').map(other => other.to.id)).size
    people += weight
    where.push(link.where)
    for (const [name, probability] of answer.says)
      counts.set(name, (counts.get(name) ?? 0) + probability * weight)
  }
  if (people === 0) return null
  // Where people of many teams meet nobody's is the place.
  if (PROVIDER_PROJECT.test(node.id) && Math.max(...counts.values()) < people * MOSTLY) return null
  const says = new Map(
    [...counts].map(([name, count]) => [name, (count / people) * togetherWorth(people)] as const),
  )
  return {
    family: 'contributors',
    basis: 'repository',
    says,
    because: `${people === 1 ? 'a person who works' : 'people who work'} on it`,
    where: where.slice(0, 3),
  }
}
