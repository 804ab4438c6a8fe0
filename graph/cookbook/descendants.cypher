// All headings below a heading in the MeSH tree, in the order of the tree, each with its papers.
// A heading with several places below stands at its first; `steps` is the least number of steps down.
// params: heading string, limit integer = 200
// returns: tree_number string, ui string, heading string, steps integer, papers integer, major integer
// uses index: descriptor_name
// example: heading=Lung
MATCH (d:Descriptor) WHERE d.name = $heading OR d.ui = $heading
MATCH (d)-[:AT]->(top:TreeNumber)<-[:PARENT*1..20]-(t:TreeNumber)<-[:AT]-(under:Descriptor)
WHERE under <> d
WITH under, min(t.number) AS tree_number, min(t.depth - top.depth) AS steps
RETURN tree_number, under.ui AS ui, under.name AS heading, steps,
       count { (under)<-[:HAS_MESH]-() } AS papers, count { (under)<-[:HAS_MAJOR]-() } AS major
ORDER BY tree_number, ui LIMIT $limit
