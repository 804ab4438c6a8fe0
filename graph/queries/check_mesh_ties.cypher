// Every descriptor with what the graph says of its place: depth, information, BROADER and SIBLING.
// params: none
// returns: ui string, depth integer, ic float, broader list<string>, siblings list<string>
// uses index: none
// allows: NodeByLabelScan - the whole of MeSH is meant, some 31,000 descriptors
MATCH (d:Descriptor)
RETURN d.ui AS ui, d.depth AS depth, d.ic AS ic,
       COLLECT { MATCH (d)-[:BROADER]->(b) RETURN b.ui } AS broader,
       COLLECT { MATCH (d)-[:SIBLING]->(s) RETURN s.ui } AS siblings
