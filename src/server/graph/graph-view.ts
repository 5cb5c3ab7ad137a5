/** What was taken for one thing and why, for people: all of it in short, or one thing in full. */

import type {Graph, Merge, Node, Refused, Rival} from '../../engine/graph.ts'
import {FEWEST_SHOWN} from '../../model/cohort.ts'
import type {Column, Report, Row, Table} from '../../report/report.ts'
import {type MergeJson, mergeToJson, type NodeJson, nodeToJson} from './describe.ts'
import {isPersonal, isPersonalMerge, mergedNode} from './people.ts'

const MOST_LEAST_SURE = 10

const KINDS = ['team', 'service', 'project', 'key or account', 'people'] as const
type Kind = (typeof KINDS)[number]

const kindOf = (node: Node): Kind =>
  node.kind === 'organization'
    ? 'team'
    : node.kind === 'identity'
      ? isPersonal(node)
        ? 'people'
        : 'key or account'
      : node.kind

const LEVELS = [
  ['certain', 1],
  ['nearly', 0.95],
  ['likely', 0.8],
  ['less', 0],
] as const

const levelOf = (probability: number): string => LEVELS.find(([, least]) => probability >= least)![0]

export interface Summary {
  readonly nodes: number
  readonly names: number
  /** Merges by kind of node and how sure they are: said by a system, from 0.95, from 0.80, less. */
  readonly merges: readonly {readonly kind: Kind; readonly [level: string]: number | Kind}[]
  readonly least_sure: readonly MergeJson[]
  readonly not_merged: readonly (MergeJson & {readonly why: string})[]
  readonly refused: readonly (MergeJson & {readonly apart: readonly [string, string]})[]
}

export function summarise(graph: Graph): Summary {
  const ofKind = (merge: Merge): Kind => kindOf(mergedNode(graph, merge))
  const byKind = Map.groupBy(graph.merges, ofKind)
  const open = <M extends Merge>(merges: readonly M[]): M[] =>
    merges.filter(merge => !isPersonalMerge(graph, merge))
  const least = open(graph.merges)
    .filter(({probability}) => probability < 1)
    .sort((x, y) => x.probability - y.probability || (x.a + x.b < y.a + y.b ? -1 : 1))
  return {
    nodes: graph.nodes.length,
    names: graph.nodes.reduce((sum, {aliases}) => sum + aliases.length, 0),
    merges: KINDS.flatMap(kind => {
      const merges = byKind.get(kind) ?? []
      if (merges.length === 0 || (kind === 'people' && merges.length < FEWEST_SHOWN)) return []
      const count = (level: string): number =>
        merges.filter(({probability}) => levelOf(probability) === level).length
      return [{kind, ...Object.fromEntries(LEVELS.map(([level]) => [level, count(level)]))}]
    }),
    least_sure: least.slice(0, MOST_LEAST_SURE).map(mergeToJson),
    not_merged: open(graph.rivals)
      .slice(0, MOST_LEAST_SURE)
      .map(rival => ({...mergeToJson(rival), why: rival.why})),
    refused: open(graph.refused).map(refused => ({...mergeToJson(refused), apart: refused.apart})),
  }
}

const PAIR: readonly Column[] = [
  {key: 'a', label: 'Name', kind: 'text'},
  {key: 'b', label: 'and name', kind: 'text'},
  {key: 'probability', label: 'Prob.', kind: 'ratio'},
  {key: 'because', label: 'Because', kind: 'note'},
]

const pair = ({aliases: [a, b], probability, because, where}: MergeJson, more = ''): Row => ({
  ...{a, b, probability: Math.round(probability * 10_000)},
  because: `${because}${more}${where === null ? '' : ` (${where})`}`,
})

const HOW_TO_MEND =
  'What is wrong is mended in venturi.yaml: names under same: are one, names under apart: are not.'

function unmerged({not_merged, refused}: Pick<Summary, 'not_merged' | 'refused'>): Table[] {
  return [
    {
      ...{key: 'not_merged', title: 'Nearly one', columns: PAIR, empty: 'Nothing comes near.'},
      rows: not_merged.map(rival => pair(rival, `; not merged: ${rival.why}`)),
    },
    ...(refused.length === 0
      ? []
      : [
          {
            ...{key: 'refused', title: 'Kept apart', columns: PAIR, empty: ''},
            rows: refused.map(merge => pair(merge, `; refused: ${merge.apart.join(' and ')} are kept apart`)),
          },
        ]),
  ]
}

export function summaryReport(summary: Summary): Report {
  return {
    title: 'What is one under several names',
    subtitle: `${summary.names} names of ${summary.nodes} things`,
    tables: [
      {
        key: 'merges',
        title: null,
        columns: [
          {key: 'kind', label: 'Merges', kind: 'text'},
          {key: 'certain', label: 'Told', kind: 'count'},
          {key: 'nearly', label: '≥ 0.95', kind: 'count'},
          {key: 'likely', label: '≥ 0.80', kind: 'count'},
          {key: 'less', label: 'Less', kind: 'count'},
        ],
        rows: summary.merges,
        empty: 'Nothing goes by two names.',
      },
      {
        ...{key: 'least_sure', title: 'Least sure', columns: PAIR, empty: 'Every merge is told by a system.'},
        rows: summary.least_sure.map(merge => pair(merge)),
      },
      ...unmerged(summary),
    ],
    closing: [HOW_TO_MEND, 'venturi graph NAME shows one in full.'],
  }
}

export interface NodeView extends NodeJson {
  readonly merges: readonly MergeJson[]
  readonly not_merged: Summary['not_merged']
  readonly refused: Summary['refused']
}

/** One thing with everything that made it one, and what nearly did. */
export function viewOf(graph: Graph, node: Node): NodeView {
  const has = ({a, b}: Merge): boolean => graph.node(a) === node || graph.node(b) === node
  return {
    ...nodeToJson(node),
    merges: graph.merges.filter(has).map(mergeToJson),
    not_merged: graph.rivals.filter(has).map((rival: Rival) => ({...mergeToJson(rival), why: rival.why})),
    refused: graph.refused.filter(has).map((refused: Refused) => ({
      ...mergeToJson(refused),
      apart: refused.apart,
    })),
  }
}

export function nodeReport(view: NodeView): Report {
  const {name, kind, type, status, aliases, merges} = view
  return {
    title: name,
    subtitle: [kind, type, status].filter(word => word !== null).join(', '),
    tables: [
      {
        key: 'names',
        title: null,
        columns: [{key: 'alias', label: 'Known as', kind: 'text'}],
        rows: aliases.map(alias => ({alias})),
        empty: '',
      },
      {
        ...{key: 'merges', title: 'One because', columns: PAIR, empty: 'It goes by one name.'},
        rows: merges.map(merge => pair(merge)),
      },
      ...unmerged(view),
    ],
    closing: [HOW_TO_MEND],
  }
}
