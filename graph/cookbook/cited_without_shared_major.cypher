// Documents that a paper cites though they share no major heading with it: hard negatives by hand.
// Papers without a major heading are left out, as nothing can be said of them.
// params: pmid integer, limit integer = 20
// returns: pmid integer, title string, year integer, shared_headings integer, major_headings list<string>
// uses index: article_pmid
// example: pmid=429553
MATCH (a:Article {pmid: $pmid})
CALL (a) { MATCH (a)-[:HAS_MAJOR]->(m:Descriptor) RETURN collect(m) AS majors }
CALL (a) { MATCH (a)-[:HAS_MESH]->(h:Descriptor) WHERE NOT h.check_tag RETURN collect(h) AS owned }
MATCH (a)-[:CITES]->(b:Document)
WHERE size(majors) > 0 AND EXISTS { (b)-[:HAS_MAJOR]->() }
  AND NOT EXISTS { MATCH (b)-[:HAS_MAJOR]->(m:Descriptor) WHERE m IN majors }
RETURN b.pmid AS pmid, b.title AS title, b.year AS year,
       count { MATCH (b)-[:HAS_MESH]->(h:Descriptor) WHERE h IN owned } AS shared_headings,
       COLLECT { MATCH (b)-[:HAS_MAJOR]->(m:Descriptor) RETURN m.name ORDER BY m.name } AS major_headings
ORDER BY shared_headings, pmid LIMIT $limit
