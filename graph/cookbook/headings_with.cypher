// Headings that stand in papers beside a heading, by the number of papers; check tags left out.
// Of a heading with more than `scan` papers only that many are looked at, in the fixed order of `h`.
// `share` is the part of the looked-at papers that have the other heading too.
// params: heading string, scan integer = 100000, limit integer = 20
// returns: ui string, heading string, papers integer, share float
// uses index: descriptor_name
// example: heading=Malaria
MATCH (d:Descriptor) WHERE d.name = $heading OR d.ui = $heading
CALL (d) {
  MATCH (d)<-[:HAS_MESH]-(a:Article)
  WITH a ORDER BY a.h, a.pmid LIMIT $scan
  RETURN collect(a) AS papers_with
}
UNWIND papers_with AS a
MATCH (a)-[:HAS_MESH]->(o:Descriptor)
WHERE o <> d AND NOT o.check_tag
WITH o, count(*) AS papers, size(papers_with) AS scanned
RETURN o.ui AS ui, o.name AS heading, papers, toFloat(papers) / scanned AS share
ORDER BY papers DESC, ui LIMIT $limit
