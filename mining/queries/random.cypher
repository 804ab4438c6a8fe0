// Documents whose pseudo-random key follows a number, and then those from the smallest key on: one
// list per start, without the start itself.
// params: ids list<map>, limit integer
// returns: id integer, found list<list<integer>>
// uses index: article_pmid, document_h
UNWIND $ids AS row
MATCH (a:Article {pmid: row.id})
CALL (a, row) {
  MATCH (c:Document) WHERE c.h >= row.from AND c <> a
  WITH c ORDER BY c.h LIMIT $limit
  RETURN collect([c.pmid]) AS after
}
CALL (a, row, after) {
  MATCH (c:Document) WHERE c.h < row.from AND c <> a AND size(after) < $limit
  WITH c ORDER BY c.h LIMIT $limit
  RETURN collect([c.pmid]) AS before
}
RETURN row.id AS id, (after + before)[0..$limit] AS found
