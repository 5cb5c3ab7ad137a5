/**
 * What of a usage row's counts has a price of its own (one-hour cache writes, audio, images, web searches), as JSON. Few rows
 * carry any. A row belongs to the usage row of its batch and line; where another content's row was kept, it waits unused.
 */
export const usageParts = `
CREATE TABLE usage_parts (
  day INTEGER NOT NULL,
  id TEXT NOT NULL,
  channel TEXT NOT NULL,
  batch_id INTEGER NOT NULL,
  line INTEGER NOT NULL,
  parts TEXT NOT NULL,
  PRIMARY KEY (day, id, channel, batch_id, line)
) STRICT, WITHOUT ROWID;
`
