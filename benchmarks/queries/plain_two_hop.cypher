// What is two citations away from each start and not one: the plain text, one row per pair.
// params: ids list<integer>
// returns: id integer, pmid integer
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})-[:CITES]->(:Article)-[:CITES]->(c:Document)
WHERE c <> a AND NOT EXISTS { (a)-[:CITES]->(c) }
RETURN DISTINCT id, c.pmid AS pmid
