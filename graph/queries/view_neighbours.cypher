// The papers that cite some papers or are cited by them, the most telling first: documents, then
// those tied to more of the papers, then the most cited, then the lowest PMID. All that there are
// is counted; no more than the limit leave the server.
// params: ids list<integer>, known list<integer>, limit integer
// returns: found integer, pmids list<integer>
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})-[:CITES]-(b:Article)
WHERE NOT b.pmid IN $known
WITH b, count(*) AS ties
WITH b.pmid AS pmid, b:Document AS document, ties, count { (b)<-[:CITES]-() } AS cited
ORDER BY document DESC, ties DESC, cited DESC, pmid
WITH collect(pmid) AS ranked
RETURN size(ranked) AS found, ranked[..$limit] AS pmids
