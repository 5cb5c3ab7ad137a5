/** Facts as connectors yield them. Times are epoch ms, money nano-dollars, ids of batches 48 bits of their content's digest. */
export const facts = `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE batch (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL,
  placed TEXT NOT NULL,
  path TEXT NOT NULL,
  connector TEXT NOT NULL,
  size INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  facts INTEGER NOT NULL,
  issues INTEGER NOT NULL,
  UNIQUE (sha256, placed)
) STRICT;
CREATE INDEX batch_size ON batch (size);

CREATE TABLE issue (
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  line INTEGER NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  mend TEXT NOT NULL
) STRICT;

CREATE TABLE entity (
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  line INTEGER NOT NULL,
  kind TEXT NOT NULL,
  alias TEXT NOT NULL,
  name TEXT,
  type TEXT,
  status TEXT
) STRICT;

CREATE TABLE link (
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  line INTEGER NOT NULL,
  relation TEXT NOT NULL,
  from_alias TEXT NOT NULL,
  to_alias TEXT NOT NULL,
  basis TEXT NOT NULL,
  valid_from INTEGER,
  valid_to INTEGER,
  exclusive INTEGER NOT NULL
) STRICT;

CREATE TABLE deployment (
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  line INTEGER NOT NULL,
  subject TEXT NOT NULL,
  environment TEXT,
  at INTEGER NOT NULL,
  revision TEXT
) STRICT;

CREATE TABLE rule (
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  line INTEGER NOT NULL,
  repository TEXT NOT NULL,
  file TEXT NOT NULL,
  pattern TEXT NOT NULL,
  owners TEXT NOT NULL
) STRICT;

CREATE TABLE budget (
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  line INTEGER NOT NULL,
  organization TEXT,
  cost_center TEXT,
  project TEXT,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  amount_nanos INTEGER NOT NULL,
  currency TEXT NOT NULL,
  kind TEXT NOT NULL
) STRICT;

CREATE TABLE bill (
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  line INTEGER NOT NULL,
  invoice TEXT NOT NULL,
  provider TEXT NOT NULL,
  account TEXT,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  amount_nanos INTEGER NOT NULL,
  currency TEXT NOT NULL,
  status TEXT
) STRICT;

CREATE TABLE signature (
  id INTEGER PRIMARY KEY,
  evidence TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE model (
  id INTEGER PRIMARY KEY,
  identity TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE price (
  id INTEGER PRIMARY KEY,
  price TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE usage (
  day INTEGER NOT NULL,
  id TEXT NOT NULL,
  channel TEXT NOT NULL,
  signature_id INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  batch_id INTEGER NOT NULL,
  line INTEGER NOT NULL,
  granularity INTEGER NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER,
  requests INTEGER,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cache_read_tokens INTEGER,
  cache_write_tokens INTEGER,
  cost_nanos INTEGER,
  cost_source INTEGER NOT NULL,
  price_id INTEGER,
  failed INTEGER,
  trace TEXT,
  PRIMARY KEY (day, id, channel)
) STRICT, WITHOUT ROWID;
`
