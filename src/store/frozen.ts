/** A closed period as it was when it was closed, through the same queries that read what is settled now. */
import Database from 'better-sqlite3'
import {type Frozen, frozenViews} from './queries/frozen.ts'
import type {ReadableStore} from './query.ts'

/** A connection of its own, for reading, that sees nothing but one closed period. */
export function openFrozen({path}: ReadableStore, frozen: Frozen): ReadableStore {
  const database = new Database(path, {readonly: true, fileMustExist: true})
  for (const {sql} of frozenViews(frozen)) database.exec(sql)
  return {database, path, [Symbol.dispose]: () => void database.close()}
}

/** Lets `read` see a period as frozen through this very connection: within the transaction that freezes it. */
export function asFrozen<T>(store: ReadableStore, frozen: Frozen, read: () => T): T {
  const views = frozenViews(frozen)
  for (const {sql} of views) store.database.exec(sql)
  try {
    return read()
  } finally {
    for (const {name} of views) store.database.exec(`DROP VIEW temp.${name}`)
  }
}
