// PMIDs of the documents that each article cites, in no order.
// params: ids list<integer>
// returns: id integer, found list<integer>
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})
CALL (a) {
  MATCH (a)-[:CITES]->(c:Document)
  RETURN collect(c.pmid) AS found
}
RETURN id, found
