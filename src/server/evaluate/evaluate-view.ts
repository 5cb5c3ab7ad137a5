/** An evaluation as tables: relations, the reliability of every kind of evidence, and how sure against how often right. */

import type {Reliability} from '../../engine/rail/evaluate.ts'
import type {Bin, Measured} from '../../engine/rail/measure.ts'
import type {Column, Report, Row, Table} from '../../report/report.ts'
import type {StoreEvaluation} from './evaluate-store.ts'
import type {Measurement} from './history.ts'
import type {evaluateWorld} from './known-world.ts'

const RELATIONS: {readonly [type: string]: string} = {
  owner: 'owner of a record',
  invocation_service: 'record → service',
  project_organization: 'service, repository or project → team',
  identity_organization: 'person → team',
}

const FIGURES: readonly Column[] = [
  {key: 'type', label: 'Known edge', kind: 'text'},
  {key: 'n', label: 'Labels', kind: 'count'},
  {key: 'accuracy', label: 'Right', kind: 'share'},
  {key: 'baseline', label: 'Guessing', kind: 'share', drop: 3},
  {key: 'heuristic', label: 'Rules alone', kind: 'share', drop: 2},
  {key: 'coverage', label: 'Answered', kind: 'share', drop: 4},
  {key: 'shown', label: 'At ≥ 0.80', kind: 'share'},
  {key: 'sure', label: 'Right there', kind: 'share'},
  {key: 'ece', label: 'ECE', kind: 'ratio'},
  {key: 'brier', label: 'Brier', kind: 'ratio', drop: 1},
]

export function evaluationReport(
  evaluation: StoreEvaluation,
  before: Measurement | null,
  where: string,
): Report {
  const {edges, owner, reliabilities, model} = evaluation
  return {
    title: 'How often venturi is right',
    subtitle: `${where}, ${model.version ?? 'no trained model'}${evaluation.cross_validated ? ', each entity answered by a fit that never saw it' : ''}`,
    tables: [
      {
        key: 'edges',
        title: null,
        columns: FIGURES,
        rows: [
          ...(owner === null
            ? []
            : [
                figures('owner of a record', owner),
                figures('the same, by cost', {
                  ...owner.by_cost,
                  baseline_accuracy: null,
                  heuristic_accuracy: null,
                }),
              ]),
          ...edges.map(edge => figures(RELATIONS[edge.type] ?? edge.type, edge)),
        ],
        empty: 'No edge of this database is known by rules: nothing can be measured.',
      },
      ...(owner === null ? [] : [binTable(owner.bins)]),
      reliabilityTable(reliabilities),
    ],
    closing: [
      'Known edges are asked again with their evidence hidden, the kinds that open spend lacks. ECE: how far "how sure" is from "how often right".',
      closingLine(owner, before),
    ],
  }
}

const share = (value: number | null): number | null => (value === null ? null : Math.round(value * 1_000_000))
const ratio = (value: number | null): number | null => (value === null ? null : Math.round(value * 10_000))

type Compared = Measured & {
  readonly baseline_accuracy: number | null
  readonly heuristic_accuracy: number | null
}

const figures = (type: string, measured: Compared): Row => ({
  type,
  n: measured.n,
  accuracy: share(measured.accuracy),
  baseline: share(measured.baseline_accuracy),
  heuristic: share(measured.heuristic_accuracy),
  coverage: share(measured.coverage),
  shown: share(measured.coverage_at_080),
  sure: share(measured.accuracy_at_080),
  ece: ratio(measured.ece),
  brier: ratio(measured.brier),
})

/** The reliability diagram: how sure beside how often right. */
const binTable = (bins: readonly Bin[]): Table => ({
  key: 'bins',
  title: 'Sure against right',
  columns: [
    {key: 'bin', label: 'Said', kind: 'text'},
    {key: 'n', label: 'Labels', kind: 'count'},
    {key: 'said', label: 'Mean', kind: 'share'},
    {key: 'right', label: 'Right', kind: 'share'},
    {key: 'bar', label: '', kind: 'bar'},
  ],
  rows: bins.map(({from, to, n, mean_confidence, accuracy}) => ({
    bin: `${from.toFixed(1)}–${to.toFixed(1)}`,
    n,
    said: share(mean_confidence),
    right: share(accuracy),
    bar: share(accuracy),
  })),
  empty: 'No answer to measure.',
})

const reliabilityTable = (reliabilities: readonly Reliability[]): Table => ({
  key: 'reliability',
  title: 'How often each kind of evidence names the right one',
  columns: [
    {key: 'relation', label: 'Of', kind: 'text', drop: 1},
    {key: 'kind', label: 'Evidence', kind: 'text'},
    {key: 'n', label: 'Labels', kind: 'count'},
    {key: 'right', label: 'Right', kind: 'share'},
    {key: 'weight', label: 'Weight', kind: 'ratio'},
  ],
  rows: reliabilities.map(({relation, kind, n, accuracy, weight}) => ({
    relation: RELATIONS[relation] ?? relation,
    kind,
    n,
    right: share(accuracy),
    weight: ratio(weight),
  })),
  empty: 'No kind of evidence could be compared.',
})

function closingLine(owner: Measured | null, before: Measurement | null): string {
  if (owner === null || owner.accuracy === null)
    return 'No owner is known by rules: nothing to say of owners.'
  const now = `Owners: ${percent(owner.accuracy)} right of those answered (${percent(owner.coverage)} of ${owner.n} hidden), ${percent(owner.accuracy_at_080)} of those shown at 0.80 or more, ECE ${owner.ece?.toFixed(3)}`
  if (before === null || before.accuracy === null) return `${now}.`
  const change = Math.round((owner.accuracy - before.accuracy) * 1000) / 10
  const word = change === 0 ? 'as before' : `${change > 0 ? '+' : '−'}${Math.abs(change)} points`
  return `${now}; ${word} since ${before.at.slice(0, 10)}${before.model === null ? '' : ` (${before.model})`}.`
}

const percent = (value: number | null): string => (value === null ? 'none' : `${(value * 100).toFixed(1)} %`)

type World = Awaited<ReturnType<typeof evaluateWorld>>

/** A known world: what was shown, what of it was right, and the cases that went wrong. */
export function worldReport(world: World, where: string, version: string | null): Report {
  const cases = (key: string, title: string, found: World['wrong'], empty: string): Table => ({
    key,
    title,
    columns: [
      {key: 'case', label: 'Case', kind: 'text'},
      {key: 'share', label: 'Of the spend', kind: 'share'},
    ],
    rows: found.map(one => ({case: one.case, share: share(one.share)})),
    empty,
  })
  const figure = (name: string, value: number | null): Row => ({figure: name, value: share(value)})
  return {
    title: 'How often venturi is right',
    subtitle: `${where}, ${version ?? 'no trained model'}`,
    tables: [
      {
        key: 'world',
        title: null,
        columns: [
          {key: 'figure', label: 'Of the spend', kind: 'text'},
          {key: 'value', label: '', kind: 'share'},
        ],
        rows: [
          figure('shown at 0.80 or more', world.shown_at_080),
          figure('of that, with the right owner', world.right_at_080),
          figure('of what can be known, shown so and right', world.knowable_reached),
          figure('claimed though nobody can know it', world.unknowable_claimed),
        ],
        empty: '',
      },
      binTable(world.owner.by_cost.bins),
      cases('wrong', 'Shown with another owner', world.wrong, 'Nothing.'),
      cases('missed', 'Could be known, and was not shown', world.missed, 'Nothing.'),
    ],
    closing: [
      `ECE ${world.owner.ece?.toFixed(3)} by records, ${world.owner.by_cost.ece?.toFixed(3)} by cost, of probabilities before the ceiling of 0.95.`,
    ],
  }
}
