// Which PMIDs the graph has.
// params: ids list<integer>
// returns: pmid integer
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})
RETURN a.pmid AS pmid
