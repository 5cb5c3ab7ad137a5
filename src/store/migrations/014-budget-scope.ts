/**
 * Whose money a budget is about, as `attribute` found it: ids as answers have them. Null: not said, or nothing has that name. It can be
 * thrown away and settled again.
 */
export const budgetScope = `
CREATE TABLE budget_scope (
  batch_id INTEGER NOT NULL,
  line INTEGER NOT NULL,
  organization_id TEXT,
  organization_name TEXT,
  cost_center_id TEXT,
  cost_center_name TEXT,
  PRIMARY KEY (batch_id, line)
) STRICT, WITHOUT ROWID;

INSERT INTO meta (key, value)
SELECT 'changed', '1'
WHERE EXISTS (SELECT 1 FROM attribution) AND EXISTS (SELECT 1 FROM budget)
ON CONFLICT DO NOTHING;
`
