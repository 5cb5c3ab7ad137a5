import {existsSync, mkdirSync} from 'node:fs'
import {dirname} from 'node:path'
import Database from 'better-sqlite3'
import {UserError} from '../model/errors.ts'
import {migrations} from './migrations/index.ts'
import type {ReadableStore, WritableStore} from './query.ts'
import {isSnapshot, SNAPSHOT_FORMAT} from './snapshot.ts'

/** How long a second writer waits for the first before it says so. */
const BUSY_MS = 120_000

function store(database: Database.Database, path: string): ReadableStore {
  return {
    database,
    path,
    [Symbol.dispose]: () => void database.close(),
  }
}

function open(path: string, options: Database.Options): Database.Database {
  try {
    if (!options.readonly && path !== ':memory:') mkdirSync(dirname(path), {recursive: true})
    const database = new Database(path, {timeout: BUSY_MS, ...options})
    database.pragma('user_version')
    return database
  } catch (error) {
    throw new UserError(
      `${path}: not a database venturi can open (${(error as Error).message})`,
      'name another file with --db',
    )
  }
}

/**
 * Bytes of a database that are read where the system keeps them: half the time of a lens was copying pages. Who writes copies: a file
 * that is cut under its map is a crash.
 */
const MAPPED = 2 ** 31 - 65_536

/** Opens a database for reading; it must exist and have this version's schema. `:memory:` is for tests. */
export function openForReading(path: string): ReadableStore {
  const database = openExisting(path)
  refuseSnapshot(database, path)
  requireVersion(database, path)
  return store(database, path)
}

/** The same, or a snapshot: for what needs no more than a snapshot holds. */
export function openForReview(path: string): ReadableStore {
  const database = openExisting(path)
  if (!isSnapshot({database})) requireVersion(database, path)
  else requireFormat(database, path)
  return store(database, path)
}

function openExisting(path: string): Database.Database {
  if (!existsSync(path))
    throw new UserError(`${path}: no database yet`, 'run `venturi ingest PATH` first, or name one with --db')
  const database = open(path, {readonly: true})
  database.pragma(`mmap_size = ${MAPPED}`)
  return database
}

function requireVersion(database: Database.Database, path: string): void {
  const version = database.pragma('user_version', {simple: true}) as number
  if (version !== migrations.length) {
    database.close()
    const older = version < migrations.length
    throw new UserError(
      `${path}: its schema is version ${version}, this venturi reads ${migrations.length}`,
      older ? 'run `venturi attribute` once to bring it up to date' : 'update venturi',
    )
  }
}

function requireFormat(database: Database.Database, path: string): void {
  const format = database.pragma('user_version', {simple: true}) as number
  if (format === SNAPSHOT_FORMAT) return
  database.close()
  throw new UserError(
    `${path}: a snapshot of format ${format}, this venturi reads ${SNAPSHOT_FORMAT}`,
    'make it again with the same version: venturi export snapshot',
  )
}

/** Figures of anything but a review would be false: what they are made of is not in it. */
function refuseSnapshot(database: Database.Database, path: string): void {
  if (!isSnapshot({database})) return
  database.close()
  throw new UserError(
    `${path}: a snapshot, which holds what \`venturi diff\` needs and nothing else`,
    'name the database it was made from with --db',
  )
}

/** KiB of pages kept in memory; what is settled is read again while it is written, and a large company's fills more than ingest needs. */
const CACHE = {ingest: 65_536, settling: 262_144} as const

/** Room for settling, until the database is closed. It is taken only as far as there are pages to keep. */
export const settleInMemory = ({database}: WritableStore): void =>
  void database.pragma(`cache_size = -${CACHE.settling}`)

/** Opens or creates a database for writing and brings its schema up to date, each step in one transaction. */
export function openForWriting(path: string): WritableStore {
  const database = open(path, {})
  refuseSnapshot(database, path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma(`cache_size = -${CACHE.ingest}`)
  database.pragma('foreign_keys = ON')
  migrate(database, path)
  return {...store(database, path), writable: true}
}

function migrate(database: Database.Database, path: string): void {
  const step = database.transaction(() => {
    const version = database.pragma('user_version', {simple: true}) as number
    if (version > migrations.length)
      throw new UserError(`${path}: written by a newer venturi (schema ${version})`, 'update venturi')
    for (const sql of migrations.slice(version)) database.exec(sql)
    database.pragma(`user_version = ${migrations.length}`)
  })
  if ((database.pragma('user_version', {simple: true}) as number) !== migrations.length) step.immediate()
}
