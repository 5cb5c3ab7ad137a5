import {openForReading} from '../src/store/open.ts'

const PLACE = `(SELECT path || '#' || connector || '#' || sha256 FROM batch WHERE id = batch_id) AS batch`
const OWN_TABLES = [
  'entity',
  'link',
  'deployment',
  'rule',
  'budget',
  'bill',
  'issue',
  'usage_parts',
  'outcome_event',
  'repository_commit',
]

/** Everything a database holds of what was read, one text a row, sorted; numbers given in order of reading are spelled out. */
export function contentOf(path: string): {readonly [table: string]: readonly string[]} {
  using store = openForReading(path)
  const rows = (sql: string): string[] =>
    store.database
      .prepare(sql)
      .safeIntegers()
      .all()
      .map(row =>
        JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
      )
      .sort()
  const content: {[table: string]: string[]} = {
    batch: rows('SELECT * FROM batch'),
    signature: rows('SELECT evidence FROM signature'),
    model: rows('SELECT identity FROM model'),
    price: rows('SELECT price FROM price'),
    usage: rows(`
      SELECT u.*, NULL AS signature_id, NULL AS model_id, NULL AS price_id, NULL AS context_id, s.evidence, m.identity, p.price, c.context,
        ${PLACE}
      FROM usage AS u JOIN signature AS s ON s.id = u.signature_id JOIN model AS m ON m.id = u.model_id
        LEFT JOIN price AS p ON p.id = u.price_id LEFT JOIN context AS c ON c.id = u.context_id`),
  }
  for (const table of OWN_TABLES) content[table] = rows(`SELECT *, ${PLACE} FROM ${table}`)
  return content
}
