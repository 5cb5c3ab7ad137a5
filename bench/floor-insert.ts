/**
 * The floor under ingest: the same rows, already parsed, into a bare table with better-sqlite3, in one transaction.
 * Prints the milliseconds of the inserts; parsing is not in them.
 *
 * node bench/floor-insert.ts SPEND.csv DATABASE
 */
import {createReadStream} from 'node:fs'
import {createInterface} from 'node:readline'
import Database from 'better-sqlite3'

const BATCH = 20_000

const [source = '', path = ''] = process.argv.slice(2)
const database = new Database(path)
database.pragma('journal_mode = WAL')
database.pragma('synchronous = NORMAL')
let milliseconds = 0
const timed = (work: () => void) => {
  const start = performance.now()
  work()
  milliseconds += performance.now() - start
}

let insert: Database.Statement | null = null
let rows: unknown[][] = []
const flush = () => {
  timed(() => {
    for (const row of rows) insert!.run(row)
  })
  rows = []
}
for await (const line of createInterface({input: createReadStream(source)})) {
  const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
  if (insert) rows.push(cells)
  else {
    database.exec(`CREATE TABLE spend (${cells.map(name => `"${name}"`).join(', ')})`)
    insert = database.prepare(`INSERT INTO spend VALUES (${cells.map(() => '?').join(', ')})`)
    database.exec('BEGIN')
  }
  if (rows.length === BATCH) flush()
}
flush()
timed(() => database.exec('COMMIT'))
process.stdout.write(`${milliseconds}\n`)
