// Every descriptor with its places in the MeSH tree.
// params: none
// returns: ui string, name string, class integer, mesh_year integer, tree_numbers list<string>
// uses index: none
// allows: NodeByLabelScan - the whole of MeSH is meant, some 31,000 descriptors
MATCH (d:Descriptor)
RETURN d.ui AS ui, d.name AS name, d.class AS class, d.mesh_year AS mesh_year,
       COLLECT { MATCH (d)-[:AT]->(t:TreeNumber) RETURN t.number ORDER BY t.number } AS tree_numbers
