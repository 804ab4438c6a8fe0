// What the headings beside a heading hold: for each, its papers, and those where it is major.
// params: heading string, limit integer = 50
// returns: ui string, sibling string, parents list<string>, papers integer, major integer
// uses index: descriptor_name
// example: heading=Liver
MATCH (d:Descriptor) WHERE d.name = $heading OR d.ui = $heading
MATCH (d)-[:SIBLING]-(s:Descriptor)
RETURN s.ui AS ui, s.name AS sibling,
       COLLECT {
         MATCH (d)-[:BROADER]->(p:Descriptor)<-[:BROADER]-(s) RETURN p.name ORDER BY p.name
       } AS parents,
       count { (s)<-[:HAS_MESH]-() } AS papers, count { (s)<-[:HAS_MAJOR]-() } AS major
ORDER BY major DESC, papers DESC, ui LIMIT $limit
