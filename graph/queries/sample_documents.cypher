// Documents with the smallest pseudo-random key.
// params: limit integer
// returns: pmid integer
// uses index: document_h
MATCH (a:Document)
WHERE a.h >= 0
RETURN a.pmid AS pmid ORDER BY a.h LIMIT $limit
