/** The edge of this folder towards usage by workload: what every lens but the ledger is made of. */
import type {Outcome, SpendClass} from '../engine/outcome.ts'
import type {ModelIdentity} from '../model/chunk.ts'
import type {CallContext} from '../model/fact.ts'
import type {Tags} from '../model/tags.ts'
import * as sql from '../store/queries/lenses.ts'
import {all, type ReadableStore} from '../store/query.ts'
import {type Loaded, loadSpend, type Request, type Spend} from './load.ts'
import {boundsOf, type Period} from './period.ts'

/** Usage that is alike to every report: one answer, one set of tags. */
export interface Workload {
  readonly id: number
  readonly outcomeId: number
  readonly outcome: Outcome
  readonly spendClass: SpendClass
  readonly tags: Tags
}

/** Records of one workload, of one day and one model where asked for. Counts are null where no record says them. */
export interface Use extends Spend {
  readonly workload: Workload
  /** Epoch day; null: all of the period. */
  readonly day: number | null
  /** Null: all of them. */
  readonly model: ModelIdentity | null
  readonly requests: number | null
  /** Excludes cache reads and writes. */
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly cacheWriteTokens: number | null
}

export interface Activity {
  readonly loaded: Loaded
  readonly uses: readonly Use[]
}

/** What lenses say of a period: usage as it is settled now. Of closed periods the ledger keeps what was frozen. */
export function loadActivity(
  store: ReadableStore,
  request: Request,
  by: {readonly day?: true; readonly model?: true} = {},
): Activity {
  const loaded = loadSpend(store, request, [])
  const uses = usesIn(store, request.period, loadWorkloads(store, request), by)
  return {loaded: {...loaded, spend: uses}, uses}
}

export const loadWorkloads = (
  store: ReadableStore,
  {asOf}: Pick<Request, 'asOf'>,
): ReadonlyMap<number, Workload> => {
  const outcomes = new Map<number, Outcome>()
  const outcomeOf = (id: number, answer: string): Outcome => {
    let known = outcomes.get(id)
    if (known === undefined) outcomes.set(id, (known = JSON.parse(answer) as Outcome))
    return known
  }
  return new Map(
    all(store, sql.allWorkloads, {current: asOf === 'current' ? 1 : 0}).map(
      ({id, outcomeId, answer, spendClass, tags}) => [
        id,
        {
          ...{id, outcomeId, outcome: outcomeOf(outcomeId, answer)},
          ...{spendClass: spendClass as SpendClass, tags: JSON.parse(tags) as Tags},
        },
      ],
    ),
  )
}

/** Another period's usage under the same workloads, for comparison; or that of some (`of`) alone. */
export function usesIn(
  store: ReadableStore,
  period: Period,
  workloads: ReadonlyMap<number, Workload>,
  by: {readonly day?: true; readonly model?: true} = {},
  of?: readonly Workload[],
): Use[] {
  const models = by.model ? loadModels(store) : null
  const query = by.day
    ? by.model
      ? sql.activityByDayAndModel
      : sql.activityByDay
    : by.model
      ? sql.activityByModel
      : sql.activityByWorkload
  const asked = of === undefined ? null : JSON.stringify(of.map(({id}) => id))
  return all(store, query, {...boundsOf(period), workloads: asked}).map(row => {
    const workload = workloads.get(Number(row.workloadId))!
    const {outcome, spendClass} = workload
    return {
      ...{workload, outcome, spendClass, day: numberOf(row.day)},
      model: row.modelId === null ? null : models!.get(Number(row.modelId))!,
      ...{records: Number(row.records), unpriced: Number(row.unpriced), cost: row.billedNanos ?? 0n},
      requests: numberOf(row.requests),
      inputTokens: numberOf(row.inputTokens),
      outputTokens: numberOf(row.outputTokens),
      cacheReadTokens: numberOf(row.cacheReadTokens),
      cacheWriteTokens: numberOf(row.cacheWriteTokens),
    }
  })
}

const numberOf = (value: bigint | null): number | null => (value === null ? null : Number(value))

export const loadModels = (store: ReadableStore): ReadonlyMap<number, ModelIdentity> =>
  new Map(all(store, sql.modelsById, {}).map(({id, identity}) => [id, JSON.parse(identity) as ModelIdentity]))

/** Calls that gateways and traces logged, by what they say of them. Usage reports and bills log none. */
export interface Calls {
  readonly workload: Workload
  readonly model: ModelIdentity
  readonly context: CallContext
  readonly calls: number
  /** Of them, those whose log says how they went; `failed` of these. */
  readonly told: number
  readonly failed: number
}

export function loadCalls(
  store: ReadableStore,
  period: Period,
  workloads: ReadonlyMap<number, Workload>,
): Calls[] {
  const models = loadModels(store)
  const contexts = new Map<string, CallContext>()
  const contextOf = (text: string | null): CallContext => {
    if (text === null) return {}
    let known = contexts.get(text)
    if (known === undefined) contexts.set(text, (known = JSON.parse(text) as CallContext))
    return known
  }
  return all(store, sql.trafficByContext, boundsOf(period)).map(
    ({workloadId, modelId, context, calls, told, failed}) => ({
      ...{workload: workloads.get(workloadId)!, model: models.get(modelId)!, context: contextOf(context)},
      ...{calls, told, failed},
    }),
  )
}

/** How long the calls of one answer and model took: calls by bin (`model/latency.ts`). */
export interface Latency {
  readonly outcomeId: number
  readonly model: ModelIdentity
  readonly bin: number
  readonly calls: number
}

export function loadLatencies(store: ReadableStore, period: Period): Latency[] {
  const models = loadModels(store)
  return all(store, sql.latencies, boundsOf(period)).map(({modelId, ...rest}) => ({
    ...rest,
    model: models.get(modelId)!,
  }))
}
