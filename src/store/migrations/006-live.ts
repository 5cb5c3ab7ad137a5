/**
 * Where each source that is asked over the network was left, and when what it said was said.
 *
 * `cursor`: how far a stream of a source has been read. `round` and `done` are the source's own: an unfinished reading,
 *   and the last one that finished. `cursor` is the stream's business; `etag` what it may be asked with again.
 * `observation`: batches that are an answer and not a file. Together the parts of a partition (one list, one day of one
 *   report) are one statement, and a later statement replaces the earlier. Of a usage row that two batches hold, the later
 *   observation wins; files have none and lose. `first_day` to `last_id` span the batch's usage rows: null, it has none.
 */
export const live = `
CREATE TABLE cursor (
  source TEXT NOT NULL,
  stream TEXT NOT NULL,
  cursor TEXT,
  etag TEXT,
  fetched_at INTEGER NOT NULL,
  PRIMARY KEY (source, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE observation (
  batch_id INTEGER PRIMARY KEY REFERENCES batch (id),
  source TEXT NOT NULL,
  partition TEXT NOT NULL,
  part INTEGER NOT NULL,
  observed_at INTEGER NOT NULL,
  first_day INTEGER,
  last_day INTEGER,
  first_id TEXT,
  last_id TEXT
) STRICT;
CREATE INDEX observation_partition ON observation (source, partition, part);

ALTER TABLE rule ADD COLUMN valid_from INTEGER;
ALTER TABLE rule ADD COLUMN valid_to INTEGER;

CREATE INDEX issue_batch ON issue (batch_id);
CREATE INDEX entity_batch ON entity (batch_id);
CREATE INDEX link_batch ON link (batch_id);
CREATE INDEX rule_batch ON rule (batch_id);
CREATE INDEX deployment_batch ON deployment (batch_id);
`
