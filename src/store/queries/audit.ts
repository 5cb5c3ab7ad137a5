/** The audit trail: read from its beginning, added to at its end. */
import type {StoredEntry} from '../../model/audit.ts'
import {query} from '../query.ts'

const COLUMNS = 'seq, at, actor, action, subject, detail, previous, hash'

export const auditTrail = query<Record<string, never>, StoredEntry>(
  'auditTrail',
  `
  SELECT ${COLUMNS}
  FROM audit
  ORDER BY seq`,
)

export const lastEntry = query<Record<string, never>, StoredEntry>(
  'lastEntry',
  `
  SELECT ${COLUMNS}
  FROM audit
  ORDER BY seq DESC
  LIMIT 1`,
)

export const insertEntry = query<{[key in keyof StoredEntry]: StoredEntry[key]}, never>(
  'insertEntry',
  `
  INSERT INTO audit (${COLUMNS})
  VALUES (@seq, @at, @actor, @action, @subject, @detail, @previous, @hash)`,
)
