// Documents that cite each start: one list per start, ordered by a fixed pseudo-random key.
// params: ids list<integer>, limit integer
// returns: id integer, found list<list<integer>>
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})
CALL (a) {
  MATCH (a)<-[:CITES]-(c:Document)
  WITH a, c ORDER BY (a.h + c.h) % 2147483648 LIMIT $limit
  RETURN collect([c.pmid]) AS found
}
RETURN id, found
