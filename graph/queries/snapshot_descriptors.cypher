// Every descriptor with its ties in MeSH, by UI.
// params: none
// returns: ui string, name string, check_tag boolean, depth integer, ic float, tree_numbers list<string>, broader list<string>, sibling list<string>
// uses index: none
// allows: NodeByLabelScan - the whole of MeSH is meant, some 31,000 descriptors
MATCH (d:Descriptor)
RETURN d.ui AS ui, d.name AS name, d.check_tag AS check_tag, d.depth AS depth, d.ic AS ic,
       COLLECT { MATCH (d)-[:AT]->(t:TreeNumber) RETURN t.number ORDER BY t.number } AS tree_numbers,
       COLLECT { MATCH (d)-[:BROADER]->(b) RETURN DISTINCT b.ui } AS broader,
       COLLECT { MATCH (d)-[:SIBLING]-(s) RETURN DISTINCT s.ui } AS sibling
ORDER BY ui
