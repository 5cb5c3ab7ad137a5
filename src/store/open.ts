import {existsSync, mkdirSync} from 'node:fs'
import {dirname} from 'node:path'
import Database from 'better-sqlite3'
import {UserError} from '../model/errors.ts'
import {migrations} from './migrations/index.ts'
import type {ReadableStore, WritableStore} from './query.ts'

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

/** Opens a database for reading; it must exist and have this version's schema. `:memory:` is for tests. */
export function openForReading(path: string): ReadableStore {
  if (!existsSync(path))
    throw new UserError(`${path}: no database yet`, 'run `venturi ingest PATH` first, or name one with --db')
  const database = open(path, {readonly: true})
  const version = database.pragma('user_version', {simple: true}) as number
  if (version !== migrations.length) {
    database.close()
    const older = version < migrations.length
    throw new UserError(
      `${path}: its schema is version ${version}, this venturi reads ${migrations.length}`,
      older ? 'run `venturi attribute` once to bring it up to date' : 'update venturi',
    )
  }
  return store(database, path)
}

/** Opens or creates a database for writing and brings its schema up to date, each step in one transaction. */
export function openForWriting(path: string): WritableStore {
  const database = open(path, {})
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma('cache_size = -65536')
  database.pragma('foreign_keys = ON')
  migrate(database, path)
  return {...store(database, path), writable: true}
}

/** What SQLite says when the machine and not venturi is at fault, and what to do about it. */
const TROUBLE: readonly (readonly [code: RegExp, what: string, mend: string])[] = [
  [/^SQLITE_FULL/, 'the disk is full', 'free some space and run it again: what was finished is kept'],
  [/^SQLITE_BUSY/, 'another venturi is writing to this database', 'wait until it is done and run it again'],
  [
    /^SQLITE_(READONLY|CANTOPEN|PERM)/,
    'cannot be written',
    'check its permissions, or name another with --db',
  ],
  [/^SQLITE_IOERR/, 'the disk does not read or write', 'check the disk and run it again'],
  [/^SQLITE_(CORRUPT|NOTADB)/, 'damaged, or not a database', 'ingest the dumps into a new one with --db'],
]

/** An error of the database as one the person can mend; anything else as it came. */
export function explainDatabase(error: unknown, path: string): unknown {
  const {code, message} = error as {readonly code?: unknown; readonly message?: string}
  const [, what, mend] = TROUBLE.find(([pattern]) => typeof code === 'string' && pattern.test(code)) ?? []
  return what === undefined ? error : new UserError(`${path}: ${what} (${message})`, mend!)
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
