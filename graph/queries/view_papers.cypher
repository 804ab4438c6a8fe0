// What a picture says of papers.
// params: ids list<integer>
// returns: pmid integer, title string, year integer, journal string, record boolean, retracted boolean, cited integer, linked integer
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})
RETURN a.pmid AS pmid, a.title AS title, a.year AS year, a.journal AS journal,
       a.file IS NOT NULL AS record, coalesce(a.retracted, false) AS retracted,
       count { (a)<-[:CITES]-() } AS cited, count { (a)-[:CITES]-() } AS linked
