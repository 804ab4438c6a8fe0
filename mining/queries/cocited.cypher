// Documents that a few articles cite together with each start: one list per start, ordered by a fixed
// pseudo-random key, each with how many and the smallest PMID of them. Articles between that are
// tied to more than `hub` others are passed over.
// params: ids list<integer>, low integer, high integer, hub integer, limit integer
// returns: id integer, found list<list<integer>>
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})
CALL (a) {
  MATCH (a)<-[:CITES]-(m:Article)
  WHERE count { (m)-[:CITES]->() } <= $hub
  MATCH (m)-[:CITES]->(c:Document)
  WHERE c <> a
  WITH a, c, count(*) AS paths, min(m.pmid) AS between
  WHERE $low <= paths <= $high
  WITH a, c, paths, between ORDER BY (a.h + c.h) % 2147483648 LIMIT $limit
  RETURN collect([c.pmid, paths, between]) AS found
}
RETURN id, found
