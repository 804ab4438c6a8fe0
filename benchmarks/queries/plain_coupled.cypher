// What shares a few references with each start: the plain text, one row per pair.
// params: ids list<integer>, low integer, high integer, hub integer
// returns: id integer, pmid integer
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})-[:CITES]->(m:Article)<-[:CITES]-(c:Document)
WHERE c <> a AND count { (m)<-[:CITES]-() } <= $hub
WITH id, c, count(*) AS paths
WHERE $low <= paths <= $high
RETURN id, c.pmid AS pmid
