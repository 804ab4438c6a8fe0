// What the graph knows of a paper, and its counts.
// params: pmid integer
// returns: pmid integer, title string, journal string, year integer, publication_types list<string>, retracted boolean, document boolean, cites integer, cited integer, headings integer
// uses index: article_pmid
// example: pmid=407250
MATCH (a:Article {pmid: $pmid})
RETURN a.pmid AS pmid, a.title AS title, a.journal AS journal, a.year AS year,
       a.publication_types AS publication_types, a.retracted AS retracted, a:Document AS document,
       count { (a)-[:CITES]->() } AS cites, count { (a)<-[:CITES]-() } AS cited,
       count { (a)-[:HAS_MESH]->() } AS headings
