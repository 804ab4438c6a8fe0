// Take back the citations that older records of these articles gave; other sources' stay.
// params: pmids list<integer>
// returns: nothing
// uses index: article_pmid
UNWIND $pmids AS pmid
MATCH (:Article {pmid: pmid})-[c:CITES]->(cited:Article)
WHERE 'pubmed' IN c.sources
WITH c, cited, [source IN c.sources WHERE source <> 'pubmed'] AS others
FOREACH (_ IN CASE WHEN size(others) = 0 THEN [1] ELSE [] END | DELETE c)
FOREACH (_ IN CASE WHEN size(others) > 0 THEN [1] ELSE [] END | SET c.sources = others)
WITH DISTINCT cited WHERE cited.file IS NULL
SET cited:Unsettled
