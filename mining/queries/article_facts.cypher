// What guards, evidence and audit need to know of articles: year, retraction, headings, same works.
// params: ids list<integer>
// returns: pmid integer, title string, year integer, retracted boolean, indexing_method string, headings list<list<any>>, same_work list<integer>
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})
RETURN a.pmid AS pmid, a.title AS title, a.year AS year, a.retracted AS retracted,
       a.indexing_method AS indexing_method,
       COLLECT { MATCH (a)-[h:HAS_MESH]->(d:Descriptor) RETURN [d.ui, h.major] ORDER BY d.ui } AS headings,
       COLLECT { MATCH (a)-[:SAME_WORK]-(b:Article) RETURN b.pmid } AS same_work
