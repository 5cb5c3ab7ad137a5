/** Facts into rows. Runs inside the caller's transaction. */
import type {Statement} from 'better-sqlite3'
import type {Chunk, ModelIdentity} from '../model/chunk.ts'
import {COST_SOURCES, Column, WIDTH} from '../model/chunk.ts'
import type {Fact, Issue, UsageFact} from '../model/fact.ts'
import * as sql from './queries/ingest.ts'
import {one, run, type WritableStore} from './query.ts'

/** What a row costs by the catalogue: nano-dollars and the price row that says so, or null where no price is known. */
export type PriceRow = (
  model: ModelIdentity,
  row: {
    readonly at: number
    readonly granularity: number
    readonly inputTokens: number | null
    readonly outputTokens: number | null
    readonly cacheReadTokens: number | null
    readonly cacheWriteTokens: number | null
  },
) => {readonly cost: bigint; readonly price: string} | null

const BLOCK = 200
const CATALOGUE = COST_SOURCES.indexOf('catalogue')

type Bound = string | number | null

/** Inserts the usage rows of one batch, many a statement. */
export class UsageInserter {
  readonly #store: WritableStore
  readonly #batch: number
  readonly #price: PriceRow
  readonly #signatures: {readonly id: number; readonly channel: string}[] = []
  readonly #models: {readonly id: number; readonly identity: ModelIdentity}[] = []
  readonly #prices = new Map<string, number>()
  readonly #block: Statement

  constructor(store: WritableStore, batch: number, price: PriceRow) {
    this.#store = store
    this.#batch = batch
    this.#price = price
    this.#block = store.database.prepare(sql.insertUsage(BLOCK).sql)
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
      })
    let changed = 0
    let row = 0
    for (; row + BLOCK <= chunk.rows; row += BLOCK)
      changed += this.#block.run(this.#bind(chunk, row, row + BLOCK)).changes
    if (row < chunk.rows)
      changed += this.#store.database
        .prepare(sql.insertUsage(chunk.rows - row).sql)
        .run(this.#bind(chunk, row, chunk.rows)).changes
    return changed
  }

  #intern(query: typeof sql.internSignature, value: string): number {
    return one(this.#store, query, {value})!.id
  }

  #bind(chunk: Chunk, from: number, to: number): Bound[] {
    const {numbers} = chunk
    const bound: Bound[] = new Array(sql.USAGE_COLUMNS.length * (to - from))
    let at = 0
    const nullable = (value: number): number | null => (Number.isNaN(value) ? null : value)
    for (let row = from; row < to; row++) {
      const base = row * WIDTH
      const signature = this.#signatures[numbers[base + Column.Signature]!]!
      const model = this.#models[numbers[base + Column.Model]!]!
      let cost = nullable(numbers[base + Column.Cost]!)
      let source = numbers[base + Column.CostSource]!
      let price: number | null = null
      if (cost === null) {
        const priced = this.#price(model.identity, {
          at: numbers[base + Column.At]!,
          granularity: numbers[base + Column.Granularity]!,
          inputTokens: nullable(numbers[base + Column.InputTokens]!),
          outputTokens: nullable(numbers[base + Column.OutputTokens]!),
          cacheReadTokens: nullable(numbers[base + Column.CacheReadTokens]!),
          cacheWriteTokens: nullable(numbers[base + Column.CacheWriteTokens]!),
        })
        if (priced) {
          cost = Number(priced.cost)
          source = CATALOGUE
          price = this.#priceId(priced.price)
        }
      }
      bound[at++] = numbers[base + Column.Day]!
      bound[at++] = chunk.ids[row]!
      bound[at++] = signature.channel
      bound[at++] = signature.id
      bound[at++] = model.id
      bound[at++] = this.#batch
      bound[at++] = numbers[base + Column.Line]!
      bound[at++] = numbers[base + Column.Granularity]!
      bound[at++] = numbers[base + Column.At]!
      for (let column: number = Column.Until; column <= Column.CacheWriteTokens; column++)
        bound[at++] = nullable(numbers[base + column]!)
      bound[at++] = cost
      bound[at++] = source
      bound[at++] = price
      bound[at++] = nullable(numbers[base + Column.Failed]!)
      bound[at++] = chunk.traces[row] ?? null
    }
    return bound
  }

  #priceId(price: string): number {
    let id = this.#prices.get(price)
    if (id === undefined) this.#prices.set(price, (id = this.#intern(sql.internPrice, price)))
    return id
  }
}

/** Everything that is not usage. */
export function saveFacts(
  store: WritableStore,
  batch: number,
  facts: readonly Exclude<Fact, UsageFact>[],
  issues: readonly Issue[],
): void {
  for (const {line, code, message, mend} of issues)
    run(store, sql.insertIssue, {batch_id: batch, line, code, message, mend})
  for (const fact of facts) saveFact(store, batch, fact)
}

function saveFact(store: WritableStore, batch_id: number, fact: Exclude<Fact, UsageFact>): void {
  const {line} = fact
  switch (fact.fact) {
    case 'entity': {
      const {kind, alias, name = null, type = null, status = null} = fact
      return void run(store, sql.insertEntity, {batch_id, line, kind, alias, name, type, status})
    }
    case 'link': {
      const {relation, from: from_alias, to: to_alias, basis, validFrom = null, validTo = null} = fact
      const dates = {valid_from: validFrom, valid_to: validTo, exclusive: fact.exclusive ? 1 : 0}
      return void run(store, sql.insertLink, {
        batch_id,
        line,
        relation,
        from_alias,
        to_alias,
        basis,
        ...dates,
      })
    }
    case 'deployment': {
      const {subject, environment, at, revision} = fact
      return void run(store, sql.insertDeployment, {batch_id, line, subject, environment, at, revision})
    }
    case 'rule': {
      const {repository, file, pattern} = fact
      return void run(store, sql.insertRule, {
        batch_id,
        line,
        repository,
        file,
        pattern,
        owners: JSON.stringify(fact.owners),
      })
    }
    case 'budget': {
      const {organization, costCenter: cost_center, project, start, end, currency, kind} = fact
      return void run(store, sql.insertBudget, {
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
      return void run(store, sql.insertBill, {
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
    default:
      fact satisfies never
  }
}
