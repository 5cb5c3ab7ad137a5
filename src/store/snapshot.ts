/**
 * A small database of its own for `venturi diff`: what reviews are priced from, without anything about people. SQLite keeps what a file is
 * in its header, so that no command takes it for a whole database.
 *
 * `about`: what it is, when and of which days it was made. `repository`: addresses, services and folders as JSON. `answer`: whose traffic
 * is and how sure that is. `traffic`: sums of a day, by answer and model; counts null where no record says them. `account`: budgets;
 * `spent`: what was spent under them, by day.
 */
import {closeSync, openSync, readSync, renameSync, writeFileSync} from 'node:fs'
import Database from 'better-sqlite3'
import {UserError} from '../model/errors.ts'
import type {ReadableStore, WritableStore} from './query.ts'

/** `vsnp` */
const SNAPSHOT = 0x76736e70
/** Another schema, another number. */
export const SNAPSHOT_FORMAT = 1

const schema = `
CREATE TABLE about (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE repository (
  id INTEGER PRIMARY KEY,
  repository TEXT NOT NULL
) STRICT;

CREATE TABLE model (
  id INTEGER PRIMARY KEY,
  identity TEXT NOT NULL
) STRICT;

CREATE TABLE answer (
  id INTEGER PRIMARY KEY,
  answer TEXT NOT NULL,
  spend_class TEXT NOT NULL,
  coper REAL NOT NULL
) STRICT;

CREATE TABLE traffic (
  id INTEGER PRIMARY KEY,
  day INTEGER NOT NULL,
  answer_id INTEGER NOT NULL REFERENCES answer (id),
  model_id INTEGER NOT NULL REFERENCES model (id),
  records INTEGER NOT NULL,
  requests INTEGER,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cache_read_tokens INTEGER,
  cache_write_tokens INTEGER,
  billed_nanos INTEGER NOT NULL,
  unpriced INTEGER NOT NULL
) STRICT;

CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  organization_id TEXT,
  organization_name TEXT,
  cost_center_id TEXT,
  cost_center_name TEXT,
  project TEXT,
  from_day INTEGER NOT NULL,
  to_day INTEGER NOT NULL,
  amount_nanos INTEGER NOT NULL,
  currency TEXT NOT NULL,
  kind TEXT NOT NULL
) STRICT;

CREATE TABLE spent (
  account_id INTEGER NOT NULL REFERENCES account (id),
  day INTEGER NOT NULL,
  nanos INTEGER NOT NULL,
  PRIMARY KEY (account_id, day)
) STRICT, WITHOUT ROWID;
`

export const isSnapshot = ({database}: Pick<ReadableStore, 'database'>): boolean =>
  database.pragma('application_id', {simple: true}) === SNAPSHOT

/** In memory, to be filled and written as a whole. */
export function emptySnapshot(): WritableStore {
  const database = new Database(':memory:')
  database.pragma(`application_id = ${SNAPSHOT}`)
  database.pragma(`user_version = ${SNAPSHOT_FORMAT}`)
  database.pragma('foreign_keys = ON')
  database.exec(schema)
  return {database, path: ':memory:', writable: true, [Symbol.dispose]: () => void database.close()}
}

/** Writes it as a whole, without a byte of what is not in it, and says how many bytes. Only another snapshot is replaced. */
export function writeAsFile({database}: WritableStore, path: string): number {
  if (!mayBeReplaced(path))
    throw new UserError(
      `${path}: already there, and no snapshot: left as it is`,
      'name another file with --output',
    )
  database.exec('VACUUM')
  const bytes = database.serialize()
  const part = `${path}.part`
  try {
    writeFileSync(part, bytes)
    renameSync(part, path)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new UserError(
      `${path}: cannot be written (${code})`,
      code === 'ENOENT' ? 'make its folder first' : 'check the permissions of the file and its folder',
    )
  }
  return bytes.length
}

/** Where SQLite keeps the application id: four bytes, the highest first. */
const ID_AT = 68

function mayBeReplaced(path: string): boolean {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
  try {
    const id = Buffer.alloc(4)
    return readSync(file, id, 0, 4, ID_AT) === 4 && id.readUInt32BE() === SNAPSHOT
  } finally {
    closeSync(file)
  }
}
