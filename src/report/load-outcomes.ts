/** Outcomes that products counted, beside the spend that their own words tie them to: a trace, else a service, feature or project. */
import * as alias from '../model/alias.ts'
import type {Nanos} from '../model/money.ts'
import {DAY_MS} from '../model/time.ts'
import * as sql from '../store/queries/flows.ts'
import {all, type ReadableStore} from '../store/query.ts'
import type {Use} from './load-activity.ts'
import type {Workloads} from './load-flows.ts'
import {boundsOf, type Period} from './period.ts'

/** By what outcomes and spend are joined. `none`: the events say nothing that is known here. */
export type Basis = 'trace' | 'service' | 'feature' | 'project' | 'none'

/** Outcomes of one name with the spend of what they name. */
export interface Definition {
  readonly name: string
  readonly unit: string | null
  readonly basis: Basis
  /** The service, feature or project as the events write it. */
  readonly subject: string | null
  readonly events: number
  /** In billionths; what was taken back is off. */
  readonly quantity: bigint
  readonly reversals: number
  readonly succeeded: number
  /** Events that say whether they succeeded. */
  readonly said: number
  /** Null: no spend is tied to them. */
  readonly cost: Nanos | null
  /** Of that spend, weighted by cost; null: none. */
  readonly coper: number | null
  /** What of it is of which workload. */
  readonly workloads: ReadonlySet<number>
  /** A week each, oldest first: quantity in billionths and cost. */
  readonly weeks: readonly {readonly quantity: bigint; readonly cost: Nanos}[]
}

interface Amount {
  readonly day: number
  readonly workload: number
  readonly coper: number
  readonly cost: Nanos
}

/** `uses` are by day. */
export function loadOutcomes(
  store: ReadableStore,
  period: Period,
  uses: readonly Use[],
  workloads: Workloads,
): Definition[] {
  const {from, to} = boundsOf(period)
  const bounds = {start: from * DAY_MS, end: to * DAY_MS}
  const events = all(store, sql.outcomesByDay, bounds)
  const traced = all(store, sql.outcomeWorkflows, bounds)
  const days = events.map(({day}) => Number(day))
  const first = Math.min(...days)
  const groups = Map.groupBy(events, row => JSON.stringify([row.name, row.unit, ...subjectOf(row)]))
  return [...groups].map(([key, same]): Definition => {
    const [name, unit, basis, subject] = JSON.parse(key) as [string, string | null, Basis, string | null]
    const amounts: readonly Amount[] =
      basis === 'trace'
        ? traced
            .filter(row => row.name === name && row.unit === unit)
            .map(row => ({
              ...{day: Number(row.day), workload: Number(row.workloadId), cost: row.billedNanos ?? 0n},
              coper: workloads.get(Number(row.workloadId))!.outcome.coper,
            }))
        : usesOf(same[0]!, basis, uses).map(use => ({
            ...{day: use.day!, workload: use.workload.id, coper: use.outcome.coper, cost: use.cost},
          }))
    const sum = (of: (row: (typeof same)[number]) => bigint) => same.reduce((all, row) => all + of(row), 0n)
    const weekOf = (day: number): number => Math.floor((day - first) / 7)
    return {
      ...{
        name,
        unit,
        basis,
        subject,
        events: Number(sum(row => row.events)),
        quantity: sum(row => row.quantityE9),
      },
      ...{reversals: Number(sum(row => row.reversals)), succeeded: Number(sum(row => row.succeeded))},
      said: Number(sum(row => row.said)),
      cost: amounts.length === 0 ? null : amounts.reduce((all, {cost}) => all + cost, 0n),
      coper: coperOf(amounts),
      workloads: new Set(amounts.map(({workload}) => workload)),
      weeks: Array.from({length: weekOf(Math.max(...days)) + 1}, (_, week) => ({
        quantity: same.reduce(
          (all, row) => (weekOf(Number(row.day)) === week ? all + row.quantityE9 : all),
          0n,
        ),
        cost: amounts.reduce((all, {day, cost}) => (weekOf(day) === week ? all + cost : all), 0n),
      })),
    }
  })
}

type Event = NonNullable<(typeof sql.outcomesByDay)['row']>

/** The nearest thing that an event names. */
function subjectOf({traced, service, feature, project}: Event): [Basis, string | null] {
  if (traced === 1n) return ['trace', null]
  if (service !== null)
    return ['service', feature === null ? nameIn(service) : `${nameIn(service)} ${feature}`]
  if (feature !== null) return ['feature', feature]
  if (project !== null) return ['project', nameIn(project)]
  return ['none', null]
}

/** `name:service/heron-api` is heron-api to people. */
const nameIn = (written: string): string => written.slice(written.lastIndexOf('/') + 1)

/** Usage of exactly what the events name; nothing is guessed. */
const usesOf = ({service, feature, project}: Event, basis: Basis, uses: readonly Use[]): Use[] =>
  basis === 'none'
    ? []
    : uses.filter(({outcome: {owner}, workload: {tags}}) => {
        if (service !== null && !isNamed(owner.service, 'service', service)) return false
        if (feature !== null && tags.feature?.toLowerCase() !== feature.toLowerCase()) return false
        return (
          basis !== 'project' ||
          isNamed(owner.project, 'project', project!) ||
          (tags.project_id !== undefined && alias.named('project', tags.project_id) === project)
        )
      })

const isNamed = (
  ref: {readonly id: string; readonly name: string} | null,
  kind: 'service' | 'project',
  written: string,
): boolean => ref !== null && (ref.id === written || alias.named(kind, ref.name) === written)

function coperOf(amounts: readonly Amount[]): number | null {
  const weigh = amounts.filter(({cost}) => cost > 0n)
  const total = weigh.reduce((sum, {cost}) => sum + cost, 0n)
  if (total === 0n) return null
  const weighted = weigh.reduce((sum, {cost, coper}) => sum + cost * BigInt(Math.round(coper * 10_000)), 0n)
  return Number(weighted / total)
}
