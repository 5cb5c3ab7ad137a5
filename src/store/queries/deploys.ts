/** What went out when, and by which names services are known. */
import {query} from '../query.ts'

/** In [from, to), epoch ms. */
export const deploymentsBetween = query<
  {from: number; to: number},
  {
    subject: string
    environment: string | null
    at: number
    revision: string | null
    where: string
  }
>(
  'deploymentsBetween',
  `
  SELECT subject, environment, at, revision, min(path || ':' || line) AS "where"
  FROM deployment JOIN batch ON batch.id = batch_id
  WHERE at >= @from AND at < @to
  GROUP BY subject, environment, at, revision
  ORDER BY at, subject, environment, revision`,
)

/** Other names of services, and the repositories they are built from. */
export const serviceLinks = query<Record<string, never>, {relation: string; from: string; to: string}>(
  'serviceLinks',
  `
  SELECT DISTINCT relation, from_alias AS "from", to_alias AS "to"
  FROM link
  WHERE relation IN ('same_as', 'built_from') AND from_alias IN (SELECT alias FROM entity WHERE kind = 'service')
  ORDER BY from_alias, relation, to_alias`,
)
