// Errata, retractions, updates, comments and other forms of a paper.
// A notice and its paper may each name the other: both ties are shown.
// params: pmid integer
// returns: relation string, direction string, pmid integer, title string, year integer
// uses index: article_pmid
// example: pmid=423962
MATCH (a:Article {pmid: $pmid})-[r:SAME_WORK]-(b:Article)
RETURN r.kind AS relation, CASE WHEN startNode(r) = a THEN 'from this' ELSE 'to this' END AS direction,
       b.pmid AS pmid, b.title AS title, b.year AS year
ORDER BY pmid, direction, relation
