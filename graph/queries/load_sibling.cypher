// Tie sibling descriptors, once per pair.
// params: rows list<map>
// returns: nothing
// uses index: descriptor_ui
// allows: CartesianProduct - of one node by one node, each found by its key
UNWIND $rows AS row
MATCH (a:Descriptor {ui: row.start})
MATCH (b:Descriptor {ui: row.end})
MERGE (a)-[:SIBLING]->(b)
