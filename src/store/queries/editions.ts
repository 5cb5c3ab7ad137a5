/** Reports that are exported again: which files hold which of them, and whose rows no longer count. */
import {query} from '../query.ts'

type None = Record<string, never>

export const upsertEdition = query<
  {batch_id: number; partition: string; first_at: number; last_at: number},
  never
>(
  'upsertEdition',
  `
  INSERT INTO edition (batch_id, partition, first_at, last_at)
  VALUES (@batch_id, @partition, @first_at, @last_at)
  ON CONFLICT (batch_id, partition) DO UPDATE SET first_at = excluded.first_at, last_at = excluded.last_at`,
)

/** What a file says of its own making; said twice, the later holds. */
export const insertExport = query<{batch_id: number; at: number | null; final: number}, never>(
  'insertExport',
  `
  INSERT INTO export (batch_id, at, final)
  VALUES (@batch_id, @at, @final)
  ON CONFLICT (batch_id) DO UPDATE SET at = max(ifnull(at, excluded.at), ifnull(excluded.at, at)), final = max(final, excluded.final)`,
)

/** What was said of a batch whose rows are gone. */
export const dropEditions = query<{batch: number}, never>(
  'dropEditions',
  `DELETE FROM edition WHERE batch_id = @batch`,
)
export const dropExport = query<{batch: number}, never>(
  'dropExport',
  `DELETE FROM export WHERE batch_id = @batch`,
)

export interface EditionRow {
  readonly batch: number
  readonly path: string
  readonly connector: string
  readonly partition: string
  readonly firstAt: number
  readonly lastAt: number
  readonly at: number | null
  readonly final: number
}

export const allEditions = query<None, EditionRow>(
  'allEditions',
  `
  SELECT e.batch_id AS batch, batch.path, batch.connector, e.partition, e.first_at AS firstAt, e.last_at AS lastAt, x.at, ifnull(x.final, 0) AS final
  FROM edition AS e
  JOIN batch ON batch.id = e.batch_id
  LEFT JOIN export AS x ON x.batch_id = e.batch_id
  ORDER BY e.partition, batch.path, e.batch_id`,
)

export interface EditionDay {
  /** Partition and batch, as stored ids end. */
  readonly edition: string
  readonly day: bigint
  readonly signatureId: bigint
  readonly rows: bigint
  readonly cost: bigint | null
  readonly tokens: bigint | null
}

/** What the files' rows of some days hold, by edition (char 31 stands before it). */
export const editionDays = query<{from: number; to: number}, EditionDay>(
  'editionDays',
  `
  SELECT substr(id, instr(id, char(31)) + 1) AS edition, day, signature_id AS signatureId, count(*) AS rows,
    sum(cost_nanos) AS cost,
    sum(ifnull(input_tokens, 0) + ifnull(output_tokens, 0) + ifnull(cache_read_tokens, 0) + ifnull(cache_write_tokens, 0)) AS tokens
  FROM usage
  WHERE day >= @from AND day <= @to AND instr(id, char(31)) > 0
  GROUP BY edition, day, signature_id
  ORDER BY edition, day, signature_id`,
  {exact: true},
)

/** The first rows of each edition and day, by their own ids. */
export const editionRows = query<
  {from: number; to: number; most: number},
  {edition: string; day: number; id: string}
>(
  'editionRows',
  `
  SELECT edition, day, id
  FROM (
    SELECT substr(id, instr(id, char(31)) + 1) AS edition, day, substr(id, 1, instr(id, char(31)) - 1) AS id,
      row_number() OVER (PARTITION BY day, substr(id, instr(id, char(31)) + 1) ORDER BY id) AS place
    FROM usage
    WHERE day >= @from AND day <= @to AND instr(id, char(31)) > 0)
  WHERE place <= @most
  ORDER BY edition, day, id`,
)

export const insertSuperseded = query<{day: number; edition: string; from_at: number; to_at: number}, never>(
  'insertSuperseded',
  `
  INSERT INTO superseded (day, edition, from_at, to_at)
  VALUES (@day, @edition, @from_at, @to_at)
  ON CONFLICT (day, edition, from_at) DO UPDATE SET to_at = max(to_at, excluded.to_at)`,
)

/** Rows that a later export replaced are matched to nothing. */
export const matchSuperseded = query<None, never>(
  'matchSuperseded',
  `
  INSERT INTO matched (day, id, channel, signature_id)
  SELECT u.day, u.id, u.channel, NULL
  FROM usage AS u
  WHERE u.day IN (SELECT day FROM superseded) AND instr(u.id, char(31)) > 0
    AND EXISTS (
      SELECT 1 FROM superseded AS s
      WHERE s.day = u.day AND s.edition = substr(u.id, instr(u.id, char(31)) + 1) AND u.at BETWEEN s.from_at AND s.to_at)
  ON CONFLICT DO NOTHING`,
)

/** Pages of one export may overlap: a row that another of its files (`batches`, a JSON list) states too counts once. */
export const matchRepeated = query<{batches: string; from: number; to: number}, never>(
  'matchRepeated',
  `
  INSERT INTO matched (day, id, channel, signature_id)
  SELECT u.day, u.id, u.channel, NULL
  FROM usage AS u
  WHERE u.day >= @from AND u.day <= @to AND instr(u.id, char(31)) > 0
    AND u.batch_id IN (SELECT value FROM json_each(@batches))
    AND EXISTS (
      SELECT 1 FROM usage AS o
      WHERE o.day = u.day AND o.id > substr(u.id, 1, instr(u.id, char(31))) AND o.id < u.id AND o.channel = u.channel
        AND o.batch_id IN (SELECT value FROM json_each(@batches))
        AND NOT EXISTS (SELECT 1 FROM superseded AS s WHERE s.day = o.day AND s.edition = substr(o.id, instr(o.id, char(31)) + 1) AND o.at BETWEEN s.from_at AND s.to_at))
  ON CONFLICT DO NOTHING`,
)

/** What `attribute` could not tell, beside what reading found. */
export const clearExportIssues = query<None, never>(
  'clearExportIssues',
  `DELETE FROM issue WHERE code IN ('undated-export', 'gone-from-export')`,
)
