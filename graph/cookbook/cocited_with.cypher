// Papers that are cited together with a paper, by how many papers cite both.
// Of a paper with more than `citers` citers only that many are looked at, in the fixed order of `h`.
// params: pmid integer, citers integer = 10000, limit integer = 20
// returns: pmid integer, title string, year integer, shared_citers integer
// uses index: article_pmid
// example: pmid=407250
MATCH (a:Article {pmid: $pmid})<-[:CITES]-(c:Article)
WITH a, c ORDER BY c.h, c.pmid LIMIT $citers
MATCH (c)-[:CITES]->(b:Article)
WHERE b <> a
WITH b, count(*) AS shared_citers
RETURN b.pmid AS pmid, b.title AS title, b.year AS year, shared_citers
ORDER BY shared_citers DESC, pmid LIMIT $limit
