/** CODEOWNERS lines as ingested. */
import {query} from '../query.ts'

export const ruledRepositories = query<Record<string, never>, {repository: string}>(
  'ruledRepositories',
  `
  SELECT DISTINCT repository
  FROM rule
  ORDER BY repository`,
)

/** One repository's lines in order; the same file ingested from two places counts once. */
export const repositoryRules = query<
  {repository: string},
  {file: string; line: number; pattern: string; owners: string; section: string | null}
>(
  'repositoryRules',
  `
  SELECT DISTINCT file, line, pattern, owners, section
  FROM rule
  WHERE repository = @repository
  ORDER BY file, line, pattern, owners, section`,
)
