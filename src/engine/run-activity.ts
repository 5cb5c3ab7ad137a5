/** Edge: what was settled, added up for the lenses. */
import type {CallContext, Signature} from '../model/fact.ts'
import type {Nanos} from '../model/money.ts'
import {isSpread, shareOf, totalWeight, weightBy, weightOf} from '../model/spread.ts'
import {tagsOf} from '../model/tags.ts'
import * as sql from '../store/queries/activity.ts'
import {CALL} from '../store/queries/activity.ts'
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
  const matched = one(store, sql.hasMatched, {})!.matched === 1
  const days = all(store, usageDays, {})
  const grouping = groupingTraces(store, matched ? days : null)
  const spans = spansIn(store)
  let sums: DayOfCalls | undefined
  for (const {day} of days) {
    sums = new DayOfCalls(trace => grouping.has(trace), spans, sums)
    for (const call of placedCalls(store, day, matched, slots, steps)) sums.add(call)
    saveDay(store, day, sums)
  }
  run(store, sql.insertFlows, {})
}

/**
 * Traces of more than one call, and those with agents or tools. Rows that are one call count once, under the trace that it gets;
 * `matchedDays`: null where no rows are one call.
 */
function groupingTraces(
  store: WritableStore,
  matchedDays: readonly {readonly day: number}[] | null,
): ReadonlySet<string> {
  const grouping = new Set(all(store, sql.agentTraces, {}).map(({trace}) => trace))
  if (matchedDays === null) {
    for (const {trace} of all(store, sql.repeatedTraces, {})) grouping.add(trace)
    return grouping
  }
  const counted = new Map<string, number>()
  for (const {day} of matchedDays) {
    const elsewhere = Map.groupBy(all(store, sql.toldElsewhere, {day}), keyOf)
    for (const own of all(store, sql.keptCalls, {day})) {
      const {trace} = joined(own, elsewhere.get(keyOf(own)) ?? [])
      if (trace !== null) counted.set(trace, (counted.get(trace) ?? 0) + 1)
    }
  }
  const once = JSON.stringify([...counted].filter(([, calls]) => calls === 1).map(([trace]) => trace))
  for (const {trace} of all(store, sql.repeatedAlone, {once})) grouping.add(trace)
  for (const [trace, calls] of counted) if (calls > 1) grouping.add(trace)
  return grouping
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

/** Spans kept at hand; then all are forgotten, so that memory stays flat. */
const MOST_SPANS = 100_000

/** Spans as they are asked for: neighbours ask for the same ones. */
function spansIn(store: WritableStore): Spans | null {
  if (one(store, sql.hasSpans, {})!.spans === 0) return null
  const known = new Map<string, Caller | undefined>()
  return (trace, id) => {
    const key = `${trace} ${id}`
    if (known.has(key)) return known.get(key)
    if (known.size >= MOST_SPANS) known.clear()
    const span = one(store, sql.spanOf, {trace, id})
    known.set(key, span)
    return span
  }
}

/** A day's calls with what was settled for them; what only another source says of a call is the call's. */
function* placedCalls(
  store: WritableStore,
  day: number,
  matched: boolean,
  slots: ReadonlyMap<number, readonly Slot[]>,
  steps: ReadonlyMap<number, string | undefined>,
): Generator<PlacedCall> {
  // Where no bill and no report decided, a record costs what its row says, and there is nothing to look up.
  const costs =
    one(store, sql.isDecided, {day})!.decided === 1 ? new CallCosts(all(store, sql.callCells, {day})) : null
  const query = matched || costs?.spread ? sql.settledCalls : sql.plainCalls
  const elsewhere = matched ? Map.groupBy(all(store, sql.toldElsewhere, {day}), keyOf) : null
  for (const row of iterate(store, query, {day})) {
    const at = row[CALL.at]
    const slot = slotAt(slots.get(row[CALL.signature]), at)
    if (slot === undefined) continue
    let failed = row[CALL.failed]
    let trace = row[CALL.trace]
    let parent = row[CALL.parent]
    let latencyMs = row[CALL.latencyMs]
    let context = row[CALL.context]
    const others = elsewhere?.get(keyOf({id: row[CALL.id]!, channel: row[CALL.channel]}))
    if (others !== undefined)
      ({
        failed,
        trace,
        parent,
        latencyMs,
        contextId: context,
      } = joined({failed, trace, parent, latencyMs, contextId: context}, others))
    // A bill is spread over all calls in their order; else only those are asked of which more is told.
    const asked = trace !== null || context !== null || costs?.spread === true
    yield {
      workload: slot.workload,
      outcome: slot.outcome,
      model: row[CALL.model],
      at,
      failed: failed === null ? null : failed === 1,
      context,
      step: context === null ? undefined : steps.get(context),
      latencyMs,
      cost: !asked ? undefined : costs === null ? exact(row[CALL.cost]) : costs.of(row, slot.id),
      trace,
      parent,
    }
  }
}

const exact = (nanos: number | null): Nanos | null => (nanos === null ? null : BigInt(nanos))

function slotAt(slots: readonly Slot[] | undefined, at: number): Slot | undefined {
  if (slots === undefined) return undefined
  for (const slot of slots) if (slot.from <= at && at < slot.to) return slot
  return undefined
}

const keyOf = ({id, channel}: {readonly id: string; readonly channel: string}): string => `${channel} ${id}`

/** A trace and the span within it belong together: those that know the span go before those that know the trace alone. */
function joined(own: sql.Told, others: readonly sql.Told[]): sql.Told {
  const all = [own, ...others]
  const traced = all.find(({parent}) => parent !== null) ?? all.find(({trace}) => trace !== null) ?? own
  const first = <Key extends 'failed' | 'latencyMs' | 'contextId'>(key: Key): sql.Told[Key] =>
    all.find(told => told[key] !== null)?.[key] ?? null
  return {
    ...{failed: first('failed'), latencyMs: first('latencyMs'), contextId: first('contextId')},
    ...{trace: traced.trace, parent: traced.parent},
  }
}

interface Held {
  readonly cell: Cell
  readonly model: number
  weight: bigint
}

/** What the records of a day's calls cost, asked in the order of time. */
class CallCosts {
  /** Whether a bill decided about any of them, so that their own costs no longer hold. */
  readonly spread: boolean
  readonly #cells: ReadonlyMap<number, readonly Held[]>

  constructor(cells: readonly Cell[]) {
    this.spread = cells.some(cell => cell.counts === 1n && isSpread(cell))
    this.#cells = Map.groupBy(
      cells.map(cell => ({cell, model: Number(cell.modelId), weight: 0n})),
      ({cell}) => Number(cell.attributionId),
    )
  }

  /** Null: nobody knows; undefined: it is no record. */
  of(row: sql.CallRow, attribution: number): Nanos | null | undefined {
    const model = row[CALL.model]
    const channel = row[CALL.channel]
    const costNanos = row[CALL.cost]
    const held = this.#cells
      .get(attribution)
      ?.find(({model: other, cell}) => other === model && cell.channel === channel)
    if (held === undefined || held.cell.counts === 0n) return undefined
    const {cell} = held
    if (!isSpread(cell)) return cell.billedNanos === null ? null : exact(costNanos)
    const weighed = {
      costNanos,
      inputTokens: row[CALL.inputTokens],
      outputTokens: row[CALL.outputTokens],
      cacheReadTokens: row[CALL.cacheReadTokens],
      cacheWriteTokens: row[CALL.cacheWriteTokens],
    }
    const weight = weightOf(weighed, weightBy(cell))
    held.weight += weight
    return shareOf(cell.billedNanos!, totalWeight(cell), held.weight, weight)
  }
}

type Cell = NonNullable<(typeof sql.callCells)['row']>

function saveDay(store: WritableStore, day: number, sums: DayOfCalls): void {
  for (const [workload_id, model_id, context_id, {billed: billed_nanos, ...counted}] of sums.traffic)
    run(store, sql.insertTraffic, {day, workload_id, model_id, context_id, billed_nanos, ...counted})
  for (const [outcome_id, model_id, bin, {calls}] of sums.latencies)
    run(store, sql.insertLatency, {day, outcome_id, model_id, bin, calls})
  for (const [trace, workflow] of sums.workflows) {
    const {workload: workload_id, at, until, calls, failed, depth, billed: billed_nanos, unpriced} = workflow
    run(store, sql.addWorkflow, {
      ...{trace, day, at, until, workload_id, calls, failed, depth, fan_out: fanOut(workflow)},
      ...{billed_nanos, unpriced},
    })
  }
  for (const [workload_id, model_id, name, {calls, billed: billed_nanos, unpriced}] of sums.steps)
    run(store, sql.insertStep, {day, workload_id, name, model_id, calls, billed_nanos, unpriced})
  for (const [workload_id, {calls, failed, billed: billed_nanos, unpriced}] of sums.lone)
    run(store, sql.insertLone, {day, workload_id, calls, failed, billed_nanos, unpriced})
}
