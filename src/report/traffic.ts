/** Usage, logged calls and latencies of one group side by side. */
import {percentile} from '../model/latency.ts'
import type {Nanos} from '../model/money.ts'
import type {Calls, Latency, Use} from './load-activity.ts'

/** What a group asked of models. Null: nothing that was read says so; it never means zero. */
export interface Traffic {
  readonly name: string | null
  readonly cost: Nanos
  readonly records: number
  readonly unpriced: number
  /** As the records count them; a bill counts none. */
  readonly requests: number | null
  /** That a log shows one by one, whether they are records or the detail of others. */
  readonly calls: number
  /** Of these, those whose log says how they went. */
  readonly told: number
  readonly failed: number
  /** Calls that a log says were answered by another model than was chosen first; null: none is. */
  readonly fallbacks: number | null
  /** Calls that a log says needed more attempts; null: none is. */
  readonly retried: number | null
  /** Milliseconds, within 10 %; of the calls whose log says. */
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly timed: number
  /** All tokens read, the cache's among them. */
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cacheReadTokens: number | null
}

export class TrafficSum {
  readonly #name: string | null
  #cost = 0n
  #records = 0
  #unpriced = 0
  #requests: number | null = null
  #input: number | null = null
  #output: number | null = null
  #cached: number | null = null
  #calls = 0
  #told = 0
  #failed = 0
  #fallbacks = 0
  #retried = 0
  readonly #bins = new Map<number, number>()

  constructor(name: string | null) {
    this.#name = name
  }

  use(use: Use): void {
    this.#cost += use.cost
    this.#records += use.records
    this.#unpriced += use.unpriced
    this.#requests = sum(this.#requests, use.requests)
    for (const tokens of [use.inputTokens, use.cacheReadTokens, use.cacheWriteTokens])
      this.#input = sum(this.#input, tokens)
    this.#output = sum(this.#output, use.outputTokens)
    this.#cached = sum(this.#cached, use.cacheReadTokens)
  }

  calls({calls, told, failed, context}: Calls): void {
    this.#calls += calls
    this.#told += told
    this.#failed += failed
    if (context.fallback) this.#fallbacks += calls
    if (context.retries !== undefined) this.#retried += calls
  }

  latency({bin, calls}: Latency): void {
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + calls)
  }

  done(): Traffic {
    return {
      ...{name: this.#name, cost: this.#cost, records: this.#records, unpriced: this.#unpriced},
      ...{requests: this.#requests, calls: this.#calls, told: this.#told, failed: this.#failed},
      fallbacks: this.#fallbacks === 0 ? null : this.#fallbacks,
      retried: this.#retried === 0 ? null : this.#retried,
      p50: percentile(this.#bins, 0.5),
      p95: percentile(this.#bins, 0.95),
      p99: percentile(this.#bins, 0.99),
      timed: [...this.#bins.values()].reduce((all, calls) => all + calls, 0),
      ...{inputTokens: this.#input, outputTokens: this.#output, cacheReadTokens: this.#cached},
    }
  }
}

const sum = (known: number | null, more: number | null): number | null =>
  more === null ? known : (known ?? 0) + more

/** Sums by name, in the order of `byCost`. */
export class TrafficBy {
  readonly #sums = new Map<string, TrafficSum>()

  of(name: string | null): TrafficSum {
    const key = JSON.stringify(name)
    let found = this.#sums.get(key)
    if (found === undefined) this.#sums.set(key, (found = new TrafficSum(name)))
    return found
  }

  done(): Traffic[] {
    return [...this.#sums.values()].map(traffic => traffic.done()).sort(byCost)
  }
}

interface Priced {
  readonly name: string | null
  readonly cost: Nanos
}

/** Dearest first, ties by name. */
export const byCost = (a: Priced, b: Priced): number =>
  a.cost === b.cost ? ((a.name ?? '') < (b.name ?? '') ? -1 : 1) : a.cost > b.cost ? -1 : 1

/** Parts per million of a whole; null of nothing. */
export const shareOf = (part: number | null, whole: number | null): number | null =>
  part === null || whole === null || whole === 0 ? null : Math.round((part / whole) * 1_000_000)

/** Production by any of its usual names. */
export const isProduction = (environment: string | undefined): boolean =>
  environment !== undefined && /^(prod|production|prd|live)$/i.test(environment)
