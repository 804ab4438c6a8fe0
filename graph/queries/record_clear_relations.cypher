// Take back what older records of these articles said of errata, updates and the like.
// params: pmids list<integer>
// returns: nothing
// uses index: article_pmid
UNWIND $pmids AS pmid
MATCH (:Article {pmid: pmid})-[r:SAME_WORK]->(other:Article)
DELETE r
WITH DISTINCT other WHERE other.file IS NULL
SET other:Unsettled
