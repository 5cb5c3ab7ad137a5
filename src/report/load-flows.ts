/** The edge of this folder towards workflows: traces of several calls, or with agents, and what they cost. */
import type {ModelIdentity} from '../model/chunk.ts'
import type {Nanos} from '../model/money.ts'
import * as sql from '../store/queries/flows.ts'
import {all, type ReadableStore} from '../store/query.ts'
import {loadModels, type Workload} from './load-activity.ts'
import {boundsOf, type Period} from './period.ts'

/** Workflows of one day and workload that cost alike, within a fifth. Sums over them. */
export interface Bin {
  readonly workload: Workload
  readonly workflows: number
  readonly calls: number
  /** Those with a failed call. */
  readonly failed: number
  readonly depth: number | null
  readonly fanOut: number | null
  /** Null: of none is it known. */
  readonly cost: Nanos | null
}

export interface Step {
  readonly workload: Workload
  /** Null: its log calls it nothing. */
  readonly name: string | null
  readonly model: ModelIdentity
  readonly calls: number
  readonly cost: Nanos
}

export interface Single {
  readonly trace: string
  readonly workload: Workload
  /** Epoch ms. */
  readonly at: number
  readonly until: number
  readonly calls: number
  readonly failed: number
  readonly depth: number | null
  readonly fanOut: number | null
  readonly cost: Nanos | null
}

export interface Flows {
  /** Workflows begun in the period, whole. */
  readonly bins: readonly Bin[]
  /** What was called within workflows in the period, whenever they began. */
  readonly steps: readonly Step[]
  /** Traces of one call. */
  readonly lone: {readonly calls: number; readonly cost: Nanos}
}

export type Workloads = ReadonlyMap<number, Workload>

export function loadFlows(store: ReadableStore, period: Period, workloads: Workloads): Flows {
  const bounds = boundsOf(period)
  const models = loadModels(store)
  const lone = all(store, sql.loneCalls, bounds)
  return {
    bins: all(store, sql.flows, bounds).map(([workload, workflows, calls, failed, depth, fanOut, cost]) => ({
      workload: workloads.get(Number(workload))!,
      ...{workflows: Number(workflows), calls: Number(calls), failed: Number(failed)},
      ...{depth: numberOf(depth), fanOut: numberOf(fanOut), cost},
    })),
    steps: all(store, sql.steps, bounds).map(row => ({
      workload: workloads.get(Number(row.workloadId))!,
      name: row.name === '' ? null : row.name,
      model: models.get(Number(row.modelId))!,
      ...{calls: Number(row.calls), cost: row.billedNanos ?? 0n},
    })),
    lone: {
      calls: lone.reduce((sum, {calls}) => sum + Number(calls), 0),
      cost: lone.reduce((sum, {billedNanos}) => sum + (billedNanos ?? 0n), 0n),
    },
  }
}

/** Where a workflow of a workload is far from the rest: from so much or so many on. */
export interface Limit {
  readonly workload: number
  readonly cost: Nanos
  readonly calls: number
}

export const loadFarWorkflows = (
  store: ReadableStore,
  period: Period,
  workloads: Workloads,
  limits: readonly Limit[],
  most: number,
): Single[] =>
  all(store, sql.farWorkflows, {
    ...boundsOf(period),
    nanos: limits.reduce((least, {cost}) => (cost < least ? cost : least), limits[0]?.cost ?? 0n),
    calls: Math.min(Number.MAX_SAFE_INTEGER, ...limits.map(({calls}) => calls)),
    limits: `[${limits.map(({workload, cost, calls}) => `[${workload},${cost},${calls}]`).join(',')}]`,
    most,
  }).map(row => ({
    ...{trace: row.trace, workload: workloads.get(Number(row.workloadId))!},
    ...{at: Number(row.at), until: Number(row.until), calls: Number(row.calls), failed: Number(row.failed)},
    ...{depth: numberOf(row.depth), fanOut: numberOf(row.fanOut), cost: row.billedNanos},
  }))

const numberOf = (value: bigint | null): number | null => (value === null ? null : Number(value))
