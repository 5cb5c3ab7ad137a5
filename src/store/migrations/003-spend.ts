/**
 * What reports read: the cube summed by day and answer. `current`: 0 under the answer of the day of use, 1 under the
 * signature's latest. `unpriced`: records whose cost nobody knows.
 */
export const spend = `
CREATE TABLE spend (
  current INTEGER NOT NULL,
  day INTEGER NOT NULL,
  outcome_id INTEGER NOT NULL REFERENCES outcome (id),
  billed_nanos INTEGER,
  records INTEGER NOT NULL,
  unpriced INTEGER NOT NULL,
  PRIMARY KEY (current, day, outcome_id)
) STRICT, WITHOUT ROWID;

INSERT INTO meta (key, value)
SELECT 'changed', '1'
WHERE EXISTS (SELECT 1 FROM attribution)
ON CONFLICT DO NOTHING;
DELETE FROM cell;
DELETE FROM remainder;
`
