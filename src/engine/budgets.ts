/** Which cost center pays for an organization, and which organizations a cost center pays for. */
import type {Graph, Node, Span} from './graph.ts'
import {currentTeams} from './membership.ts'
import type {Ownership} from './ownership.ts'
import type {Distribution} from './probability.ts'
import {RELIABILITY} from './reliability.ts'

/** The cost center an organization is budgeted under: what finance says of it, else where most of its people are. */
export function costCenterOf(graph: Graph, organization: Node, at: number, span: Span): Node | null {
  const own = [...graph.out(organization, 'budgeted_under', at, span)].sort((a, b) =>
    a.to.id < b.to.id ? -1 : 1,
  )
  if (own.length > 0) return (own.find(({link}) => link.basis === 'finance') ?? own[0]!).to
  const counts = new Map<Node, number>()
  for (const {to: person} of graph.into(organization, 'member_of', at, span))
    for (const {to} of graph.out(person, 'budgeted_under', at, span))
      counts.set(to, (counts.get(to) ?? 0) + 1)
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || (a[0].id < b[0].id ? -1 : 1))
  return most?.[0] ?? null
}

/** Organizations that a cost center pays for: those finance names, else those most of its people are in. */
export function payersOf(ownership: Ownership, center: Node, at: number, span: Span): Distribution {
  const named = [...ownership.graph.into(center, 'budgeted_under', at, span)].filter(({to}) =>
    ownership.isTeam(to),
  )
  if (named.length > 0)
    return currentTeams(
      ownership,
      new Map(named.map(({to}) => [to.id, RELIABILITY.finance / named.length])),
      at,
      span,
    )
  const counts = new Map<string, number>()
  for (const {to: person} of ownership.graph.into(center, 'budgeted_under', at, span)) {
    if (person.kind !== 'identity') continue
    const answer = ownership.teamOf(person, at)
    span.within(answer.span)
    for (const [id, probability] of answer.says) counts.set(id, (counts.get(id) ?? 0) + probability)
  }
  const votes = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return new Map([...counts].map(([id, count]) => [id, (count / votes) * RELIABILITY.finance]))
}
