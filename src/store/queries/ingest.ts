/** What ingest writes: one batch, its facts and issues, all in one transaction. */
import {query} from '../query.ts'

export interface BatchRow {
  readonly id: number
  readonly sha256: string
  readonly placed: string
  readonly path: string
  readonly connector: string
  readonly size: number
  readonly rows: number
  readonly facts: number
  readonly issues: number
}

export const batchDigest = query<{id: number}, {sha256: string}>(
  'batchDigest',
  `SELECT sha256 FROM batch WHERE id = @id`,
)

export const batchOfDigest = query<{sha256: string; placed: string}, {id: number}>(
  'batchOfDigest',
  `SELECT id FROM batch WHERE sha256 = @sha256 AND placed = @placed`,
)

export const insertBatch = query<{[key in keyof BatchRow]: BatchRow[key]}, never>(
  'insertBatch',
  `
  INSERT INTO batch (id, sha256, placed, path, connector, size, rows, facts, issues)
  VALUES (@id, @sha256, @placed, @path, @connector, @size, @rows, @facts, @issues)`,
)

export const finishBatch = query<
  {id: number; sha256: string; placed: string; rows: number; facts: number; issues: number},
  never
>(
  'finishBatch',
  `
  UPDATE batch
  SET sha256 = @sha256, placed = @placed, rows = @rows, facts = @facts, issues = @issues
  WHERE id = @id`,
)

/** The same content at several places is shown at the first of them by name, whatever order they were read in. */
export const renameBatch = query<{id: number; path: string}, never>(
  'renameBatch',
  `
  UPDATE batch
  SET path = @path
  WHERE id = @id AND path > @path`,
)

const insert = (name: string, table: string, columns: readonly string[]) =>
  query<{[column: string]: string | number | bigint | null}, never>(
    name,
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(column => `@${column}`).join(', ')})`,
  )

export const insertIssue = insert('insertIssue', 'issue', ['batch_id', 'line', 'code', 'message', 'mend'])
export const insertEntity = insert('insertEntity', 'entity', [
  'batch_id',
  'line',
  'kind',
  'alias',
  'name',
  'type',
  'status',
])
export const insertLink = insert('insertLink', 'link', [
  'batch_id',
  'line',
  'relation',
  'from_alias',
  'to_alias',
  'basis',
  'valid_from',
  'valid_to',
  'exclusive',
])
export const insertDeployment = insert('insertDeployment', 'deployment', [
  'batch_id',
  'line',
  'subject',
  'environment',
  'at',
  'revision',
])
export const insertRule = insert('insertRule', 'rule', [
  'batch_id',
  'line',
  'repository',
  'file',
  'pattern',
  'owners',
  'section',
  'valid_from',
  'valid_to',
])
export const insertBudget = insert('insertBudget', 'budget', [
  'batch_id',
  'line',
  'organization',
  'cost_center',
  'project',
  'start',
  'end',
  'amount_nanos',
  'currency',
  'kind',
])
export const insertBill = insert('insertBill', 'bill', [
  'batch_id',
  'line',
  'invoice',
  'provider',
  'account',
  'start',
  'end',
  'amount_nanos',
  'currency',
  'status',
])

/** The same thing said twice is kept once: the better of two by `rank` (smaller is better), whatever order they came in. */
const upsert = (
  name: string,
  table: string,
  key: readonly string[],
  columns: readonly string[],
  rank: (row: string) => readonly string[],
) =>
  query<{[column: string]: string | number | bigint | null}, never>(
    name,
    `
    INSERT INTO ${table} (${[...key, ...columns].join(', ')})
    VALUES (${[...key, ...columns].map(column => `@${column}`).join(', ')})
    ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${columns.map(column => `${column} = excluded.${column}`).join(', ')}
    WHERE (${rank('excluded').join(', ')}) < (${rank(table).join(', ')})`,
  )

export const insertOutcomeEvent = upsert(
  'insertOutcomeEvent',
  'outcome_event',
  ['source', 'id'],
  [
    'batch_id',
    'line',
    'at',
    'name',
    'quantity_e9',
    'unit',
    'value_nanos',
    'currency',
    'success',
    'service',
    'project',
    'organization',
    'feature',
    'trace',
    'tenant',
    'reverses',
  ],
  row => [`${row}.batch_id`, `${row}.line`],
)

/** An address says more of an author than a name, and all the files of a commit more than some. */
export const insertCommit = upsert(
  'insertCommit',
  'repository_commit',
  ['repository', 'sha'],
  ['batch_id', 'line', 'author', 'at', 'files', 'folders'],
  row => [`${row}.author LIKE 'name:%'`, `-${row}.files`, `${row}.batch_id`, `${row}.line`],
)

/** Exports overlap; a span is the same in each. */
export const insertSpan = upsert(
  'insertSpan',
  'span',
  ['trace', 'id'],
  ['batch_id', 'line', 'parent', 'kind', 'name'],
  row => [`${row}.batch_id`, `${row}.line`],
)

const intern = (name: string, table: string, column: string) =>
  query<{value: string}, {id: number}>(
    name,
    `
    INSERT INTO ${table} (${column})
    VALUES (@value)
    ON CONFLICT (${column}) DO UPDATE SET ${column} = ${column}
    RETURNING id`,
  )

export const internSignature = intern('internSignature', 'signature', 'evidence')
export const internModel = intern('internModel', 'model', 'identity')
export const internContext = intern('internContext', 'context', 'context')
export const internPrice = intern('internPrice', 'price', 'price')

/** Columns of a usage row in the order `insertUsage` binds them. */
export const USAGE_COLUMNS = [
  'day',
  'id',
  'channel',
  'signature_id',
  'model_id',
  'batch_id',
  'line',
  'granularity',
  'at',
  'until',
  'requests',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cost_nanos',
  'cost_source',
  'price_id',
  'failed',
  'trace',
  'parent',
  'latency_ms',
  'context_id',
] as const

/** When a batch was said, for batches that are answers; files come before all of them. */
const observed = (batch: string): string =>
  `ifnull((SELECT observed_at FROM observation WHERE observation.batch_id = ${batch}), 0)`

/** What a source says of a row's completeness: a cost it states, then its counts. Our own price of it says nothing. */
const said = (row: string): string =>
  `${row}.cost_source > 1, iif(${row}.cost_source > 1, ${row}.cost_nanos, 0), ifnull(${row}.input_tokens, -1), ifnull(${row}.output_tokens, -1)`

/**
 * Many rows in one statement; the columns `once` names are bound by name, once for all rows. The same id seen again keeps
 * the row observed last; without observations the row that holds more (a day read later is more complete), and of equal
 * ones the one from the smaller batch: what is kept never depends on the order of files.
 */
export function insertUsage(rows: number, once: ReadonlySet<string>) {
  const row = `(${USAGE_COLUMNS.map(column => (once.has(column) ? `@${column}` : '?')).join(', ')})`
  return query<readonly (string | number | null)[], never>(
    'insertUsage',
    `
    INSERT INTO usage (${USAGE_COLUMNS.join(', ')})
    VALUES ${Array.from({length: rows}, () => row).join(', ')}
    ON CONFLICT (day, id, channel) DO UPDATE SET
      ${USAGE_COLUMNS.slice(3)
        .map(column => `${column} = excluded.${column}`)
        .join(', ')}
    WHERE (${observed('excluded.batch_id')}, ${said('excluded')}, usage.batch_id, usage.line)
        > (${observed('usage.batch_id')}, ${said('usage')}, excluded.batch_id, excluded.line)`,
  )
}

export const insertParts = query<
  {day: number; id: string; channel: string; batch_id: number; line: number; parts: string},
  never
>(
  'insertParts',
  `
  INSERT INTO usage_parts (day, id, channel, batch_id, line, parts)
  VALUES (@day, @id, @channel, @batch_id, @line, @parts)
  ON CONFLICT DO NOTHING`,
)

export const setMeta = query<{key: string; value: string}, never>(
  'setMeta',
  `
  INSERT INTO meta (key, value)
  VALUES (@key, @value)
  ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
)

export const getMeta = query<{key: string}, {value: string}>(
  'getMeta',
  `SELECT value FROM meta WHERE key = @key`,
)
