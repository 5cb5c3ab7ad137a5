/**
 * What nobody has written down, settled anew with every attribution.
 *
 * `question`: a fact that would settle spend, as JSON (`engine/outcome.ts`). `settles`: the open attributions it would settle;
 *   `likeliest`: whether the likeliest answer does, `ppm`: how probably the true one does, `person`: whom the attribution is about
 *   (null: nobody in particular), so that nothing is said about fewer than five.
 */
export const questions = `
CREATE TABLE question (
  id INTEGER PRIMARY KEY,
  question TEXT NOT NULL
) STRICT;

CREATE TABLE settles (
  attribution_id INTEGER NOT NULL REFERENCES attribution (id),
  question_id INTEGER NOT NULL REFERENCES question (id),
  likeliest INTEGER NOT NULL,
  ppm INTEGER NOT NULL,
  person TEXT,
  PRIMARY KEY (attribution_id, question_id)
) STRICT, WITHOUT ROWID;

INSERT INTO meta (key, value)
SELECT 'changed', '1'
WHERE EXISTS (SELECT 1 FROM attribution)
ON CONFLICT DO NOTHING;
`
