// Papers between two branches of MeSH: a major heading under the first and another under the second.
// A branch is a heading with all below it; headings that lie in both do not count. The most cited
// papers come first.
// params: first string, second string, limit integer = 20
// returns: pmid integer, title string, year integer, first_headings list<string>, second_headings list<string>, cited integer
// uses index: descriptor_name
// allows: CartesianProduct - of two headings, one row each
// example: first=Neoplasms, second=Immune System
MATCH (f:Descriptor) WHERE f.name = $first OR f.ui = $first
MATCH (s:Descriptor) WHERE s.name = $second OR s.ui = $second
// Two MATCH each: the tie that leads up from a heading may then lead down to it again.
CALL (f) {
  MATCH (f)-[:AT]->(top:TreeNumber)
  MATCH (top)<-[:PARENT*0..20]-(:TreeNumber)<-[:AT]-(d:Descriptor)
  RETURN collect(DISTINCT d) AS in_first
}
CALL (s) {
  MATCH (s)-[:AT]->(top:TreeNumber)
  MATCH (top)<-[:PARENT*0..20]-(:TreeNumber)<-[:AT]-(d:Descriptor)
  RETURN collect(DISTINCT d) AS in_second
}
CALL (in_first, in_second) {
  UNWIND in_first AS d
  WITH d, in_first, in_second WHERE NOT d IN in_second
  MATCH (d)<-[:HAS_MAJOR]-(a:Article)
  WHERE EXISTS {
    MATCH (a)-[:HAS_MAJOR]->(o:Descriptor) WHERE o IN in_second AND NOT o IN in_first
  }
  RETURN DISTINCT a
}
WITH a, in_first, in_second, count { (a)<-[:CITES]-() } AS cited
ORDER BY cited DESC, a.pmid LIMIT $limit
RETURN a.pmid AS pmid, a.title AS title, a.year AS year,
       COLLECT {
         MATCH (a)-[:HAS_MAJOR]->(d:Descriptor) WHERE d IN in_first AND NOT d IN in_second
         RETURN d.name ORDER BY d.name
       } AS first_headings,
       COLLECT {
         MATCH (a)-[:HAS_MAJOR]->(d:Descriptor) WHERE d IN in_second AND NOT d IN in_first
         RETURN d.name ORDER BY d.name
       } AS second_headings,
       cited
ORDER BY cited DESC, pmid
