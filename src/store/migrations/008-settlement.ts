/**
 * Reports that are exported again, and where the money of every record comes from.
 *
 * `edition`: when one file's rows of one partition (`model/edition.ts`) begin, the first and the last. `export`: when a file was exported, where its
 *   content or whoever fetched it says so. Both are facts; the rest can be thrown away and settled again.
 * `superseded`: rows of one day that begin in [from_at, to_at] and that a later export replaced; they are `matched` to nothing.
 * `invoiced`: invoices that count, the latest word on each; those of one account and period share a `claim`.
 * `settlement`: what records cost, by where the money comes from. `account` and `project` are the provider's; `claim` names the
 *   invoices that ask for it (null: none does), `billed` says whether any bill does. `holder` is what carries it: `call`,
 *   `report`, `bill`, or `unmatched` for calls of billed days that no row of the bill is for; they carry nothing. `cause` says
 *   why a bill's own row does: `tokens`, `money` (detail explains the rest of it), `undetailed`, `other` (tax, machines, credits),
 *   `invoice` (not itemised). `est_nanos` is what the holders would cost by themselves (null: not known), `tokens` what they
 *   count. Day by day, `amount_nanos` sums to what `cell` and `remainder` do.
 */
export const settlement = `
CREATE TABLE edition (
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  partition TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (batch_id, partition)
) STRICT, WITHOUT ROWID;

CREATE TABLE export (
  batch_id INTEGER PRIMARY KEY REFERENCES batch (id),
  at INTEGER,
  final INTEGER NOT NULL
) STRICT;

CREATE TABLE superseded (
  day INTEGER NOT NULL,
  edition TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  PRIMARY KEY (day, edition, from_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE invoiced (
  id TEXT PRIMARY KEY,
  claim TEXT NOT NULL,
  invoice TEXT NOT NULL,
  provider TEXT NOT NULL,
  account TEXT,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  amount_nanos INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settlement (
  day INTEGER NOT NULL,
  provider TEXT NOT NULL,
  account TEXT,
  project TEXT,
  project_name TEXT,
  claim TEXT,
  billed INTEGER NOT NULL,
  holder TEXT NOT NULL,
  cause TEXT,
  channel TEXT NOT NULL,
  amount_nanos INTEGER NOT NULL,
  est_nanos INTEGER,
  tokens INTEGER,
  records INTEGER NOT NULL
) STRICT;
CREATE INDEX settlement_day ON settlement (day);
`
