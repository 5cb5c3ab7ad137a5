/** The calls of a day, added up as lenses read them: by workload and context, by latency, by workflow. Pure. */
import {latencyBin} from '../model/latency.ts'
import type {Nanos} from '../model/money.ts'

/** A span that calls others, as far as a workflow is concerned. */
export interface Caller {
  readonly parent: string | null
  readonly kind: 'agent' | 'tool' | 'other'
  readonly name: string | null
}

/** One call with what was settled for it. */
export interface PlacedCall {
  readonly workload: number
  readonly outcome: number
  readonly model: number
  readonly at: number
  /** Null: its log does not say. */
  readonly failed: boolean | null
  readonly context: number | null
  /** What its context calls it. */
  readonly step: string | undefined
  readonly latencyMs: number | null
  /** What its record costs: null where nobody knows, undefined where it is no record but the detail of others. */
  readonly cost: Nanos | null | undefined
  readonly trace: string | null
  readonly parent: string | null
}

interface Money {
  calls: number
  failed: number
  billed: Nanos | null
  unpriced: number
}

export interface Workflow extends Money {
  /** That of its first call. */
  workload: number
  at: number
  until: number
  depth: number | null
  /** By span of an agent or tool: calls, agents and tools right below it. */
  readonly children: Map<string, number>
}

/** Money of calls that say nothing of themselves is not summed up. */
interface Counted extends Money {
  told: number
}

/** Spans of one trace by id; undefined: not known. */
export type Spans = (trace: string, id: string) => Caller | undefined

/** A caller further up than this is a loop, or as good as one. */
const DEEPEST = 100

const BELOW = 2 ** 26

/** Sums by two whole numbers below 2²⁶ and something else: found without writing them as text. */
class Sums<Third, Sum> {
  readonly #sums = new Map<number, Map<Third, Sum>>()
  readonly #nothing: () => Sum

  constructor(nothing: () => Sum) {
    this.#nothing = nothing
  }

  at(one: number, two: number, third: Third): Sum {
    const key = one * BELOW + two
    let sums = this.#sums.get(key)
    if (sums === undefined) this.#sums.set(key, (sums = new Map()))
    let sum = sums.get(third)
    if (sum === undefined) sums.set(third, (sum = this.#nothing()))
    return sum
  }

  *[Symbol.iterator](): Generator<readonly [one: number, two: number, third: Third, sum: Sum]> {
    for (const [key, sums] of this.#sums)
      for (const [third, sum] of sums) yield [Math.floor(key / BELOW), key % BELOW, third, sum]
  }
}

export class DayOfCalls {
  /** By workload, model and context. */
  readonly traffic = new Sums<number | null, Counted>(() => ({...nothing(), told: 0}))
  /** By outcome, model and bin. */
  readonly latencies = new Sums<number, {calls: number}>(() => ({calls: 0}))
  readonly workflows = new Map<string, Workflow>()
  /** By workload, of the call itself, model and name. */
  readonly steps = new Sums<string, Money>(nothing)
  /** By workload: traces of one call. */
  readonly lone = new Map<number, Money>()
  readonly #groups: (trace: string) => boolean
  readonly #spans: Spans | null
  readonly #before: ReadonlyMap<string, Workflow> | undefined

  /**
   * `groups`: whether a trace holds more than one call, or an agent or tool; `spans`: null where no source tells spans; `before`: the
   * day before, whose workflows may go on.
   */
  constructor(groups: (trace: string) => boolean, spans: Spans | null, before?: DayOfCalls) {
    this.#groups = groups
    this.#spans = spans
    this.#before = before?.workflows
  }

  add(call: PlacedCall): void {
    const counted = this.traffic.at(call.workload, call.model, call.context)
    counted.calls++
    if (call.failed !== null) counted.told++
    if (call.failed === true) counted.failed++
    if (call.context !== null) addCost(counted, call.cost)
    if (call.latencyMs !== null)
      this.latencies.at(call.outcome, call.model, latencyBin(call.latencyMs)).calls++
    if (call.trace !== null) this.#addToTrace(call, call.trace)
  }

  #addToTrace(call: PlacedCall, trace: string): void {
    if (!this.#groups(trace)) {
      let alone = this.lone.get(call.workload)
      if (alone === undefined) this.lone.set(call.workload, (alone = nothing()))
      count(alone, call)
      return
    }
    let workflow = this.workflows.get(trace)
    if (workflow === undefined) {
      workflow = {
        ...{workload: call.workload, at: call.at, until: call.at, ...nothing()},
        ...{depth: null, children: this.#before?.get(trace)?.children ?? new Map()},
      }
      this.workflows.set(trace, workflow)
    }
    count(workflow, call)
    if (call.at < workflow.at) {
      workflow.at = call.at
      workflow.workload = call.workload
    }
    workflow.until = Math.max(workflow.until, call.at + (call.latencyMs ?? 0))
    const callers = this.#callersOf(trace, call)
    if (callers !== null) {
      workflow.depth = Math.max(workflow.depth ?? 0, callers.length)
      nest(workflow.children, callers)
    }
    const name = call.step ?? callers?.find(caller => caller.name !== null)?.name ?? ''
    count(this.steps.at(call.workload, call.model, name), call)
  }

  /** Agents and tools a call was made by, nearest first, as far as they are known; null: nothing is known of where it was made. */
  #callersOf(trace: string, {parent}: PlacedCall): (Caller & {readonly id: string})[] | null {
    if (this.#spans === null || parent === null || this.#spans(trace, parent) === undefined) return null
    const callers: (Caller & {readonly id: string})[] = []
    let id: string | null = parent
    for (let up = 0; id !== null && up < DEEPEST; up++) {
      const caller: Caller | undefined = this.#spans(trace, id)
      if (caller === undefined) return callers
      if (caller.kind !== 'other') callers.push({...caller, id})
      id = caller.parent
    }
    return callers
  }
}

/** Counts a call with its nearest caller, and each caller, when it is met first, with the one above it. */
function nest(children: Map<string, number>, callers: readonly {readonly id: string}[]): void {
  for (const {id} of callers) {
    const known = children.get(id)
    children.set(id, (known ?? 0) + 1)
    if (known !== undefined) return
  }
}

const nothing = (): Money => ({calls: 0, failed: 0, billed: null, unpriced: 0})

function count(sum: Money, {failed, cost}: PlacedCall): void {
  sum.calls++
  if (failed === true) sum.failed++
  addCost(sum, cost)
}

function addCost(sum: Money, cost: PlacedCall['cost']): void {
  if (cost === null) sum.unpriced++
  else if (cost !== undefined) sum.billed = (sum.billed ?? 0n) + cost
}

/** The most that one agent or tool called itself; null: none is known. */
export const fanOut = ({children}: Workflow): number | null =>
  children.size === 0 ? null : Math.max(...children.values())
