/**
 * How calls came about and went. `context`: what a log says of a call beside whose it is (`CallContext` as JSON). `span`: what stands
 * between the calls of a trace. A call that two sources report is one: the row that is kept (`matched.kept_*` of the others says
 * which) takes from them what it lacks.
 *
 * The rest can be thrown away and settled again. `workload`: usage that is alike to every report: an answer, the signature's
 * latest answer, and the tags of its records as JSON. `activity`: records of a day by workload and model; sums as in `cell`.
 * `traffic`: its calls by context (null: none said, and what they cost is not summed up here); `failed` of those whose log says
 * (`told`). `latency`: how many calls took so long, by the bins of `model/latency.ts`, by answer and model. `workflow`: traces of more
 * than one call, or with agents or tools, on the day and with the workload of their first call, with what their records cost (null: of
 * none is it known); `depth` of the deepest call below agents and tools and `fan_out` of the widest of these, null where the trace
 * tells no spans. `flow`: workflows of a day that cost alike, four bins an octave; bins below 0: nothing (-1), less (-2),
 * not known (-3); `failed`: those with a failed call. `step`: what the calls of those traces cost, by their own day and workload and by what they are. `lone`: traces of
 * one call.
 */
export const calls = `
CREATE TABLE context (
  id INTEGER PRIMARY KEY,
  context TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE span (
  trace TEXT NOT NULL,
  id TEXT NOT NULL,
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  line INTEGER NOT NULL,
  parent TEXT,
  kind TEXT NOT NULL,
  name TEXT,
  PRIMARY KEY (trace, id)
) STRICT, WITHOUT ROWID;

${['usage', 'frozen_usage']
  .map(
    table => `
ALTER TABLE ${table} ADD COLUMN parent TEXT;
ALTER TABLE ${table} ADD COLUMN latency_ms INTEGER;
ALTER TABLE ${table} ADD COLUMN context_id INTEGER;`,
  )
  .join('')}

${['UPDATE', 'DELETE']
  .map(
    change => `
DROP TRIGGER usage_is_kept_before_${change.toLowerCase()};
CREATE TRIGGER usage_is_kept_before_${change.toLowerCase()} BEFORE ${change} ON usage
WHEN EXISTS (
    SELECT 1 FROM audit AS closed INDEXED BY audit_closed
    JOIN frozen_batch AS counted ON counted.freeze = closed.seq AND counted.batch_id = OLD.batch_id
    WHERE closed.action = 'period.close' AND closed.detail ->> '$.from_day' <= OLD.day AND closed.detail ->> '$.to_day' > OLD.day)
BEGIN
  INSERT INTO frozen_usage (day, id, channel, signature_id, model_id, batch_id, line, granularity, at, until, requests, input_tokens,
    output_tokens, cache_read_tokens, cache_write_tokens, cost_nanos, cost_source, price_id, failed, trace, parent, latency_ms, context_id)
  SELECT OLD.day, OLD.id, OLD.channel, OLD.signature_id, OLD.model_id, OLD.batch_id, OLD.line, OLD.granularity, OLD.at, OLD.until, OLD.requests,
    OLD.input_tokens, OLD.output_tokens, OLD.cache_read_tokens, OLD.cache_write_tokens, OLD.cost_nanos, OLD.cost_source, OLD.price_id,
    OLD.failed, OLD.trace, OLD.parent, OLD.latency_ms, OLD.context_id
  WHERE NOT EXISTS (SELECT 1 FROM frozen_usage AS f WHERE f.day = OLD.day AND f.id = OLD.id AND f.channel = OLD.channel);
END;`,
  )
  .join('\n')}

INSERT INTO meta (key, value)
SELECT 'changed', '1'
WHERE EXISTS (SELECT 1 FROM attribution)
ON CONFLICT DO NOTHING;

ALTER TABLE matched ADD COLUMN kept_day INTEGER;
ALTER TABLE matched ADD COLUMN kept_id TEXT;
ALTER TABLE matched ADD COLUMN kept_channel TEXT;

CREATE TABLE workload (
  id INTEGER PRIMARY KEY,
  outcome_id INTEGER NOT NULL,
  current_outcome_id INTEGER NOT NULL,
  tags TEXT NOT NULL
) STRICT;

CREATE TABLE activity (
  day INTEGER NOT NULL,
  workload_id INTEGER NOT NULL REFERENCES workload (id),
  model_id INTEGER NOT NULL,
  records INTEGER NOT NULL,
  requests INTEGER,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cache_read_tokens INTEGER,
  cache_write_tokens INTEGER,
  billed_nanos INTEGER,
  unpriced INTEGER NOT NULL,
  PRIMARY KEY (day, workload_id, model_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE traffic (
  day INTEGER NOT NULL,
  workload_id INTEGER NOT NULL REFERENCES workload (id),
  model_id INTEGER NOT NULL,
  context_id INTEGER,
  calls INTEGER NOT NULL,
  told INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  billed_nanos INTEGER,
  unpriced INTEGER NOT NULL
) STRICT;
CREATE INDEX traffic_day ON traffic (day);

CREATE TABLE latency (
  day INTEGER NOT NULL,
  outcome_id INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  bin INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (day, outcome_id, model_id, bin)
) STRICT, WITHOUT ROWID;

CREATE TABLE workflow (
  trace TEXT PRIMARY KEY,
  day INTEGER NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  workload_id INTEGER NOT NULL REFERENCES workload (id),
  calls INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  depth INTEGER,
  fan_out INTEGER,
  billed_nanos INTEGER,
  unpriced INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX workflow_day ON workflow (day, workload_id, billed_nanos, calls);

CREATE TABLE flow (
  day INTEGER NOT NULL,
  workload_id INTEGER NOT NULL REFERENCES workload (id),
  cost_bin INTEGER NOT NULL,
  workflows INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  depth INTEGER,
  fan_out INTEGER,
  billed_nanos INTEGER,
  PRIMARY KEY (day, workload_id, cost_bin)
) STRICT, WITHOUT ROWID;

CREATE TABLE step (
  day INTEGER NOT NULL,
  workload_id INTEGER NOT NULL REFERENCES workload (id),
  name TEXT NOT NULL,
  model_id INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  billed_nanos INTEGER,
  unpriced INTEGER NOT NULL,
  PRIMARY KEY (day, workload_id, name, model_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE lone (
  day INTEGER NOT NULL,
  workload_id INTEGER NOT NULL REFERENCES workload (id),
  calls INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  billed_nanos INTEGER,
  unpriced INTEGER NOT NULL,
  PRIMARY KEY (day, workload_id)
) STRICT, WITHOUT ROWID;
`
