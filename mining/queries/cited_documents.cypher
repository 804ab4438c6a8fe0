// The documents that papers cite, sorted by PMID; papers that cite none are left out.
// params: ids list<integer>
// returns: pmid integer, cited list<integer>
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})
WITH a, COLLECT { MATCH (a)-[:CITES]->(c:Document) WHERE c <> a RETURN c.pmid ORDER BY c.pmid } AS cited
WHERE size(cited) > 0
RETURN a.pmid AS pmid, cited
