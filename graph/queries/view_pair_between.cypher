// The papers between two papers, by kind: chains of two citations, shared citers and references. In
// each kind documents come first, then those with the fewest citations, as these tie the two most
// closely. All that there are is counted; no more than the limit of a kind leave the server.
// params: first integer, second integer, limit integer
// returns: kind string, found integer, pmids list<integer>
// uses index: article_pmid
// allows: CartesianProduct - of two papers, one row each
MATCH (a:Article {pmid: $first}), (b:Article {pmid: $second})
CALL (a, b) {
  MATCH (a)-[:CITES]->(x:Article)-[:CITES]->(b) RETURN 'chain' AS kind, x
  UNION
  MATCH (b)-[:CITES]->(x:Article)-[:CITES]->(a) RETURN 'chain' AS kind, x
  UNION
  MATCH (a)<-[:CITES]-(x:Article)-[:CITES]->(b) RETURN 'citer' AS kind, x
  UNION
  MATCH (a)-[:CITES]->(x:Article)<-[:CITES]-(b) RETURN 'reference' AS kind, x
}
WITH kind, x.pmid AS pmid, x:Document AS document, count { (x)-[:CITES]-() } AS linked
ORDER BY kind, document DESC, linked, pmid
WITH kind, collect(pmid) AS ranked
RETURN kind, size(ranked) AS found, ranked[..$limit] AS pmids
ORDER BY kind
