// The papers most cited of all: hubs that tie papers of any subject together.
// params: limit integer = 20
// returns: pmid integer, title string, year integer, cited integer, document boolean
// uses index: none
// allows: NodeByLabelScan - all papers are meant; their degrees are read, not their citations
MATCH (a:Article)
WITH a, count { (a)<-[:CITES]-() } AS cited
WHERE cited > 0
WITH a, cited ORDER BY cited DESC, a.pmid LIMIT $limit
RETURN a.pmid AS pmid, a.title AS title, a.year AS year, cited, a:Document AS document
ORDER BY cited DESC, pmid
