// Tie each descriptor to the descriptors right above it.
// params: rows list<map>
// returns: nothing
// uses index: descriptor_ui
// allows: CartesianProduct - of one node by one node, each found by its key
UNWIND $rows AS row
MATCH (below:Descriptor {ui: row.start})
MATCH (above:Descriptor {ui: row.end})
MERGE (below)-[:BROADER]->(above)
