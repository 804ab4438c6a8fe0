// What else would this rule flag? Documents that share at least `majors` major headings with a paper,
// check tags apart, whatever the citations say. `linked` tells whether citations tie the two, at
// most two of them. Documents are found by major headings of at most `hub` papers, and then all
// major headings are compared: two that share only larger ones are passed over.
// params: pmid integer, majors integer = 2, hub integer = 10000, limit integer = 20
// returns: pmid integer, title string, year integer, shared_major list<string>, shared_headings integer, linked boolean
// uses index: article_pmid
// example: pmid=407250
MATCH (a:Article {pmid: $pmid})
CALL (a) {
  MATCH (a)-[:HAS_MAJOR]->(m:Descriptor) WHERE NOT m.check_tag RETURN collect(m) AS own
}
CALL (a) {
  MATCH (a)-[:HAS_MESH]->(d:Descriptor) WHERE NOT d.check_tag RETURN collect(d) AS headings
}
CALL (a, own) {
  UNWIND own AS m
  WITH a, m WHERE count { (m)<-[:HAS_MAJOR]-() } <= $hub
  MATCH (m)<-[:HAS_MAJOR]-(b:Document)
  WHERE b <> a
  RETURN DISTINCT b
}
WITH a, own, headings, b,
     count { MATCH (b)-[:HAS_MAJOR]->(m:Descriptor) WHERE m IN own } AS majors_of_both
WHERE majors_of_both >= $majors
WITH a, own, b, majors_of_both,
     count { MATCH (b)-[:HAS_MESH]->(d:Descriptor) WHERE d IN headings } AS shared_headings
ORDER BY majors_of_both DESC, shared_headings DESC, b.pmid LIMIT $limit
RETURN b.pmid AS pmid, b.title AS title, b.year AS year,
       COLLECT {
         MATCH (b)-[:HAS_MAJOR]->(m:Descriptor) WHERE m IN own RETURN m.name ORDER BY m.name
       } AS shared_major,
       shared_headings,
       EXISTS { (a)-[:CITES]-(b) } OR EXISTS { (a)-[:CITES]-()-[:CITES]-(b) } AS linked
ORDER BY size(shared_major) DESC, shared_headings DESC, pmid
