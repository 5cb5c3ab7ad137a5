/** Teams by their size, as `attribute` settles it. */
import {query} from '../query.ts'

export const insertTeam = query<
  {organization: string; name: string; people: number; access: number; tools: string},
  never
>(
  'insertTeam',
  `
  INSERT INTO team (organization, name, people, access, tools)
  VALUES (@organization, @name, @people, @access, @tools)`,
)

/** `tools`: how many of a team's people have each, as JSON. */
export const allTeams = query<
  Record<string, never>,
  {organization: string; name: string; people: number; access: number; tools: string}
>(
  'allTeams',
  `
  SELECT organization, name, people, access, tools
  FROM team
  ORDER BY organization`,
)

/** Accounts of people that a source lists. */
export const listedAccounts = query<Record<string, never>, {alias: string; connector: string}>(
  'listedAccounts',
  `
  SELECT DISTINCT alias, connector
  FROM entity JOIN batch ON batch.id = batch_id
  WHERE kind = 'identity'
  ORDER BY alias, connector`,
)
