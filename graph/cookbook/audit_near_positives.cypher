// What would the graph flag for a query with these known positives? Documents that share at least
// `links` references or at least `links` citers with one of them. `positives` are those that flag
// the document, the closest first; the counts are its largest with any of them. References that
// more than `hub` papers cite do not count, nor do citers that cite more than `hub`; of more than
// 10,000 citers of a positive that many are looked at, in the fixed order of `h`.
// params: pmids list<integer>, links integer = 2, hub integer = 5000, limit integer = 20
// returns: pmid integer, title string, year integer, positives list<integer>, shared_references integer, shared_citers integer
// uses index: article_pmid
// example: pmids=407250,404244,412786
UNWIND $pmids AS id
WITH DISTINCT id
MATCH (a:Article {pmid: id})
CALL (a) {
  MATCH (a)-[:CITES]->(x:Article) WHERE count { (x)<-[:CITES]-() } <= $hub
  MATCH (x)<-[:CITES]-(b:Document)
  RETURN b, 1 AS reference, 0 AS citer
  UNION ALL
  MATCH (a)<-[:CITES]-(x:Article) WHERE count { (x)-[:CITES]->() } <= $hub
  WITH x ORDER BY x.h, x.pmid LIMIT 10000
  MATCH (x)-[:CITES]->(b:Document)
  RETURN b, 0 AS reference, 1 AS citer
}
WITH a, b, sum(reference) AS references, sum(citer) AS citers
WHERE NOT b.pmid IN $pmids AND (references >= $links OR citers >= $links)
WITH a, b, references, citers ORDER BY references + citers DESC, a.pmid
WITH b, collect(a.pmid) AS positives, max(references) AS shared_references,
     max(citers) AS shared_citers
RETURN b.pmid AS pmid, b.title AS title, b.year AS year, positives, shared_references, shared_citers
ORDER BY size(positives) DESC, shared_references + shared_citers DESC, pmid LIMIT $limit
