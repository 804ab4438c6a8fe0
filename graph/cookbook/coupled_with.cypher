// Papers that share references with a paper (bibliographic coupling), by how many they share.
// References that more than `hub` papers cite are left out: they tie everything to everything.
// params: pmid integer, hub integer = 5000, limit integer = 20
// returns: pmid integer, title string, year integer, shared_references integer
// uses index: article_pmid
// example: pmid=404964
MATCH (a:Article {pmid: $pmid})-[:CITES]->(r:Article)
WHERE count { (r)<-[:CITES]-() } <= $hub
MATCH (r)<-[:CITES]-(b:Article)
WHERE b <> a
WITH b, count(*) AS shared_references
RETURN b.pmid AS pmid, b.title AS title, b.year AS year, shared_references
ORDER BY shared_references DESC, pmid LIMIT $limit
