// Place descriptors in the MeSH tree.
// params: rows list<map>
// returns: nothing
// uses index: descriptor_ui, tree_number
// allows: CartesianProduct - of one node by one node, each found by its key
UNWIND $rows AS row
MATCH (d:Descriptor {ui: row.start})
MATCH (t:TreeNumber {number: row.end})
MERGE (d)-[:AT]->(t)
