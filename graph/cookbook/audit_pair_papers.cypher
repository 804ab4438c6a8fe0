// The papers between two papers: those that both cite, that cite both, or that stand in a chain of
// two citations from one to the other. In each kind those with the fewest citations,
// in and out, come first: a paper that everyone cites ties everything to everything.
// params: first integer, second integer, limit integer = 50
// returns: relation string, pmid integer, title string, year integer, cites integer, cited integer
// uses index: article_pmid
// allows: CartesianProduct - of two papers, one row each
// example: first=407250, second=412786
MATCH (a:Article {pmid: $first}), (b:Article {pmid: $second})
WHERE a <> b
CALL (a, b) {
  MATCH (a)-[:CITES]->(x:Article)-[:CITES]->(b) RETURN 'first → x → second' AS relation, x
  UNION ALL
  MATCH (b)-[:CITES]->(x:Article)-[:CITES]->(a) RETURN 'second → x → first' AS relation, x
  UNION ALL
  MATCH (a)-[:CITES]->(x:Article)<-[:CITES]-(b) RETURN 'shared reference' AS relation, x
  UNION ALL
  MATCH (a)<-[:CITES]-(x:Article)-[:CITES]->(b) RETURN 'shared citer' AS relation, x
}
WITH relation, x, count { (x)-[:CITES]->() } AS cites, count { (x)<-[:CITES]-() } AS cited
RETURN relation, x.pmid AS pmid, x.title AS title, x.year AS year, cites, cited
ORDER BY relation, cites + cited, pmid LIMIT $limit
