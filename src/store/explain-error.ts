import {UserError} from '../model/errors.ts'

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
