// Documents by their pseudo-random key, for samples that are the same every time.
// params: none
// returns: nothing
// uses index: none
CREATE INDEX document_h IF NOT EXISTS FOR (d:Document) ON (d.h)
