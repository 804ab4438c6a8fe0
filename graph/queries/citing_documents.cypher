// Documents that cite documents, those with the smallest pseudo-random key first.
// params: limit integer
// returns: pmid integer, cited list<integer>
// uses index: document_h
MATCH (a:Document)
WHERE a.h >= 0 AND EXISTS { MATCH (a)-[:CITES]->(:Document) }
WITH a ORDER BY a.h LIMIT $limit
RETURN a.pmid AS pmid, COLLECT { MATCH (a)-[:CITES]->(c:Document) RETURN c.pmid ORDER BY c.pmid } AS cited
