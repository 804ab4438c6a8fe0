// How many headings, and how many major ones, lie in each MeSH branch two letters deep (C08, D12, …).
// A heading in several branches counts in each.
// params: none
// returns: branch string, name string, headings integer, major integer
// uses index: none
// allows: NodeByLabelScan - all descriptors are meant; their degrees are read, not their articles
MATCH (d:Descriptor)-[:AT]->(t:TreeNumber)
WITH DISTINCT d, substring(t.number, 0, 3) AS branch
WITH branch, sum(count { (d)<-[:HAS_MESH]-() }) AS headings,
     sum(count { (d)<-[:HAS_MAJOR]-() }) AS major
WHERE headings > 0
MATCH (top:TreeNumber {number: branch})<-[:AT]-(named:Descriptor)
RETURN branch, named.name AS name, headings, major ORDER BY headings DESC
