/** What of the graph is about people, and what of that may be shown. Nothing is, of fewer than five. */

import type {DatedLink, Graph, Merge, Node} from '../../engine/graph.ts'
import {FEWEST_SHOWN} from '../../model/cohort.ts'
import type {Alias} from '../../model/fact.ts'
import {isPersonalAlias, MACHINES} from '../../model/person.ts'

const machines = new Set<string>(MACHINES)

export const isPersonal = ({kind, type, aliases}: Node): boolean =>
  kind === 'identity' && !machines.has(type ?? '') && aliases.some(isPersonalAlias)

/** Whether a merge is about a person. Of an address that follows from an id only the id may be known. */
export const isPersonalMerge = (graph: Graph, {a, b}: Merge): boolean =>
  [a, b].some(known => isOfPerson(graph, known))

function isOfPerson(graph: Graph, known: Alias): boolean {
  const node = graph.node(known)
  return node ? isPersonal(node) : isPersonalAlias(known)
}

/** What a merge is of. */
export const mergedNode = (graph: Graph, {a, b}: Merge): Node => graph.node(a) ?? graph.node(b)!

export type Joined = DatedLink & {readonly from: Node}

export interface Visible {
  readonly shows: (node: Node) => boolean
  readonly showsMerge: (merge: Merge) => boolean
  readonly links: readonly Joined[]
  /** What is not shown. */
  readonly leftOut: {readonly people: number; readonly links: number}
}

/** `people`: whether to show them at all. A link of one is shown where at least five have it with the same node. */
export function visible(graph: Graph, people: boolean): Visible {
  const persons = graph.nodes.filter(isPersonal)
  const some = people && persons.length >= FEWEST_SHOWN
  const links = [...graph.links()]
  const crowds = new Map<string, Set<string>>()
  for (const link of links)
    for (const {crowd, person} of crowdsOf(link))
      crowds.set(crowd, (crowds.get(crowd) ?? new Set()).add(person.id))
  const kept = links.filter(link => {
    const about = crowdsOf(link)
    if (about.length === 0) return true
    return some && about.some(({crowd}) => crowds.get(crowd)!.size >= FEWEST_SHOWN)
  })
  return {
    shows: node => some || !isPersonal(node),
    showsMerge: merge => some || !isPersonalMerge(graph, merge),
    links: kept,
    leftOut: {people: some ? 0 : persons.length, links: links.length - kept.length},
  }
}

/** The people of a link, each with those who have the same link with the other end. */
function crowdsOf({from, link, to}: Joined): {readonly crowd: string; readonly person: Node}[] {
  return [
    ...(isPersonal(from) ? [{crowd: `${link.relation} to ${to.id}`, person: from}] : []),
    ...(isPersonal(to) ? [{crowd: `${link.relation} from ${from.id}`, person: to}] : []),
  ]
}
