// Documents two citations away from each start and not one: one list per start, ordered by a fixed
// pseudo-random key, each with the number of articles between and the smallest PMID of them.
// params: ids list<integer>, limit integer
// returns: id integer, found list<list<integer>>
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})
CALL (a) { MATCH (a)-[:CITES]->(one:Article) RETURN collect(one) AS ones }
CALL (a, ones) {
  MATCH (a)-[:CITES]->(one:Article)-[:CITES]->(c:Document)
  WITH a, c, ones, count(*) AS paths, min(one.pmid) AS between
  WHERE c <> a AND NOT c IN ones
  WITH a, c, paths, between ORDER BY (a.h + c.h) % 2147483648 LIMIT $limit
  RETURN collect([c.pmid, paths, between]) AS found
}
RETURN id, found
