/**
 * Results a product counted, and who changed which folders of a repository. Both are known by ids of their source, so that
 * overlapping exports meet; `quantity_e9` is in billionths, `folders` JSON pairs of folder and files.
 */
export const outcomesAndCommits = `
CREATE TABLE outcome_event (
  source TEXT NOT NULL,
  id TEXT NOT NULL,
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  line INTEGER NOT NULL,
  at INTEGER NOT NULL,
  name TEXT NOT NULL,
  quantity_e9 INTEGER NOT NULL,
  unit TEXT,
  value_nanos INTEGER,
  currency TEXT,
  success INTEGER,
  service TEXT,
  project TEXT,
  organization TEXT,
  feature TEXT,
  trace TEXT,
  tenant TEXT,
  reverses TEXT,
  PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE repository_commit (
  repository TEXT NOT NULL,
  sha TEXT NOT NULL,
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  line INTEGER NOT NULL,
  author TEXT NOT NULL,
  at INTEGER NOT NULL,
  files INTEGER NOT NULL,
  folders TEXT NOT NULL,
  PRIMARY KEY (repository, sha)
) STRICT, WITHOUT ROWID;
`
