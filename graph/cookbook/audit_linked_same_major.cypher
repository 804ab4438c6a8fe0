// What else would this rule flag? Documents tied to a paper by citations that share a major heading.
// The tie is a citation either way, at least `references` shared references or at least `citers`
// shared citers. References that more than `hub` papers cite do not count, nor do citers that cite
// more than `hub`; of more than 10,000 citers that many are looked at, in the fixed order of `h`.
// Check tags are no major headings here.
// params: pmid integer, references integer = 2, citers integer = 2, majors integer = 1, hub integer = 5000, limit integer = 20
// returns: pmid integer, title string, year integer, cites boolean, cited_by boolean, shared_references integer, shared_citers integer, shared_major list<string>
// uses index: article_pmid
// example: pmid=407250
MATCH (a:Article {pmid: $pmid})
CALL (a) {
  MATCH (a)-[:HAS_MAJOR]->(m:Descriptor) WHERE NOT m.check_tag RETURN collect(m) AS own
}
CALL (a) {
  MATCH (a)-[:CITES]->(b:Document)
  RETURN b, 1 AS given, 0 AS got, 0 AS reference, 0 AS citer
  UNION ALL
  MATCH (a)<-[:CITES]-(b:Document)
  RETURN b, 0 AS given, 1 AS got, 0 AS reference, 0 AS citer
  UNION ALL
  MATCH (a)-[:CITES]->(x:Article) WHERE count { (x)<-[:CITES]-() } <= $hub
  MATCH (x)<-[:CITES]-(b:Document)
  RETURN b, 0 AS given, 0 AS got, 1 AS reference, 0 AS citer
  UNION ALL
  MATCH (a)<-[:CITES]-(x:Article) WHERE count { (x)-[:CITES]->() } <= $hub
  WITH x ORDER BY x.h, x.pmid LIMIT 10000
  MATCH (x)-[:CITES]->(b:Document)
  RETURN b, 0 AS given, 0 AS got, 0 AS reference, 1 AS citer
}
WITH a, own, b, sum(given) AS given, sum(got) AS got,
     sum(reference) AS shared_references, sum(citer) AS shared_citers
WHERE b <> a
  AND (given + got > 0 OR shared_references >= $references OR shared_citers >= $citers)
WITH *, COLLECT {
  MATCH (b)-[:HAS_MAJOR]->(m:Descriptor) WHERE m IN own RETURN m.name ORDER BY m.name
} AS shared_major
WHERE size(shared_major) >= $majors
RETURN b.pmid AS pmid, b.title AS title, b.year AS year, given > 0 AS cites, got > 0 AS cited_by,
       shared_references, shared_citers, shared_major
ORDER BY given + got + shared_references + shared_citers DESC, size(shared_major) DESC, pmid
LIMIT $limit
