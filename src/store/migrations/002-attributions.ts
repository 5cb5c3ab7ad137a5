/**
 * What `attribute` settles. All of it can be thrown away and computed again from the facts.
 *
 * `matched`: a call that two sources report. The row that stays has the signature of both; the other is absorbed.
 * `tally`: requests by day, signature and model: read once from the rows, used for everything after. `split`: days within which
 *   a signature's owner changes; those are read from the rows again.
 * `outcome`: a distinct answer, as JSON (`engine/outcome.ts`), with the columns that views filter by.
 * `attribution`: a signature's answer over [from_at, to_at).
 * `cell`: the resolved cube. Usage by day, attribution, channel, model and granularity; `est_nanos` is what the rows say of
 *   themselves, `billed_nanos` what they cost once the bill has decided (null: nobody knows), `counts` whether they are
 *   records at all or only detail of others, `reconciled` whether a bill decided.
 * `remainder`: what a bill holds beyond its detail, a record of its own.
 */
export const attributions = `
CREATE TABLE matched (
  day INTEGER NOT NULL,
  id TEXT NOT NULL,
  channel TEXT NOT NULL,
  signature_id INTEGER,
  PRIMARY KEY (day, id, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE tally (
  day INTEGER NOT NULL,
  signature_id INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  channel TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  records INTEGER NOT NULL,
  requests INTEGER,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cache_read_tokens INTEGER,
  cache_write_tokens INTEGER,
  est_nanos INTEGER,
  unpriced INTEGER NOT NULL
) STRICT;

CREATE TABLE split (
  day INTEGER NOT NULL,
  signature_id INTEGER NOT NULL,
  PRIMARY KEY (day, signature_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcome (
  id INTEGER PRIMARY KEY,
  answer TEXT NOT NULL UNIQUE,
  output_state TEXT NOT NULL,
  spend_class TEXT NOT NULL,
  stage TEXT NOT NULL,
  coper_e4 INTEGER NOT NULL
) STRICT;

CREATE TABLE attribution (
  id INTEGER PRIMARY KEY,
  signature_id INTEGER NOT NULL REFERENCES signature (id),
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  outcome_id INTEGER NOT NULL REFERENCES outcome (id)
) STRICT;
CREATE UNIQUE INDEX attribution_signature ON attribution (signature_id, from_at);

CREATE TABLE cell (
  day INTEGER NOT NULL,
  attribution_id INTEGER NOT NULL,
  channel TEXT NOT NULL,
  model_id INTEGER NOT NULL,
  granularity INTEGER NOT NULL,
  records INTEGER NOT NULL,
  requests INTEGER,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cache_read_tokens INTEGER,
  cache_write_tokens INTEGER,
  est_nanos INTEGER,
  unpriced INTEGER NOT NULL,
  billed_nanos INTEGER,
  counts INTEGER NOT NULL,
  reconciled INTEGER NOT NULL,
  PRIMARY KEY (day, attribution_id, channel, model_id, granularity)
) STRICT, WITHOUT ROWID;

CREATE TABLE remainder (
  id TEXT PRIMARY KEY,
  day INTEGER NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER,
  attribution_id INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  billed_nanos INTEGER NOT NULL,
  cost_source INTEGER NOT NULL,
  batch_id INTEGER NOT NULL,
  line INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
