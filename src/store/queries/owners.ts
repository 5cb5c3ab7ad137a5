/** CODEOWNERS lines as ingested. */
import {query} from '../query.ts'

export const ruledRepositories = query<Record<string, never>, {repository: string}>(
  'ruledRepositories',
  `
  SELECT DISTINCT repository
  FROM rule
  WHERE valid_to IS NULL
  ORDER BY repository`,
)

/** One repository's present lines in order; the same file ingested from two places counts once. */
export const repositoryRules = query<
  {repository: string},
  {file: string; line: number; pattern: string; owners: string; section: string | null}
>(
  'repositoryRules',
  `
  SELECT DISTINCT file, line, pattern, owners, section
  FROM rule
  WHERE repository = @repository AND valid_to IS NULL
  ORDER BY file, line, pattern, owners, section`,
)
