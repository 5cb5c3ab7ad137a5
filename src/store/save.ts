/** Facts into rows. Runs inside the caller's transaction. */
import type {Statement} from 'better-sqlite3'
import type {Chunk, ModelIdentity} from '../model/chunk.ts'
import {COST_SOURCES, Column, WIDTH} from '../model/chunk.ts'
import {partitionIn, storedId} from '../model/edition.ts'
import type {Fact, Issue, UsageFact, UsageParts} from '../model/fact.ts'
import {textsOf} from '../model/text-column.ts'
import {insertExport, upsertEdition} from './queries/editions.ts'
import * as sql from './queries/ingest.ts'
import {one, run, type WritableStore} from './query.ts'

/** Prices the rows of one model by contract or catalogue. */
export interface ModelPrice {
  /** Nano-dollars below 2^53 of the row that stands at `base` of a chunk's numbers; `NaN`: nobody knows. */
  cost(numbers: Float64Array, base: number, parts: UsageParts | undefined): number
  /** The price behind the last cost, as the store keeps it: the same text as long as it is the same price. */
  readonly price: string
}

/** Who prices the rows of a model; null: nobody can. */
export type PriceModel = (model: ModelIdentity) => ModelPrice | null

/** Rows a statement. Few enough that what seldom changes is often the same in all of them. */
const BLOCK = 50
const CATALOGUE = COST_SOURCES.indexOf('catalogue')

interface Texts {
  readonly ids: readonly string[]
  readonly traces: readonly (string | null)[]
  readonly parents: readonly (string | null)[] | null
}

type Bound = string | number | null

const nullable = (value: number): number | null => (Number.isNaN(value) ? null : value)

interface Model {
  readonly id: number
  readonly identity: ModelIdentity
  /** Undefined until a row of it has no cost of its own. */
  price: ModelPrice | null | undefined
}

/** Inserts the usage rows of one batch, many a statement. */
export class UsageInserter {
  readonly #store: WritableStore
  readonly #batch: number
  readonly #price: PriceModel
  readonly #signatures: {readonly id: number; readonly channel: string}[] = []
  readonly #models: Model[] = []
  readonly #contexts: number[] = []
  readonly #prices = new Map<string, number>()
  readonly #statements = new Map<string, Statement>()
  /** A block's values by column, in the order of `USAGE_COLUMNS`. */
  readonly #columns: Bound[][] = sql.USAGE_COLUMNS.map(() => [])
  /** By partition: when this batch's rows begin, [first, last]. */
  readonly #editions = new Map<string, [number, number]>()

  constructor(store: WritableStore, batch: number, price: PriceModel) {
    this.#store = store
    this.#batch = batch
    this.#price = price
  }

  /** Says how many rows were new or replaced a poorer one. */
  insert(chunk: Chunk): number {
    for (const evidence of chunk.signatures)
      this.#signatures.push({
        id: this.#intern(sql.internSignature, evidence),
        channel: (JSON.parse(evidence) as {channel?: string}).channel ?? '',
      })
    for (const identity of chunk.models)
      this.#models.push({
        id: this.#intern(sql.internModel, identity),
        identity: JSON.parse(identity) as ModelIdentity,
        price: undefined,
      })
    for (const context of chunk.contexts) this.#contexts.push(this.#intern(sql.internContext, context))
    let changed = 0
    const texts = {
      parents: chunk.parents && textsOf(chunk.parents),
      ids: textsOf(chunk.ids) as string[],
      traces: textsOf(chunk.traces),
    }
    const order = clustered(chunk, texts.ids)
    for (let from = 0; from < chunk.rows; from += BLOCK)
      changed += this.#insertBlock(chunk, texts, order.subarray(from, from + BLOCK))
    for (const [row, parts] of chunk.parts) this.#insertParts(chunk, texts.ids[row]!, row, parts)
    if (chunk.partitioned)
      for (const [partition, [first_at, last_at]] of this.#editions)
        run(this.#store, upsertEdition, {batch_id: this.#batch, partition, first_at, last_at})
    return changed
  }

  /** Binding a value costs as much as storing it, so a column that holds one value in the whole block is bound once. */
  #insertBlock(chunk: Chunk, texts: Texts, rows: Uint32Array): number {
    for (let index = 0; index < rows.length; index++) this.#gather(chunk, texts, rows[index]!, index)
    const once: {[column: string]: Bound} = {}
    const varied: Bound[][] = []
    let shape = `${rows.length}`
    this.#columns.forEach((values, index) => {
      const [first] = values as [Bound]
      let row = 1
      while (row < rows.length && values[row] === first) row++
      if (row < rows.length) {
        varied.push(values)
        shape += `,${index}`
      } else once[sql.USAGE_COLUMNS[index]!] = first
    })
    let statement = this.#statements.get(shape)
    if (!statement) {
      statement = this.#store.database.prepare(sql.insertUsage(rows.length, new Set(Object.keys(once))).sql)
      this.#statements.set(shape, statement)
    }
    const bound: Bound[] = []
    for (let row = 0; row < rows.length; row++) for (const values of varied) bound.push(values[row]!)
    return statement.run(bound, once).changes
  }

  #insertParts(chunk: Chunk, id: string, row: number, parts: UsageParts): void {
    const numbers = chunk.numbers.subarray(row * WIDTH, (row + 1) * WIDTH)
    run(this.#store, sql.insertParts, {
      day: numbers[Column.Day]!,
      id: partitionIn(id) === undefined ? id : storedId(id, this.#batch),
      channel: this.#signatures[numbers[Column.Signature]!]!.channel,
      batch_id: this.#batch,
      line: numbers[Column.Line]!,
      parts: JSON.stringify(parts),
    })
  }

  #intern(query: typeof sql.internSignature, value: string): number {
    return one(this.#store, query, {value})!.id
  }

  /** Puts a row of the chunk at a place of the block. */
  #gather(chunk: Chunk, {ids, traces, parents}: Texts, row: number, place: number): void {
    const {numbers} = chunk
    const base = row * WIDTH
    const signature = this.#signatures[numbers[base + Column.Signature]!]!
    const model = this.#models[numbers[base + Column.Model]!]!
    let cost = nullable(numbers[base + Column.Cost]!)
    let source = numbers[base + Column.CostSource]!
    let price: number | null = null
    if (cost === null) {
      if (model.price === undefined) model.price = this.#price(model.identity)
      const parts = chunk.parts.size === 0 ? undefined : chunk.parts.get(row)
      const own = model.price?.cost(numbers, base, parts)
      if (own !== undefined && !Number.isNaN(own)) {
        cost = own
        source = CATALOGUE
        price = this.#priceId(model.price!.price)
      }
    }
    const columns = this.#columns
    const id = ids[row]!
    let column = 0
    columns[column++]![place] = numbers[base + Column.Day]!
    columns[column++]![place] = chunk.partitioned ? this.#edition(id, numbers[base + Column.At]!) : id
    columns[column++]![place] = signature.channel
    columns[column++]![place] = signature.id
    columns[column++]![place] = model.id
    columns[column++]![place] = this.#batch
    columns[column++]![place] = numbers[base + Column.Line]!
    columns[column++]![place] = numbers[base + Column.Granularity]!
    columns[column++]![place] = numbers[base + Column.At]!
    for (let index: number = Column.Until; index <= Column.CacheWriteTokens; index++)
      columns[column++]![place] = nullable(numbers[base + index]!)
    columns[column++]![place] = cost
    columns[column++]![place] = source
    columns[column++]![place] = price
    columns[column++]![place] = nullable(numbers[base + Column.Failed]!)
    columns[column++]![place] = traces[row]!
    columns[column++]![place] = parents === null ? null : parents[row]!
    columns[column++]![place] = nullable(numbers[base + Column.Latency]!)
    const context = numbers[base + Column.Context]!
    columns[column]![place] = Number.isNaN(context) ? null : this.#contexts[context]!
  }

  /** Notes when a row begins that later exports may replace, and says under which id it is kept. */
  #edition(id: string, at: number): string {
    const partition = partitionIn(id)
    if (partition === undefined) return id
    const times = this.#editions.get(partition)
    if (times === undefined) this.#editions.set(partition, [at, at])
    else {
      times[0] = Math.min(times[0], at)
      times[1] = Math.max(times[1], at)
    }
    return storedId(id, this.#batch)
  }

  #priceId(price: string): number {
    let id = this.#prices.get(price)
    if (id === undefined) this.#prices.set(price, (id = this.#intern(sql.internPrice, price)))
    return id
  }
}

/** Rows by day and id, as the table clusters them: what goes to one page of it goes there at once. */
function clustered({rows, numbers}: Chunk, ids: readonly string[]): Uint32Array {
  const day = (row: number) => numbers[row * WIDTH + Column.Day]!
  return Uint32Array.from({length: rows}, (_, row) => row).sort(
    (a, b) => day(a) - day(b) || (ids[a]! < ids[b]! ? -1 : 1),
  )
}

/** Everything that is not usage. Says how many facts were new or replaced a poorer one. */
export function saveFacts(
  store: WritableStore,
  batch: number,
  facts: readonly Exclude<Fact, UsageFact>[],
  issues: readonly Issue[],
): number {
  for (const {line, code, message, mend} of issues)
    run(store, sql.insertIssue, {batch_id: batch, line, code, message, mend})
  let changed = 0
  for (const fact of facts) changed += saveFact(store, batch, fact)
  return changed
}

function saveFact(store: WritableStore, batch_id: number, fact: Exclude<Fact, UsageFact>): number {
  const {line} = fact
  switch (fact.fact) {
    case 'entity': {
      const {kind, alias, name = null, type = null, status = null} = fact
      return run(store, sql.insertEntity, {batch_id, line, kind, alias, name, type, status})
    }
    case 'link': {
      const {relation, from: from_alias, to: to_alias, basis, validFrom = null, validTo = null} = fact
      const dates = {valid_from: validFrom, valid_to: validTo, exclusive: fact.exclusive ? 1 : 0}
      return run(store, sql.insertLink, {
        batch_id,
        line,
        relation,
        from_alias,
        to_alias,
        basis,
        ...dates,
      })
    }
    case 'span': {
      const {trace, id, parent, kind, name} = fact
      return run(store, sql.insertSpan, {trace, id, batch_id, line, parent, kind, name})
    }
    case 'export':
      return run(store, insertExport, {batch_id, at: fact.at, final: fact.final ? 1 : 0})
    case 'deployment': {
      const {subject, environment, at, revision} = fact
      return run(store, sql.insertDeployment, {batch_id, line, subject, environment, at, revision})
    }
    case 'rule': {
      const {repository, file, pattern, validFrom = null, validTo = null} = fact
      return run(store, sql.insertRule, {
        batch_id,
        line,
        repository,
        file,
        pattern,
        owners: JSON.stringify(fact.owners),
        section: fact.section ?? null,
        valid_from: validFrom,
        valid_to: validTo,
      })
    }
    case 'budget': {
      const {organization, costCenter: cost_center, project, start, end, currency, kind} = fact
      return run(store, sql.insertBudget, {
        batch_id,
        line,
        organization,
        cost_center,
        project,
        start,
        end,
        amount_nanos: fact.amount,
        currency,
        kind,
      })
    }
    case 'bill': {
      const {invoice, provider, account, start, end, currency, status} = fact
      return run(store, sql.insertBill, {
        batch_id,
        line,
        invoice,
        provider,
        account,
        start,
        end,
        amount_nanos: fact.amount,
        currency,
        status,
      })
    }
    case 'outcome': {
      const {source, id, at, name, unit, currency, service, project, organization} = fact
      const {feature, trace, tenant, reverses} = fact
      return run(store, sql.insertOutcomeEvent, {
        ...{batch_id, line, source, id, at, name, unit, currency, service, project, organization},
        ...{feature, trace, tenant, reverses, quantity_e9: fact.quantity, value_nanos: fact.value},
        success: fact.success === null ? null : fact.success ? 1 : 0,
      })
    }
    case 'commit': {
      const {repository, sha, author, at, files} = fact
      const folders = JSON.stringify(fact.folders)
      return run(store, sql.insertCommit, {batch_id, line, repository, sha, author, at, files, folders})
    }
    default:
      return fact satisfies never
  }
}
