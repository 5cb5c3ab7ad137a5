/** What whole workflows cost: the calls of one trace or session together, by the service and feature that began them. */
import {formatUsd, type Nanos, showExactUsd} from '../../model/money.ts'
import {formatTime} from '../../model/time.ts'
import type {ReadableStore} from '../../store/query.ts'
import {settledNowRemarks} from '../closing-view.ts'
import {lens, periodToJson} from '../lens.ts'
import {type Totals, totalsOf} from '../lines.ts'
import type {Loaded, Request} from '../load.ts'
import {loadActivity, loadWorkloads, type Workload} from '../load-activity.ts'
import {closedPeriods} from '../load-closed.ts'
import {type Bin, type Limit, loadFarWorkflows, loadFlows, type Single, type Step} from '../load-flows.ts'
import {ppmOf, reconcilingLines} from '../reconcile.ts'
import type {Column, Report} from '../report.ts'
import {byCost, shareOf} from '../traffic.ts'

/** Workflows begun by one service for one feature. */
export interface Kind {
  readonly name: string | null
  readonly service: string | null
  readonly feature: string | null
  readonly workflows: number
  readonly calls: number
  readonly failed: number
  readonly depth: number | null
  readonly fanOut: number | null
  readonly cost: Nanos
  /** Of those whose cost is known, within a fifth; null: of none it is. */
  readonly median: Nanos | null
  readonly p90: Nanos | null
  readonly mean: Nanos | null
}

interface StepLine {
  readonly name: string | null
  readonly service: string | null
  readonly step: string | null
  readonly model: string | null
  readonly calls: number
  readonly cost: Nanos
}

interface Far extends Single {
  readonly kind: Kind
  /** What it is far beyond; empty: it is only dear. */
  readonly suspect: readonly ('cost' | 'calls')[]
}

interface Workflows {
  readonly loaded: Loaded
  readonly totals: Totals
  readonly kinds: readonly Kind[]
  readonly steps: readonly StepLine[]
  readonly dearest: readonly Far[]
  readonly suspects: readonly Far[]
  /** Money of the period's calls: in workflows, in traces of one call, in no trace. */
  readonly money: {readonly workflows: Nanos; readonly lone: Nanos; readonly untraced: Nanos}
  readonly loneCalls: number
  readonly remarks: readonly string[]
}

export const workflows = lens({
  id: 'workflows',
  summary: 'cost of whole workflows by service and feature, their steps, depth and runaways',
  load,
  toReport,
  toJson,
})

const SHOWN = 10
/** A workflow this many times beyond its own kind is a suspect, */
const FAR = 10n
/** once there are so many of its kind that there is a usual one. */
const FEWEST = 20

function load(store: ReadableStore, request: Request): Workflows {
  const {loaded, uses} = loadActivity(store, request)
  const totals = totalsOf(uses)
  const workloads = loadWorkloads(store, request)
  const flows = loadFlows(store, request.period, workloads)
  const kinds = kindsOf(flows.bins)
  const kindOf = new Map(kinds.map(kind => [keyOf(kind.service, kind.feature), kind]))
  const far = loadFarWorkflows(
    store,
    request.period,
    workloads,
    limitsOf(flows.bins, kindOf),
    10 * SHOWN,
  ).map(single => farOf(single, kindOf.get(keyOfWorkload(single.workload))!))
  const inWorkflows = flows.steps.reduce((sum, {cost}) => sum + cost, 0n)
  return {
    loaded,
    totals,
    kinds,
    steps: stepsOf(flows.steps),
    dearest: far.slice(0, SHOWN),
    suspects: far.filter(({suspect}) => suspect.length > 0).slice(0, SHOWN),
    money: {
      workflows: inWorkflows,
      lone: flows.lone.cost,
      untraced: totals.total - inWorkflows - flows.lone.cost,
    },
    loneCalls: flows.lone.calls,
    remarks: settledNowRemarks(closedPeriods(store), request.period),
  }
}

const serviceOf = ({outcome}: Workload): string | null => outcome.owner.service?.name ?? null
const featureOf = ({tags}: Workload): string | null => tags.feature ?? null
const keyOf = (service: string | null, feature: string | null): string => JSON.stringify([service, feature])
const keyOfWorkload = (workload: Workload): string => keyOf(serviceOf(workload), featureOf(workload))

/** Dearest first. */
export function kindsOf(bins: readonly Bin[]): Kind[] {
  return [...Map.groupBy(bins, ({workload}) => keyOfWorkload(workload)).values()]
    .map((same): Kind => {
      const [service, feature] = [serviceOf(same[0]!.workload), featureOf(same[0]!.workload)]
      const sum = (of: (bin: Bin) => number) => same.reduce((all, bin) => all + of(bin), 0)
      const most = (of: (bin: Bin) => number | null) =>
        same.reduce<number | null>(
          (best, bin) => (of(bin) === null ? best : Math.max(best ?? 0, of(bin)!)),
          null,
        )
      const priced = same
        .filter(({cost}) => cost !== null)
        .map(({cost, workflows}) => ({each: cost! / BigInt(workflows), workflows}))
        .sort((a, b) => (a.each < b.each ? -1 : a.each > b.each ? 1 : 0))
      const cost = same.reduce((all, bin) => all + (bin.cost ?? 0n), 0n)
      const known = priced.reduce((all, {workflows}) => all + workflows, 0)
      return {
        ...{name: [service, feature].filter(part => part !== null).join(' ') || null, service, feature},
        ...{workflows: sum(({workflows}) => workflows), calls: sum(({calls}) => calls)},
        ...{
          failed: sum(({failed}) => failed),
          depth: most(({depth}) => depth),
          fanOut: most(({fanOut}) => fanOut),
        },
        ...{
          cost,
          median: at(priced, 0.5),
          p90: at(priced, 0.9),
          mean: known === 0 ? null : cost / BigInt(known),
        },
      }
    })
    .sort(byCost)
}

/** The value that `share` of the workflows stay at or below, of bins in the order of their values. */
function at<Value>(
  bins: readonly {readonly each: Value; readonly workflows: number}[],
  share: number,
): Value | null {
  const total = bins.reduce((sum, {workflows}) => sum + workflows, 0)
  let passed = 0
  for (const {each, workflows} of bins) {
    passed += workflows
    if (passed >= share * total) return each
  }
  return null
}

const farCost = ({median, workflows}: Kind): Nanos | null =>
  median === null || median <= 0n || workflows < FEWEST ? null : median * FAR
const farCalls = ({calls, workflows}: Kind): number | null =>
  workflows < FEWEST ? null : Math.ceil((calls / workflows) * Number(FAR))

/** From where on a single workflow is worth a look. Those of no service are people's sessions: nobody's is shown. */
function limitsOf(bins: readonly Bin[], kinds: ReadonlyMap<string, Kind>): Limit[] {
  const workloads = new Map(
    bins.filter(({workload}) => serviceOf(workload) !== null).map(({workload}) => [workload.id, workload]),
  )
  const dear = dearFrom(bins.filter(({workload}) => workloads.has(workload.id)))
  return [...workloads.values()].map(workload => {
    const kind = kinds.get(keyOfWorkload(workload))!
    const [cost, calls] = [farCost(kind), farCalls(kind)]
    return {
      workload: workload.id,
      cost: cost === null || dear < cost ? dear : cost,
      calls: calls ?? Number.MAX_SAFE_INTEGER,
    }
  })
}

/** A cost that at least as many workflows as are shown reach, as far as bins tell: a bin spans less than a fifth. */
function dearFrom(bins: readonly Bin[]): Nanos {
  const priced = bins
    .filter(({cost}) => cost !== null)
    .map(({cost, workflows}) => ({each: cost! / BigInt(workflows), workflows}))
    .sort((a, b) => (a.each < b.each ? 1 : a.each > b.each ? -1 : 0))
  let passed = 0
  for (const {each, workflows} of priced) if ((passed += workflows) >= SHOWN) return (each * 4n) / 5n
  return -(10n ** 18n)
}

function farOf(single: Single, kind: Kind): Far {
  const [cost, calls] = [farCost(kind), farCalls(kind)]
  const suspect: ('cost' | 'calls')[] = []
  if (cost !== null && single.cost !== null && single.cost >= cost) suspect.push('cost')
  if (calls !== null && single.calls >= calls) suspect.push('calls')
  return {...single, kind, suspect}
}

function stepsOf(steps: readonly Step[]): StepLine[] {
  const lines = Map.groupBy(steps, ({workload, name, model}) =>
    JSON.stringify([serviceOf(workload), name, model[2] ?? model[1]]),
  )
  return [...lines]
    .map(([key, same]) => {
      const [service, step, model] = JSON.parse(key) as (string | null)[]
      return {
        ...{name: key, service: service!, step: step!, model: model!},
        calls: same.reduce((sum, {calls}) => sum + calls, 0),
        cost: same.reduce((sum, {cost}) => sum + cost, 0n),
      }
    })
    .sort(byCost)
}

const rule = `a suspect costs at least ${FAR} times the median of its own service and feature, or makes at least ${FAR} times as many calls as they do on average; of which there are at least ${FEWEST}`

function toJson({loaded, totals, kinds, steps, dearest, suspects, money, loneCalls}: Workflows) {
  const {period, asOf} = loaded.request
  return {
    period: periodToJson(period),
    as_of: asOf,
    totals: {
      total_usd: formatUsd(totals.total),
      in_workflows_usd: formatUsd(money.workflows),
      in_single_calls_usd: formatUsd(money.lone),
      untraced_usd: formatUsd(money.untraced),
      workflows: kinds.reduce((sum, kind) => sum + kind.workflows, 0),
      single_calls: loneCalls,
    },
    kinds: kinds.map(({service, feature, workflows: count, calls, failed, depth, fanOut, ...kind}) => ({
      ...{service, feature, workflows: count, calls, failed_share_ppm: shareOf(failed, count)},
      ...{max_depth: depth, max_fan_out: fanOut, cost_usd: formatUsd(kind.cost)},
      per_workflow: {
        median_usd: usd(kind.median),
        p90_usd: usd(kind.p90),
        mean_usd: usd(kind.mean),
        mean_calls: Math.round((calls / count) * 100) / 100,
      },
    })),
    steps: steps.map(({service, step, model, calls, cost}) => ({
      ...{service, step, model, calls, cost_usd: formatUsd(cost)},
      share_of_workflows_ppm: money.workflows === 0n ? null : ppmOf(cost, money.workflows),
    })),
    dearest: dearest.map(singleToJson),
    suspects: suspects.map(far => ({...singleToJson(far), beyond: far.suspect})),
    suspect_rule: rule,
  }
}

const usd = (nanos: Nanos | null): string | null => (nanos === null ? null : formatUsd(nanos))

const singleToJson = ({trace, kind, at: began, until, calls, failed, depth, fanOut, cost}: Far) => ({
  ...{trace_id: trace, service: kind.service, feature: kind.feature, began_at: formatTime(began)},
  ...{ended_at: formatTime(until), calls, failed_calls: failed, depth, fan_out: fanOut, cost_usd: usd(cost)},
  median_usd: usd(kind.median),
})

const KINDS: readonly Column[] = [
  {key: 'service', label: 'Begun by', kind: 'text'},
  {key: 'feature', label: 'Feature', kind: 'text', drop: 3},
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'workflows', label: 'Workflows', kind: 'count', drop: 2},
  {key: 'calls', label: 'Calls each', kind: 'ratio', drop: 4},
  {key: 'depth', label: 'Depth', kind: 'count', drop: 5},
  {key: 'fan_out', label: 'Fan-out', kind: 'count', drop: 6},
  {key: 'median_usd', label: 'Median', kind: 'usd'},
  {key: 'p90_usd', label: 'p90', kind: 'usd', drop: 1},
  {key: 'mean_usd', label: 'Mean', kind: 'usd', drop: 7},
  {key: 'failed', label: 'Failed', kind: 'share', drop: 2},
]
const STEPS: readonly Column[] = [
  {key: 'service', label: 'Called by', kind: 'text'},
  {key: 'step', label: 'Step', kind: 'text'},
  {key: 'model', label: 'Model', kind: 'text', drop: 1},
  {key: 'calls', label: 'Calls', kind: 'count', drop: 2},
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'share', label: 'Of workflows', kind: 'share', drop: 3},
]
const SINGLES: readonly Column[] = [
  {key: 'trace', label: 'Trace', kind: 'text'},
  {key: 'service', label: 'Begun by', kind: 'text', drop: 1},
  {key: 'began', label: 'Began', kind: 'day', drop: 2},
  {key: 'calls', label: 'Calls', kind: 'count'},
  {key: 'depth', label: 'Depth', kind: 'count', drop: 4},
  {key: 'fan_out', label: 'Fan-out', kind: 'count', drop: 5},
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'median_usd', label: 'Median of its kind', kind: 'usd', drop: 3},
]
const SUSPECTS: readonly Column[] = [...SINGLES, {key: 'beyond', label: 'Far beyond in', kind: 'list'}]

const NO_SERVICE = 'no service'

const singleToRow = ({trace, kind, at: began, calls, depth, fanOut, cost, suspect}: Far) => ({
  ...{trace, service: kind.name, began: formatTime(began), calls, depth, fan_out: fanOut},
  ...{cost_usd: cost, median_usd: kind.median, beyond: suspect},
})

function toReport({loaded, totals, kinds, steps, dearest, suspects, money, remarks}: Workflows): Report {
  const whole = kinds.reduce((sum, {cost}) => sum + cost, 0n)
  return {
    title: 'Workflows',
    subtitle: `${loaded.label}: calls of one trace or session are one workflow, of the service that began it`,
    tables: [
      {
        ...{key: 'kinds', title: null, columns: KINDS},
        empty: 'No trace or session of more than one call.',
        rows: kinds.map(
          ({service, feature, cost, workflows: count, calls, depth, fanOut, median, p90, mean, failed}) => ({
            ...{service: service ?? NO_SERVICE, feature, cost_usd: cost, workflows: count},
            ...{calls: Math.round((calls / count) * 10_000), depth, fan_out: fanOut},
            ...{median_usd: median, p90_usd: p90, mean_usd: mean, failed: shareOf(failed, count)},
          }),
        ),
      },
      {
        ...{key: 'steps', title: 'Most expensive steps', columns: STEPS, empty: 'No call within a workflow.'},
        rows: steps.slice(0, SHOWN).map(({service, step, model, calls, cost}) => ({
          ...{service: service ?? NO_SERVICE, step, model, calls, cost_usd: cost},
          share: money.workflows === 0n ? null : ppmOf(cost, money.workflows),
        })),
      },
      {
        ...{key: 'dearest', title: 'Dearest single workflows', columns: SINGLES, empty: 'None of a service.'},
        rows: dearest.map(singleToRow),
      },
      {
        ...{key: 'suspects', title: 'Runaway suspects', columns: SUSPECTS, empty: `None: ${rule}.`},
        rows: suspects.map(singleToRow),
      },
    ],
    closing: [
      ...(suspects.length > 0 ? [rule] : []),
      ...(whole === money.workflows
        ? []
        : [
            `workflows begun in this period cost ${showExactUsd(whole)}, on whatever days they called; what was called on its days is below`,
          ]),
      `in workflows ${showExactUsd(money.workflows)} + in traces of one call ${showExactUsd(money.lone)} + in no trace ${showExactUsd(money.untraced)} = total ${showExactUsd(totals.total)}`,
      ...remarks,
      ...reconcilingLines(totals, loaded),
    ],
  }
}
