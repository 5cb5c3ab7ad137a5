/**
 * Closed periods as they were settled: enough to write their records again, whatever is read or settled afterwards. Periods are
 * months and share no day, so days tell whose a row is; answers and attributions carry \`freeze\`, the audit entry that closed.
 *
 * Usage rows are not copied: rows of files that counted (\`frozen_batch\`) stand where they stand, and one that a later file
 * changes or takes away is kept in \`frozen_usage\` first. Of cells only those that are records are kept.
 */
export const frozen = `
CREATE INDEX audit_closed ON audit (detail ->> '$.from_day', detail ->> '$.to_day') WHERE action = 'period.close';

CREATE TABLE frozen_batch (
  freeze INTEGER NOT NULL,
  batch_id INTEGER NOT NULL,
  path TEXT NOT NULL,
  PRIMARY KEY (freeze, batch_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE frozen_usage (
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

CREATE TABLE frozen_matched (
  day INTEGER NOT NULL,
  id TEXT NOT NULL,
  channel TEXT NOT NULL,
  signature_id INTEGER,
  PRIMARY KEY (day, id, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE frozen_outcome (
  freeze INTEGER NOT NULL,
  id INTEGER NOT NULL,
  answer TEXT NOT NULL,
  spend_class TEXT NOT NULL,
  PRIMARY KEY (freeze, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE frozen_attribution (
  freeze INTEGER NOT NULL,
  id INTEGER NOT NULL,
  signature_id INTEGER NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  outcome_id INTEGER NOT NULL,
  PRIMARY KEY (freeze, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX frozen_attribution_signature ON frozen_attribution (freeze, signature_id, from_at);

CREATE TABLE frozen_cell (
  day INTEGER NOT NULL,
  attribution_id INTEGER NOT NULL,
  channel TEXT NOT NULL,
  model_id INTEGER NOT NULL,
  granularity INTEGER NOT NULL,
  records INTEGER NOT NULL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cache_read_tokens INTEGER,
  cache_write_tokens INTEGER,
  est_nanos INTEGER,
  billed_nanos INTEGER,
  counts INTEGER NOT NULL,
  reconciled INTEGER NOT NULL,
  PRIMARY KEY (day, attribution_id, channel, model_id, granularity)
) STRICT, WITHOUT ROWID;

CREATE TABLE frozen_remainder (
  id TEXT NOT NULL,
  day INTEGER NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER,
  attribution_id INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  billed_nanos INTEGER NOT NULL,
  cost_source INTEGER NOT NULL,
  batch_id INTEGER NOT NULL,
  line INTEGER NOT NULL,
  PRIMARY KEY (day, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE frozen_spend (
  freeze INTEGER NOT NULL,
  day INTEGER NOT NULL,
  outcome_id INTEGER NOT NULL,
  billed_nanos INTEGER,
  records INTEGER NOT NULL,
  unpriced INTEGER NOT NULL,
  PRIMARY KEY (freeze, day, outcome_id)
) STRICT, WITHOUT ROWID;

${['UPDATE', 'DELETE']
  .map(
    change => `
CREATE TRIGGER usage_is_kept_before_${change.toLowerCase()} BEFORE ${change} ON usage
WHEN EXISTS (
    SELECT 1 FROM audit AS closed INDEXED BY audit_closed
    JOIN frozen_batch AS counted ON counted.freeze = closed.seq AND counted.batch_id = OLD.batch_id
    WHERE closed.action = 'period.close' AND closed.detail ->> '$.from_day' <= OLD.day AND closed.detail ->> '$.to_day' > OLD.day)
BEGIN
  INSERT INTO frozen_usage (day, id, channel, signature_id, model_id, batch_id, line, granularity, at, until, requests,
    input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost_nanos, cost_source, price_id, failed, trace)
  SELECT OLD.day, OLD.id, OLD.channel, OLD.signature_id, OLD.model_id, OLD.batch_id, OLD.line, OLD.granularity, OLD.at, OLD.until, OLD.requests,
    OLD.input_tokens, OLD.output_tokens, OLD.cache_read_tokens, OLD.cache_write_tokens, OLD.cost_nanos, OLD.cost_source, OLD.price_id, OLD.failed, OLD.trace
  WHERE NOT EXISTS (SELECT 1 FROM frozen_usage AS f WHERE f.day = OLD.day AND f.id = OLD.id AND f.channel = OLD.channel);
END;`,
  )
  .join('\n')}
`
