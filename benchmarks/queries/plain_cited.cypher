// What each start cites: the plain text, one row per pair.
// params: ids list<integer>
// returns: id integer, pmid integer
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})-[:CITES]->(c:Document)
RETURN id, c.pmid AS pmid
