// Remove the records of these articles; what others say of them stays.
// params: pmids list<integer>
// returns: nothing
// uses index: article_pmid
UNWIND $pmids AS pmid
MATCH (a:Article {pmid: pmid})
SET a = {pmid: a.pmid, h: a.h}
REMOVE a:Document
SET a:Unsettled
