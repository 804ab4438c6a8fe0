// Chains of two citations between pairs, either way, and how many references and citers each has.
// One list per article; `others` are the articles to compare it with.
// params: ids list<map>
// returns: id integer, found list<list<any>>
// uses index: article_pmid
UNWIND $ids AS row
MATCH (a:Article {pmid: row.id})
CALL (a) { MATCH (a)-[:CITES]->(r:Article) RETURN collect(r) AS references }
CALL (a) { MATCH (a)<-[:CITES]-(c:Article) RETURN collect(c) AS citers }
CALL (a, row, references, citers) {
  UNWIND row.others AS other
  MATCH (b:Article {pmid: other})
  RETURN collect([
    other,
    count { MATCH (b)<-[:CITES]-(c:Article) WHERE c IN references }
      + count { MATCH (b)-[:CITES]->(r:Article) WHERE r IN citers },
    size(references), size(citers),
    count { (b)-[:CITES]->() }, count { (b)<-[:CITES]-() }
  ]) AS found
}
RETURN row.id AS id, found
