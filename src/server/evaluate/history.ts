/** What was measured before, one line a measurement, in a file beside the database. */
import {appendFileSync, existsSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

export interface Measurement {
  /** ISO-8601. */
  readonly at: string
  /** What was measured: `this database`; a line of anything else is never compared with. */
  readonly of: string
  readonly model: string | null
  readonly accuracy: number | null
  readonly accuracy_at_080: number | null
  readonly coverage: number | null
  readonly ece: number | null
}

const historyPath = (db: string): string => join(dirname(db), 'evaluations.jsonl')

/** The last measurement of the same thing; a line cut short by a full disk is passed over. */
export function lastMeasurement(db: string, of: string): Measurement | null {
  const path = historyPath(db)
  if (!existsSync(path)) return null
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line.startsWith('{') && line.endsWith('}'))
  return lines.map(line => JSON.parse(line) as Measurement).findLast(one => one.of === of) ?? null
}

export function remember(db: string, measurement: Measurement): void {
  appendFileSync(historyPath(db), `${JSON.stringify(measurement)}\n`)
}
