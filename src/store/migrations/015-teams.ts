/**
 * How many people teams have, settled anew with every attribution; who they are is in no row. A person counts in one team, the
 * likeliest at the end of the usage. `access`: of a team's people, those who have an account or a seat in some AI tool; `tools`:
 * of these, by tool.
 */
export const teams = `
CREATE TABLE team (
  organization TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  people INTEGER NOT NULL,
  access INTEGER NOT NULL,
  tools TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta (key, value)
SELECT 'changed', '1'
WHERE EXISTS (SELECT 1 FROM attribution)
ON CONFLICT DO NOTHING;
`
