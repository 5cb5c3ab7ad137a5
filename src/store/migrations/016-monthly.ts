/**
 * The cube by month, for lenses that ask about attributions and not about days. `month` is its first day; `first` and `last` are
 * the days used. `known`: 1 where the records' input tokens are known, 2 where their output tokens are; others lie in a row of
 * their own. `calls`: of the records, single calls; `long_tokens`: tokens of calls with a long context.
 * `channel_day`: rows each channel told of a day. `caller`: what signatures say of who called, as JSON, each once.
 */
export const monthly = `
CREATE TABLE monthly (
  month INTEGER NOT NULL,
  attribution_id INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  known INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  records INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL,
  long_tokens INTEGER NOT NULL,
  billed_nanos INTEGER,
  PRIMARY KEY (month, attribution_id, model_id, known)
) STRICT, WITHOUT ROWID;

CREATE TABLE channel_day (
  day INTEGER NOT NULL,
  channel TEXT NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (day, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE caller (
  id INTEGER PRIMARY KEY,
  caller TEXT NOT NULL
) STRICT;
ALTER TABLE attribution ADD COLUMN caller_id INTEGER;

INSERT INTO meta (key, value)
SELECT 'changed', '1'
WHERE EXISTS (SELECT 1 FROM attribution)
ON CONFLICT DO NOTHING;
`
