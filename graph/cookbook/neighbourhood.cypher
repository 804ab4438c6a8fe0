// The neighbourhood of a paper: what it cites, what cites it, and its other forms; the most cited first.
// params: pmid integer, limit integer = 20
// returns: relation string, pmid integer, title string, year integer, cited integer
// uses index: article_pmid
// example: pmid=407250
MATCH (a:Article {pmid: $pmid})-[r:CITES|SAME_WORK]-(b:Article)
WITH DISTINCT b,
     CASE WHEN type(r) = 'SAME_WORK' THEN 'same work'
          WHEN startNode(r) = a THEN 'cites' ELSE 'cited by' END AS relation
WITH relation, b, count { (b)<-[:CITES]-() } AS cited
RETURN relation, b.pmid AS pmid, b.title AS title, b.year AS year, cited
ORDER BY cited DESC, pmid, relation LIMIT $limit
