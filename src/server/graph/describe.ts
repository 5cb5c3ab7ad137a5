/** The graph as a value: nodes, links, and why what is one node is one. The contract's keys. */
import type {Graph, Merge, Node} from '../../engine/graph.ts'
import type {Alias} from '../../model/fact.ts'
import {formatTime} from '../../model/time.ts'
import {mergedNode, visible} from './people.ts'

export interface NodeJson {
  readonly id: Alias
  readonly kind: Node['kind']
  readonly name: string
  readonly type: string | null
  readonly status: string | null
  readonly aliases: readonly Alias[]
}

export interface MergeJson {
  readonly aliases: readonly [Alias, Alias]
  readonly probability: number
  readonly because: string
  /** `file:line`; null: it follows from names, people or things alone. */
  readonly where: string | null
}

export interface GraphJson {
  /** Whether people are shown. */
  readonly people: boolean
  readonly left_out: {readonly people: number; readonly links: number}
  readonly nodes: readonly NodeJson[]
  readonly links: readonly {
    readonly relation: string
    readonly from: Alias
    readonly to: Alias
    readonly basis: string
    readonly valid_from: string | null
    readonly valid_to: string | null
    readonly where: string
  }[]
  readonly merges: readonly (MergeJson & {readonly node: Alias})[]
  /** The likeliest pairs of teams that were not merged; `nodes`: what each is part of. */
  readonly not_merged: readonly (MergeJson & {
    readonly nodes: readonly [Alias, Alias]
    readonly why: string
  })[]
  /** Merges that `apart` forbids, with the two names it keeps apart. */
  readonly refused: readonly (MergeJson & {readonly apart: readonly [Alias, Alias]})[]
}

export const nodeToJson = ({id, kind, name, type, status, aliases}: Node): NodeJson => ({
  ...{id, kind, name, type, status, aliases},
})

/** What weighing alone makes sure is never shown as certain. */
const MOST_LIKELY = 0.9999

export const mergeToJson = ({a, b, probability, because, where}: Merge): MergeJson => ({
  aliases: [a, b],
  probability: probability === 1 ? 1 : Math.min(MOST_LIKELY, Math.round(probability * 10_000) / 10_000),
  because,
  where,
})

export function describeGraph(graph: Graph, people: boolean): GraphJson {
  const {shows, showsMerge, links, leftOut} = visible(graph, people)
  const time = (at: number | null): string | null => (at === null ? null : formatTime(at))
  return {
    people,
    left_out: leftOut,
    nodes: graph.nodes.filter(shows).map(nodeToJson),
    links: links.map(({from, link, to}) => ({
      ...{relation: link.relation, from: from.id, to: to.id, basis: link.basis},
      ...{valid_from: time(link.validFrom), valid_to: time(link.validTo), where: link.where},
    })),
    merges: graph.merges
      .filter(showsMerge)
      .map(merge => ({node: mergedNode(graph, merge).id, ...mergeToJson(merge)})),
    not_merged: graph.rivals.filter(showsMerge).map(rival => ({
      nodes: [graph.node(rival.a)!.id, graph.node(rival.b)!.id],
      ...mergeToJson(rival),
      why: rival.why,
    })),
    refused: graph.refused
      .filter(showsMerge)
      .map(refused => ({...mergeToJson(refused), apart: refused.apart})),
  }
}
