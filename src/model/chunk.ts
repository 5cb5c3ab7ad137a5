/**
 * Usage facts on their way to the store, by column: what crosses from the parsing thread is a few typed arrays and the
 * texts that are new, not objects. Texts that repeat (signatures, models) travel once a file.
 */
import {partitioned} from './edition.ts'
import {
  type CallContext,
  type Fact,
  type Issue,
  issue,
  SIGNATURE_FIELDS,
  type Signature,
  type UsageFact,
  type UsageParts,
} from './fact.ts'
import {formatUsd} from './money.ts'
import {type TextColumn, TextColumnWriter} from './text-column.ts'
import {dayOf} from './time.ts'

/** Numbers of one usage row, in order. `NaN` is null. */
export const Column = {
  Day: 0,
  Signature: 1,
  Model: 2,
  Line: 3,
  Granularity: 4,
  At: 5,
  Until: 6,
  Requests: 7,
  InputTokens: 8,
  OutputTokens: 9,
  CacheReadTokens: 10,
  CacheWriteTokens: 11,
  Cost: 12,
  CostSource: 13,
  Failed: 14,
  Latency: 15,
  Context: 16,
} as const
export const WIDTH = 17

export const GRANULARITIES = ['request', 'bucket', 'line_item'] as const
/** Who says what a row costs, in the order of the stored number. */
export const COST_SOURCES = ['none', 'catalogue', 'gateway', 'provider', 'invoice'] as const
const GATEWAY = COST_SOURCES.indexOf('gateway')

export interface Chunk {
  readonly rows: number
  readonly numbers: Float64Array
  /** With their partition where they have one (`edition.ts`). */
  readonly ids: TextColumn
  /** Whether any row has a partition. */
  readonly partitioned: boolean
  readonly traces: TextColumn
  /** Spans within which rows were called; null: no row of the chunk has one. */
  readonly parents: TextColumn | null
  /** By row: parts of the counts, where a source tells them apart. */
  readonly parts: ReadonlyMap<number, UsageParts>
  /** New since the last chunk, numbered on from there. */
  readonly signatures: readonly string[]
  readonly models: readonly string[]
  readonly contexts: readonly string[]
  /** Everything that is not usage, as it came. */
  readonly facts: readonly Exclude<Fact, UsageFact>[]
  readonly issues: readonly Issue[]
}

/** What a model row says: `[provider, requested, served, tier]`. */
export type ModelIdentity = readonly [
  provider: string | null,
  requested: string | null,
  served: string | null,
  tier: string | null,
]

/** The one text of a signature: its present fields in their fixed order. */
export const signatureText = (signature: Signature): string => {
  let text = ''
  for (const field of SIGNATURE_FIELDS) {
    const value = signature[field]
    if (value !== undefined) text += `${text === '' ? '{' : ','}"${field}":${JSON.stringify(value)}`
  }
  return text === '' ? '{}' : `${text}}`
}

const CONTEXT_FIELDS = [
  'reason',
  'policy',
  'fallback',
  'retries',
  'outcome',
  'tenant',
  'step',
] as const satisfies readonly (keyof CallContext)[]

/** The one text of a context: its present fields in their fixed order. */
export const contextText = (context: CallContext): string => JSON.stringify(context, [...CONTEXT_FIELDS])

/** A row's cost is a safe integer: one call or bill line past nine million dollars is a wrong unit. */
const MOST = BigInt(Number.MAX_SAFE_INTEGER)
/** Budgets, invoices and outcomes are single integers of the store: up to nine thousand million of their unit. */
const MOST_HELD = 2n ** 63n - 1n

/** The amounts of a fact, each with the unit to show. */
function amountsOf(fact: Exclude<Fact, UsageFact>): (readonly [amount: bigint, unit: string])[] {
  if ('amount' in fact) return [[fact.amount, ` ${fact.currency}`]]
  return fact.fact === 'outcome'
    ? [
        [fact.quantity, ''],
        [fact.value ?? 0n, ''],
      ]
    : []
}

const tooLarge = (line: number, what: string): Issue =>
  issue(line, 'too-large', what, 'check its unit; amounts are in whole units of their currency')

/** Connectors hand over the same object for the same evidence where they can; its number is then found on it. */
const NUMBER = Symbol('number of a signature')
interface Numbered {
  readonly by: ChunkWriter
  readonly index: number
}

/** A request as numbers, for logs whose lines are read without making objects of them. `NaN` is null. */
export interface RequestRow {
  line: number
  at: number
  /** Numbers that an earlier row of this writer had (`lastSignature`, `lastModel`). */
  signature: number
  model: number
  inputTokens: number
  outputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  /** Nano-dollars by the gateway. */
  cost: number
  failed: number
  /** Milliseconds. */
  latency: number
  /** A number that an earlier row of this writer had (`lastContext`). */
  context: number
}

/** Gathers facts into chunks of `size` usage rows. */
export class ChunkWriter {
  readonly #size: number
  readonly #signatures = new Map<string, number>()
  readonly #models = new Map<string, number>()
  readonly #contexts = new Map<string, number>()
  #numbers: Float64Array
  #rows = 0
  readonly #ids = new TextColumnWriter()
  readonly #traces = new TextColumnWriter()
  readonly #parents = new TextColumnWriter()
  #nested = false
  #parts = new Map<number, UsageParts>()
  #partitioned = false
  #newSignatures: string[] = []
  #newModels: string[] = []
  #newContexts: string[] = []
  #facts: Exclude<Fact, UsageFact>[] = []
  #issues: Issue[] = []

  constructor(size: number) {
    this.#size = size
    this.#numbers = new Float64Array(size * WIDTH)
  }

  /** Numbers of the row added last. */
  get lastSignature(): number {
    return this.#numbers[(this.#rows - 1) * WIDTH + Column.Signature]!
  }

  get lastModel(): number {
    return this.#numbers[(this.#rows - 1) * WIDTH + Column.Model]!
  }

  /** `NaN`: it has none. */
  get lastContext(): number {
    return this.#numbers[(this.#rows - 1) * WIDTH + Column.Context]!
  }

  get rows(): number {
    return this.#rows
  }

  get full(): boolean {
    return this.#rows === this.#size || this.#facts.length >= this.#size
  }

  add(item: Fact | Issue): void {
    if (item.fact === 'usage') this.#add(item)
    else if (item.fact === 'issue') this.#issues.push(item)
    else {
      const large = amountsOf(item).find(([amount]) => amount > MOST_HELD || amount < -MOST_HELD)
      if (large) this.#issues.push(tooLarge(item.line, `an amount of ${formatUsd(large[0])}${large[1]}`))
      else this.#facts.push(item)
    }
  }

  #add(fact: UsageFact): void {
    if (fact.cost !== null && (fact.cost > MOST || fact.cost < -MOST)) {
      this.#issues.push(tooLarge(fact.line, `a single charge of ${formatUsd(fact.cost)} USD`))
      return
    }
    this.#usage(fact)
  }

  #usage(fact: UsageFact): void {
    const {usage} = fact
    const numbers = this.#numbers
    const base = this.#rows * WIDTH
    numbers[base + Column.Day] = dayOf(fact.at)
    numbers[base + Column.Signature] = this.#signature(fact.signature)
    numbers[base + Column.Model] = this.#model(fact)
    numbers[base + Column.Line] = fact.line
    numbers[base + Column.Granularity] = GRANULARITIES.indexOf(fact.granularity)
    numbers[base + Column.At] = fact.at
    numbers[base + Column.Until] = fact.until ?? Number.NaN
    numbers[base + Column.Requests] = usage.requests ?? Number.NaN
    numbers[base + Column.InputTokens] = usage.inputTokens ?? Number.NaN
    numbers[base + Column.OutputTokens] = usage.outputTokens ?? Number.NaN
    numbers[base + Column.CacheReadTokens] = usage.cacheReadTokens ?? Number.NaN
    numbers[base + Column.CacheWriteTokens] = usage.cacheWriteTokens ?? Number.NaN
    numbers[base + Column.Cost] = fact.cost === null ? Number.NaN : Number(fact.cost)
    numbers[base + Column.CostSource] =
      fact.cost === null || fact.costSource === null ? 0 : COST_SOURCES.indexOf(fact.costSource)
    numbers[base + Column.Failed] = fact.status === null ? Number.NaN : fact.status === 'failure' ? 1 : 0
    numbers[base + Column.Latency] = fact.latencyMs ?? Number.NaN
    numbers[base + Column.Context] = fact.context === undefined ? Number.NaN : this.#context(fact.context)
    this.#ids.add(fact.partition === undefined ? fact.id : partitioned(fact.id, fact.partition))
    if (fact.partition !== undefined) this.#partitioned = true
    this.#traces.add(fact.trace)
    this.#parents.add(fact.parent)
    if (fact.parent !== undefined) this.#nested = true
    if (usage.parts) this.#parts.set(this.#rows, usage.parts)
    this.#rows++
  }

  /** Adds a request; its id and trace are ASCII and follow by `addTexts`. */
  addRequest(row: RequestRow): void {
    const numbers = this.#numbers
    const base = this.#rows * WIDTH
    numbers[base + Column.Day] = dayOf(row.at)
    numbers[base + Column.Signature] = row.signature
    numbers[base + Column.Model] = row.model
    numbers[base + Column.Line] = row.line
    numbers[base + Column.Granularity] = 0
    numbers[base + Column.At] = row.at
    numbers[base + Column.Until] = Number.NaN
    numbers[base + Column.Requests] = 1
    numbers[base + Column.InputTokens] = row.inputTokens
    numbers[base + Column.OutputTokens] = row.outputTokens
    numbers[base + Column.CacheReadTokens] = row.cacheReadTokens
    numbers[base + Column.CacheWriteTokens] = row.cacheWriteTokens
    numbers[base + Column.Cost] = row.cost
    numbers[base + Column.CostSource] = Number.isNaN(row.cost) ? 0 : GATEWAY
    numbers[base + Column.Failed] = row.failed
    numbers[base + Column.Latency] = row.latency
    numbers[base + Column.Context] = row.context
    this.#parents.add(undefined)
    this.#rows++
  }

  /** The texts of the request just added, as places among bytes; a trace that starts where it ends is none. */
  addTexts(bytes: Uint8Array, id: number, idEnd: number, trace: number, traceEnd: number): void {
    this.#ids.addAscii(bytes, id, idEnd)
    if (trace === traceEnd) this.#traces.add(undefined)
    else this.#traces.addAscii(bytes, trace, traceEnd)
  }

  #model({signature: {provider}, requestedModel, servedModel, tier}: UsageFact): number {
    const known = `${provider}\n${requestedModel}\n${servedModel}\n${tier}`
    let index = this.#models.get(known)
    if (index === undefined) {
      this.#models.set(known, (index = this.#models.size))
      this.#newModels.push(
        JSON.stringify([provider ?? null, requestedModel, servedModel, tier] satisfies ModelIdentity),
      )
    }
    return index
  }

  #context(context: CallContext): number {
    const text = contextText(context)
    let index = this.#contexts.get(text)
    if (index === undefined) {
      this.#contexts.set(text, (index = this.#contexts.size))
      this.#newContexts.push(text)
    }
    return index
  }

  #signature(signature: Signature & {[NUMBER]?: Numbered}): number {
    const known = signature[NUMBER]
    if (known?.by === this) return known.index
    const text = signatureText(signature)
    let index = this.#signatures.get(text)
    if (index === undefined) {
      this.#signatures.set(text, (index = this.#signatures.size))
      this.#newSignatures.push(text)
    }
    Object.defineProperty(signature, NUMBER, {value: {by: this, index}, writable: true})
    return index
  }

  /** Hands over what has gathered and starts anew; texts keep their numbers. */
  take(): Chunk {
    const chunk: Chunk = {
      rows: this.#rows,
      numbers: this.#numbers.slice(0, this.#rows * WIDTH),
      ids: this.#ids.take(),
      partitioned: this.#partitioned,
      traces: this.#traces.take(),
      parents: this.#nested ? this.#parents.take() : null,
      parts: this.#parts,
      signatures: this.#newSignatures,
      models: this.#newModels,
      contexts: this.#newContexts,
      facts: this.#facts,
      issues: this.#issues,
    }
    this.#rows = 0
    this.#parts = new Map()
    this.#partitioned = false
    this.#newSignatures = []
    this.#newModels = []
    this.#newContexts = []
    if (!this.#nested) this.#parents.take()
    this.#nested = false
    this.#facts = []
    this.#issues = []
    return chunk
  }
}
