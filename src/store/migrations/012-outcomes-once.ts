/**
 * Each answer is kept once. `attribute` writes every distinct one once anyway, and an index of whole answers was as large as
 * the answers. What is settled is thrown away with the table, and settled again. `untried`: open attributions of which not
 * every question was tried, others having more money behind them.
 */
export const outcomesOnce = `
INSERT INTO meta (key, value)
SELECT 'changed', '1'
WHERE EXISTS (SELECT 1 FROM attribution)
ON CONFLICT DO NOTHING;

DELETE FROM spend;
DELETE FROM settles;
DELETE FROM attribution;
DROP TABLE outcome;
CREATE TABLE outcome (
  id INTEGER PRIMARY KEY,
  answer TEXT NOT NULL,
  output_state TEXT NOT NULL,
  spend_class TEXT NOT NULL,
  stage TEXT NOT NULL,
  coper_e4 INTEGER NOT NULL
) STRICT;

CREATE TABLE untried (
  attribution_id INTEGER PRIMARY KEY REFERENCES attribution (id)
) STRICT;
`
