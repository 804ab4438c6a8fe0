// What guards and evidence need to know of articles: year, retraction, headings, same works.
// params: ids list<integer>
// returns: pmid integer, title string, year integer, retracted boolean, headings list<list<any>>, same_work list<integer>
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})
RETURN a.pmid AS pmid, a.title AS title, a.year AS year, a.retracted AS retracted,
       COLLECT { MATCH (a)-[h:HAS_MESH]->(d:Descriptor) RETURN [d.ui, h.major] ORDER BY d.ui } AS headings,
       COLLECT { MATCH (a)-[:SAME_WORK]-(b:Article) RETURN b.pmid } AS same_work
