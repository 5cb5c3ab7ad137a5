/** Edge: what was settled, added up for the lenses. */
import type {CallContext, Signature} from '../model/fact.ts'
import type {Nanos} from '../model/money.ts'
import {isSpread, shareOf, totalWeight, weightBy, weightOf} from '../model/spread.ts'
import {tagsOf} from '../model/tags.ts'
import * as sql from '../store/queries/activity.ts'
import {usageDays} from '../store/queries/attribute.ts'
import {all, iterate, one, run, type WritableStore} from '../store/query.ts'
import type {Attribution} from './attribute.ts'
import {type Caller, DayOfCalls, fanOut, type PlacedCall, type Spans} from './calls.ts'

/** An attribution as it was saved: its id is its place in the list, counted from 1. */
export interface Saved {
  readonly attribution: Attribution
  readonly outcomeId: number
}

interface Slot {
  readonly id: number
  readonly from: number
  readonly to: number
  readonly workload: number
  readonly outcome: number
}

export function saveActivity(
  store: WritableStore,
  saved: readonly Saved[],
  signatures: ReadonlyMap<number, Signature>,
): void {
  const slots = saveWorkloads(store, saved, signatures)
  run(store, sql.insertActivity, {
    workloads: JSON.stringify(
      [...slots.values()]
        .flat()
        .sort((a, b) => a.id - b.id)
        .map(({workload}) => workload),
    ),
  })
  const steps = new Map(
    all(store, sql.contexts, {}).map(({id, context}) => [id, (JSON.parse(context) as CallContext).step]),
  )
  const grouping = new Set(all(store, sql.groupingTraces, {}).map(({trace}) => trace))
  for (const {day} of all(store, usageDays, {})) {
    const sums = new DayOfCalls(trace => grouping.has(trace), spansIn(store))
    for (const call of placedCalls(store, day, slots, steps)) sums.add(call)
    saveDay(store, day, sums)
  }
}

/** By signature: its attributions in order, each with its workload. */
function saveWorkloads(
  store: WritableStore,
  saved: readonly Saved[],
  signatures: ReadonlyMap<number, Signature>,
): Map<number, Slot[]> {
  const latest = new Map<number, Saved>()
  for (const one of saved) {
    const other = latest.get(one.attribution.signatureId)
    if (other === undefined || one.attribution.from > other.attribution.from)
      latest.set(one.attribution.signatureId, one)
  }
  const workloads = new Map<string, number>()
  const slots = new Map<number, Slot[]>()
  for (const [index, {attribution, outcomeId}] of saved.entries()) {
    const {signatureId, from, to, outcome} = attribution
    const tags = JSON.stringify(tagsOf(signatures.get(signatureId)!, outcome.environment))
    const current = latest.get(signatureId)!.outcomeId
    const key = `${outcomeId} ${current} ${tags}`
    let workload = workloads.get(key)
    if (workload === undefined) {
      workloads.set(key, (workload = workloads.size + 1))
      run(store, sql.insertWorkload, {id: workload, outcome_id: outcomeId, current_outcome_id: current, tags})
    }
    const slot = {id: index + 1, from, to, workload, outcome: outcomeId}
    const known = slots.get(signatureId)
    if (known) known.push(slot)
    else slots.set(signatureId, [slot])
  }
  return slots
}

/** Spans as they are asked for: neighbours ask for the same ones. */
function spansIn(store: WritableStore): Spans | null {
  if (one(store, sql.hasSpans, {})!.spans === 0) return null
  const known = new Map<string, Caller | undefined>()
  return (trace, id) => {
    const key = `${trace} ${id}`
    if (!known.has(key)) known.set(key, one(store, sql.spanOf, {trace, id}))
    return known.get(key)
  }
}

/** A day's calls with what was settled for them; what only another source says of a call is the call's. */
function* placedCalls(
  store: WritableStore,
  day: number,
  slots: ReadonlyMap<number, readonly Slot[]>,
  steps: ReadonlyMap<number, string | undefined>,
): Generator<PlacedCall> {
  const costs = new CallCosts(all(store, sql.callCells, {day}))
  const elsewhere = Map.groupBy(all(store, sql.toldElsewhere, {day}), keyOf)
  for (const row of iterate(store, sql.callsOfDay, {day})) {
    const slot = slots.get(row.signatureId)?.find(({from, to}) => from <= row.at && row.at < to)
    if (slot === undefined) continue
    const told = elsewhere.size === 0 ? undefined : elsewhere.get(keyOf(row))
    const {failed, trace, parent, latencyMs, contextId} = told === undefined ? row : joined(row, told)
    yield {
      ...{workload: slot.workload, outcome: slot.outcome, model: row.modelId, at: row.at},
      failed: failed === null ? null : failed === 1,
      ...{context: contextId, step: contextId === null ? undefined : steps.get(contextId)},
      ...{latencyMs, cost: costs.of(row, slot.id), trace, parent},
    }
  }
}

const keyOf = ({id, channel}: Pick<sql.CallRow, 'id' | 'channel'>): string => `${channel} ${id}`

type Told = Pick<sql.CallRow, 'failed' | 'trace' | 'parent' | 'latencyMs' | 'contextId'>

/** A trace and the span within it belong together: those that know the span go before those that know the trace alone. */
function joined(row: Told, others: readonly Told[]): Told {
  const all = [row, ...others]
  const traced = all.find(({parent}) => parent !== null) ?? all.find(({trace}) => trace !== null) ?? row
  const first = <Key extends 'failed' | 'latencyMs' | 'contextId'>(key: Key): Told[Key] =>
    all.find(told => told[key] !== null)?.[key] ?? null
  return {
    ...{failed: first('failed'), latencyMs: first('latencyMs'), contextId: first('contextId')},
    ...{trace: traced.trace, parent: traced.parent},
  }
}

/** What the records of a day's calls cost, asked in the order of time. */
class CallCosts {
  readonly #cells: ReadonlyMap<string, {readonly cell: Cell; weight: bigint}>

  constructor(cells: readonly Cell[]) {
    this.#cells = new Map(
      cells.map(cell => [`${cell.attributionId} ${cell.modelId} ${cell.channel}`, {cell, weight: 0n}]),
    )
  }

  /** Null: nobody knows; undefined: it is no record. */
  of(row: sql.CallRow, attribution: number): Nanos | null | undefined {
    const held = this.#cells.get(`${attribution} ${row.modelId} ${row.channel}`)
    if (held === undefined || held.cell.counts === 0n) return undefined
    const {cell} = held
    if (!isSpread(cell))
      return cell.billedNanos === null || row.costNanos === null ? null : BigInt(row.costNanos)
    const weight = weightOf(row, weightBy(cell))
    held.weight += weight
    return shareOf(cell.billedNanos!, totalWeight(cell), held.weight, weight)
  }
}

type Cell = NonNullable<(typeof sql.callCells)['row']>

function saveDay(store: WritableStore, day: number, sums: DayOfCalls): void {
  for (const [key, counted] of sums.traffic) {
    const [workload_id, model_id, context] = key.split(' ') as [string, string, string]
    run(store, sql.insertTraffic, {
      ...{day, workload_id: Number(workload_id), model_id: Number(model_id)},
      ...{context_id: context === '' ? null : Number(context), ...counted},
    })
  }
  for (const [key, bins] of sums.latencies) {
    const [outcome_id, model_id] = key.split(' ').map(Number) as [number, number]
    for (const [bin, calls] of bins) run(store, sql.insertLatency, {day, outcome_id, model_id, bin, calls})
  }
  for (const [trace, workflow] of sums.workflows) {
    const {workload: workload_id, at, until, calls, failed, depth, billed: billed_nanos, unpriced} = workflow
    run(store, sql.addWorkflow, {
      ...{trace, day, at, until, workload_id, calls, failed, depth, fan_out: fanOut(workflow)},
      ...{billed_nanos, unpriced},
    })
  }
  for (const [key, {calls, billed: billed_nanos, unpriced}] of sums.steps) {
    const [, workload_id, model_id, name] = /^(\d+) (\d+) (.*)$/s.exec(key)!
    run(store, sql.insertStep, {
      ...{day, workload_id: Number(workload_id), name: name!, model_id: Number(model_id), calls},
      ...{billed_nanos, unpriced},
    })
  }
  for (const [workload_id, {calls, failed, billed: billed_nanos, unpriced}] of sums.lone)
    run(store, sql.insertLone, {day, workload_id, calls, failed, billed_nanos, unpriced})
}
