/** What a unit of result costs: outcomes that products counted, per the spend of what they name. Per, never because of. */
import {formatUsd, type Nanos, showExactUsd} from '../../model/money.ts'
import type {ReadableStore} from '../../store/query.ts'
import {settledNowRemarks} from '../closing-view.ts'
import {lens, periodToJson} from '../lens.ts'
import {type Totals, totalsOf} from '../lines.ts'
import type {Loaded, Request} from '../load.ts'
import {loadActivity, loadWorkloads} from '../load-activity.ts'
import {closedPeriods} from '../load-closed.ts'
import {loadFlows, type Step} from '../load-flows.ts'
import {type Definition, loadOutcomes} from '../load-outcomes.ts'
import {ppmOf, reconcilingLines} from '../reconcile.ts'
import type {Column, Report} from '../report.ts'
import {shareOf} from '../traffic.ts'

interface Defined extends Definition {
  /** Nano-dollars a unit; null: no spend or nothing counted. */
  readonly each: Nanos | null
  readonly trend: readonly (Nanos | null)[]
  /** The dearest steps of the workflows of what they name. */
  readonly steps: readonly string[]
}

interface Outcomes {
  readonly loaded: Loaded
  readonly totals: Totals
  readonly definitions: readonly Defined[]
  /** Spend of all that outcomes name, each once. */
  readonly joined: Nanos
  readonly remarks: readonly string[]
}

export const outcomes = lens({
  id: 'outcomes',
  summary: 'cost per counted outcome, by trace, service, feature or project, with both coverages',
  load,
  toReport,
  toJson,
})

function load(store: ReadableStore, request: Request): Outcomes {
  const {loaded, uses} = loadActivity(store, request, {day: true})
  const workloads = loadWorkloads(store, request)
  const found = loadOutcomes(store, request.period, uses, workloads)
  const {steps} = loadFlows(store, request.period, workloads)
  const whole = new Set(
    found.filter(({basis}) => basis !== 'trace').flatMap(({workloads: named}) => [...named]),
  )
  const ofWhole = uses.reduce((sum, {workload, cost}) => (whole.has(workload.id) ? sum + cost : sum), 0n)
  const ofTraces = found
    .filter(({basis}) => basis === 'trace')
    .reduce(
      (sum, {cost, workloads: named}) => ([...named].every(id => whole.has(id)) ? sum : sum + (cost ?? 0n)),
      0n,
    )
  return {
    loaded,
    totals: totalsOf(uses),
    definitions: found.map(definition => ({
      ...definition,
      each: per(definition.cost, definition.quantity),
      trend: definition.weeks.map(({cost, quantity}) =>
        per(definition.cost === null ? null : cost, quantity),
      ),
      steps: stepsOf(steps.filter(({workload}) => definition.workloads.has(workload.id))),
    })),
    joined: ofWhole + ofTraces,
    remarks: settledNowRemarks(closedPeriods(store), request.period),
  }
}

/** Nano-dollars a unit, rounded down; quantities are in billionths. */
const per = (cost: Nanos | null, quantity: bigint): Nanos | null =>
  cost === null || quantity <= 0n ? null : (cost * 1_000_000_000n) / quantity

function stepsOf(steps: readonly Step[]): string[] {
  const costs = new Map<string, Nanos>()
  for (const {name, cost} of steps) if (name !== null) costs.set(name, (costs.get(name) ?? 0n) + cost)
  return [...costs]
    .sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x > y ? -1 : 1))
    .slice(0, 3)
    .map(([name]) => name)
}

/** A quantity in billionths as people write it. */
function amount(quantity: bigint): string {
  const [whole, rest] = formatUsd(quantity).split('.') as [string, string | undefined]
  const fraction = (rest ?? '').replace(/0+$/, '')
  return fraction === '' ? whole : `${whole}.${fraction}`
}

const eventsOf = (definitions: readonly Definition[]): number =>
  definitions.reduce((sum, {events}) => sum + events, 0)

function toJson({loaded, totals, definitions, joined}: Outcomes) {
  const {period, asOf} = loaded.request
  const events = eventsOf(definitions)
  return {
    period: periodToJson(period),
    as_of: asOf,
    totals: {
      total_usd: formatUsd(totals.total),
      with_outcome_usd: formatUsd(joined),
      spend_with_outcome_ppm: totals.total === 0n ? null : ppmOf(joined, totals.total),
      events,
      events_with_spend_ppm: shareOf(eventsOf(definitions.filter(({cost}) => cost !== null)), events),
    },
    outcomes: definitions.map(({name, unit, basis, subject, each, trend, steps, ...rest}) => ({
      ...{outcome: name, unit, joined_by: basis === 'none' ? null : basis, subject},
      ...{events: rest.events, quantity: amount(rest.quantity), reversals: rest.reversals},
      success_share_ppm: shareOf(rest.succeeded, rest.said),
      cost_usd: rest.cost === null ? null : formatUsd(rest.cost),
      cost_per_outcome_usd: each === null ? null : formatUsd(each),
      coper: rest.coper === null ? null : rest.coper / 10_000,
      weekly_cost_per_outcome_usd: trend.map(week => (week === null ? null : formatUsd(week))),
      dearest_steps: steps,
    })),
  }
}

const COLUMNS: readonly Column[] = [
  {key: 'outcome', label: 'Outcome', kind: 'text'},
  {key: 'joined_by', label: 'Joined by', kind: 'text', drop: 4},
  {key: 'quantity', label: 'Counted', kind: 'text'},
  {key: 'reversals', label: 'Taken back', kind: 'count', drop: 6},
  {key: 'success', label: 'Success', kind: 'share', drop: 5},
  {key: 'cost_usd', label: 'Cost', kind: 'usd', drop: 1},
  {key: 'each_usd', label: 'Cost per outcome', kind: 'usd'},
  {key: 'coper', label: 'Sure', kind: 'ratio', drop: 3},
  {key: 'trend', label: 'By week', kind: 'spark', drop: 2},
  {key: 'steps', label: 'Dearest steps', kind: 'list', drop: 7},
]

function toReport({loaded, totals, definitions, joined, remarks}: Outcomes): Report {
  const events = eventsOf(definitions)
  const without = eventsOf(definitions.filter(({cost}) => cost === null))
  return {
    title: 'Cost per outcome',
    subtitle: `${loaded.label}: spend of what outcomes name, per outcome; not what caused them`,
    tables: [
      {
        ...{
          key: 'outcomes',
          title: null,
          columns: COLUMNS,
          empty: 'No outcomes have been read for this period.',
        },
        rows: definitions.map(
          ({
            name,
            basis,
            subject,
            quantity,
            reversals,
            succeeded,
            said,
            cost,
            each,
            coper,
            trend,
            steps,
          }) => ({
            outcome: name,
            joined_by: basis === 'none' ? null : subject === null ? basis : `${basis} ${subject}`,
            ...{quantity: amount(quantity), reversals, success: shareOf(succeeded, said)},
            ...{cost_usd: cost, each_usd: each, coper, trend, steps},
          }),
        ),
      },
    ],
    closing: [
      ...(events === 0
        ? []
        : [
            `${events} events; ${without} name nothing that spend is known of and have no cost; an event read twice counts once`,
            'outcomes of one service share its spend: the lines do not add up',
          ]),
      `spend with an outcome ${showExactUsd(joined)} + without ${showExactUsd(totals.total - joined)} = total ${showExactUsd(totals.total)}`,
      ...remarks,
      ...reconcilingLines(totals, loaded),
    ],
  }
}
