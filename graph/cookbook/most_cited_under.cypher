// The papers most cited under a heading, as a major heading or any, of the heading alone or with
// all headings below it in the tree.
// params: heading string, below boolean = false, major boolean = true, limit integer = 20
// returns: pmid integer, title string, year integer, cited integer
// uses index: descriptor_name
// example: heading=Neoplasms, below=true
MATCH (d:Descriptor) WHERE d.name = $heading OR d.ui = $heading
CALL (d) {
  RETURN d AS under
  UNION
  MATCH (d)-[:AT]->(top:TreeNumber) WHERE $below
  MATCH (top)<-[:PARENT*1..20]-(:TreeNumber)<-[:AT]-(under:Descriptor)
  RETURN under
}
MATCH (under)<-[h:HAS_MESH]-(a:Article)
WHERE h.major OR NOT $major
WITH a, count { (a)<-[:CITES]-() } AS cited
WHERE cited > 0
// A paper comes once per heading; none has 100, so enough papers stay, and memory stays small.
WITH a, cited ORDER BY cited DESC, a.pmid LIMIT $limit * 100
WITH DISTINCT a, cited
RETURN a.pmid AS pmid, a.title AS title, a.year AS year, cited
ORDER BY cited DESC, pmid LIMIT $limit
