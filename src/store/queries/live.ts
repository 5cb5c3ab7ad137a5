/** What live pulls keep beside their facts: how far they read, and which batches are one statement. */
import {query} from '../query.ts'

export interface CursorRow {
  readonly stream: string
  readonly cursor: string | null
  readonly etag: string | null
  readonly fetchedAt: number
}

/** A batch whose statement a later one has replaced. */
export interface Outdated {
  readonly batch: number
  readonly firstDay: number | null
  readonly lastDay: number | null
  readonly firstId: string | null
  readonly lastId: string | null
}

export const cursorOf = query<{source: string; stream: string}, CursorRow>(
  'cursorOf',
  `
  SELECT stream, cursor, etag, fetched_at AS fetchedAt
  FROM cursor
  WHERE source = @source AND stream = @stream`,
)

export const setCursor = query<
  {source: string; stream: string; cursor: string | null; etag: string | null; at: number},
  never
>(
  'setCursor',
  `
  INSERT INTO cursor (source, stream, cursor, etag, fetched_at)
  VALUES (@source, @stream, @cursor, @etag, @at)
  ON CONFLICT (source, stream) DO UPDATE SET cursor = excluded.cursor, etag = excluded.etag, fetched_at = excluded.fetched_at`,
)

export const dropCursor = query<{source: string; stream: string}, never>(
  'dropCursor',
  `DELETE FROM cursor WHERE source = @source AND stream = @stream`,
)

/** The source's own two rows, for every source that was ever asked. */
export const sourceRounds = query<Record<string, never>, {source: string; stream: string; at: number}>(
  'sourceRounds',
  `
  SELECT source, stream, fetched_at AS at
  FROM cursor
  WHERE stream IN ('round', 'done')
  ORDER BY source, stream`,
)

export const insertObservation = query<
  {batch: number; source: string; partition: string; part: number; at: number},
  never
>(
  'insertObservation',
  `
  INSERT INTO observation (batch_id, source, partition, part, observed_at)
  VALUES (@batch, @source, @partition, @part, @at)`,
)

export const spanObservation = query<
  {
    batch: number
    firstDay: number | null
    lastDay: number | null
    firstId: string | null
    lastId: string | null
  },
  never
>(
  'spanObservation',
  `
  UPDATE observation
  SET first_day = @firstDay, last_day = @lastDay, first_id = @firstId, last_id = @lastId
  WHERE batch_id = @batch`,
)

/** The same answer again: the statement still holds. */
export const touchObservation = query<{batch: number; at: number}, never>(
  'touchObservation',
  `UPDATE observation SET observed_at = max(observed_at, @at) WHERE batch_id = @batch`,
)

/** The batches of one part, the last observed first. */
export const observedPart = query<
  {source: string; partition: string; part: number},
  {batch: number; connector: string; path: string}
>(
  'observedPart',
  `
  SELECT o.batch_id AS batch, batch.connector, batch.path
  FROM observation AS o JOIN batch ON batch.id = o.batch_id
  WHERE o.source = @source AND o.partition = @partition AND o.part = @part
  ORDER BY o.observed_at DESC, o.batch_id`,
)

/** Partitions whose names begin with a prefix; `until` is the first text behind all of them. */
export const partitionsFrom = query<{source: string; from: string; until: string}, {partition: string}>(
  'partitionsFrom',
  `
  SELECT DISTINCT partition
  FROM observation
  WHERE source = @source AND partition >= @from AND partition < @until
  ORDER BY partition`,
)

const OUTDATED = `
  SELECT o.batch_id AS batch, o.first_day AS firstDay, o.last_day AS lastDay, o.first_id AS firstId, o.last_id AS lastId
  FROM observation AS o`

/** What earlier readings left of one partition. */
export const outdatedIn = query<{source: string; partition: string; round: number}, Outdated>(
  'outdatedIn',
  `${OUTDATED}
  WHERE o.source = @source AND o.partition = @partition AND o.observed_at < @round
  ORDER BY o.batch_id`,
)

/** What earlier readings left of the lists that this round read to their end. */
export const outdatedLists = query<{source: string; round: number}, Outdated>(
  'outdatedLists',
  `${OUTDATED} JOIN cursor AS c ON c.source = o.source AND c.stream = o.partition
  WHERE o.source = @source AND c.cursor = 'read' AND c.fetched_at >= @round AND o.observed_at < @round
  ORDER BY o.batch_id`,
)

/** An id may be followed by a control character and more: up to the blank, all of it is the same id. */
const deleteOf = (name: string, table: string) =>
  query<{day: number; firstId: string; lastId: string; batch: number}, never>(
    name,
    `
  DELETE FROM ${table}
  WHERE day = @day AND id >= @firstId AND id < @lastId || ' ' AND batch_id = @batch`,
  )
export const deleteUsage = deleteOf('deleteUsage', 'usage')
export const deleteParts = deleteOf('deleteParts', 'usage_parts')

/** Lists that are read but hold nothing any more need no note of it. */
export const dropEmptyLists = query<{source: string}, never>(
  'dropEmptyLists',
  `
  DELETE FROM cursor
  WHERE source = @source AND cursor = 'read'
    AND NOT EXISTS (SELECT 1 FROM observation AS o WHERE o.source = cursor.source AND o.partition = cursor.stream)`,
)

export interface OpenLink {
  readonly id: number
  readonly relation: string
  readonly from: string
  readonly to: string
  readonly basis: string
  readonly validFrom: number | null
}

/** Links of the source's batches that nothing has ended: before the round those of `outdatedLists`, since it the others. */
export const openLinks = query<{batches: string}, OpenLink>(
  'openLinks',
  `
  SELECT rowid AS id, relation, from_alias AS "from", to_alias AS "to", basis, valid_from AS validFrom
  FROM link
  WHERE batch_id IN (SELECT value FROM json_each(@batches)) AND valid_to IS NULL
  ORDER BY rowid`,
)

export const observedSince = query<{source: string; round: number}, {batch: number}>(
  'observedSince',
  `
  SELECT batch_id AS batch
  FROM observation
  WHERE source = @source AND observed_at >= @round
  ORDER BY batch_id`,
)

export const beginLink = query<{id: number; at: number | null}, never>(
  'beginLink',
  `UPDATE link SET valid_from = @at WHERE rowid = @id`,
)

export const endLink = query<{id: number; at: number}, never>(
  'endLink',
  `UPDATE link SET valid_to = @at WHERE rowid = @id`,
)

export const dropLink = query<{id: number}, never>('dropLink', `DELETE FROM link WHERE rowid = @id`)

/** Who has left a directory is still known by what it last said of them. */
export const dropRepeatedEntities = query<{old: string; new: string}, never>(
  'dropRepeatedEntities',
  `
  DELETE FROM entity
  WHERE batch_id IN (SELECT value FROM json_each(@old))
    AND alias IN (SELECT alias FROM entity WHERE batch_id IN (SELECT value FROM json_each(@new)))`,
)

const dropOf = (name: string, table: string) =>
  query<{batch: number}, never>(name, `DELETE FROM ${table} WHERE batch_id = @batch`)
export const dropIssues = dropOf('dropIssues', 'issue')
export const dropRules = dropOf('dropRules', 'rule')
export const dropDeployments = dropOf('dropDeployments', 'deployment')
export const dropLinks = dropOf('dropLinks', 'link')
export const dropEntities = dropOf('dropEntities', 'entity')

/** An observation of which neither a link nor an entity is left. */
export const dropEmptyObservation = query<{batch: number}, never>(
  'dropEmptyObservation',
  `
  DELETE FROM observation
  WHERE batch_id = @batch
    AND NOT EXISTS (SELECT 1 FROM link WHERE link.batch_id = @batch)
    AND NOT EXISTS (SELECT 1 FROM entity WHERE entity.batch_id = @batch)`,
)

export const dropUnobservedBatch = query<{batch: number}, never>(
  'dropUnobservedBatch',
  `
  DELETE FROM batch
  WHERE id = @batch AND NOT EXISTS (SELECT 1 FROM observation WHERE batch_id = @batch)`,
)
