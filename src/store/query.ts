import type {Database, Statement} from 'better-sqlite3'

export type Value = string | number | bigint | null
export type Params = {readonly [name: string]: Value} | readonly Value[]

/** A database one may read. What takes a `ReadableStore` cannot write: its connection is read-only. */
export interface ReadableStore {
  readonly database: Database
  readonly path: string
  [Symbol.dispose](): void
}

/** A database one may write. */
export interface WritableStore extends ReadableStore {
  readonly writable: true
}

/** A named statement with the shape of what goes in and comes out; text is never pasted into SQL. */
export interface Query<In extends Params, Row> {
  readonly name: string
  readonly sql: string
  /** Integers come back as bigint: sums of money go past 2⁵³. */
  readonly exact: boolean
  /** Rows come back as tuples in the order of their columns: a million objects cost more than what is in them. */
  readonly tuples: boolean
  readonly row?: Row
  readonly params?: In
}

export const query = <In extends Params, Row>(
  name: string,
  sql: string,
  {exact = false, tuples = false} = {},
): Query<In, Row> => ({name, sql, exact, tuples})

const prepared = new WeakMap<Database, Map<string, Statement>>()

function statement(store: ReadableStore, {name, sql, exact, tuples}: Query<never, unknown>): Statement {
  let statements = prepared.get(store.database)
  if (!statements) prepared.set(store.database, (statements = new Map()))
  let found = statements.get(name)
  if (!found) {
    found = store.database.prepare(sql)
    if (exact) found.safeIntegers(true)
    if (tuples) found.raw(true)
    statements.set(name, found)
  }
  return found
}

export const all = <In extends Params, Row>(store: ReadableStore, q: Query<In, Row>, params: In): Row[] =>
  statement(store, q as never).all(params) as Row[]

export const one = <In extends Params, Row>(
  store: ReadableStore,
  q: Query<In, Row>,
  params: In,
): Row | undefined => statement(store, q as never).get(params) as Row | undefined

export const iterate = <In extends Params, Row>(
  store: ReadableStore,
  q: Query<In, Row>,
  params: In,
): IterableIterator<Row> => statement(store, q as never).iterate(params) as IterableIterator<Row>

/** Runs a write and says how many rows changed. */
export const run = <In extends Params>(store: WritableStore, q: Query<In, never>, params: In): number =>
  statement(store, q as never).run(params).changes
