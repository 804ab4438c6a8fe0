// Documents with a major heading beside one of the start's major headings in the MeSH tree, that
// share no exact heading with it (check tags apart).
// One list per start, ordered by a fixed pseudo-random key: the first `scan` documents are looked
// at, those that share a heading fall away, at most `limit` stay. `scanned` = `scan` says that
// there may be more. Of several pairs of headings the smallest UIs are named.
// params: ids list<integer>, check_tags list<string>, min_depth integer, scan integer, limit integer
// returns: id integer, scanned integer, found list<list<any>>
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})
CALL (a) {
  MATCH (a)-[:HAS_MESH]->(d:Descriptor) WHERE NOT d.ui IN $check_tags
  RETURN collect(d) AS headings
}
CALL (a) {
  MATCH (a)-[:HAS_MAJOR]->(m:Descriptor)
  WHERE NOT m.ui IN $check_tags AND m.depth >= $min_depth
  RETURN collect(m) AS majors
}
CALL (a, majors, headings) {
  UNWIND majors AS m
  MATCH (m)-[:SIBLING]-(s:Descriptor)<-[:HAS_MAJOR]-(c:Document)
  WHERE NOT s IN headings AND c <> a
  WITH a, headings, c, min([m.ui, s.ui]) AS pair
  ORDER BY (a.h + c.h) % 2147483648 LIMIT $scan
  WITH headings, c, pair,
       EXISTS { MATCH (c)-[:HAS_MESH]->(d:Descriptor) WHERE d IN headings } AS shares
  WITH count(*) AS scanned,
       [row IN collect([c.pmid, pair[0], pair[1], shares]) WHERE NOT row[3] | row[0..3]] AS found
  RETURN scanned, found[0..$limit] AS found
}
RETURN id, scanned, found
