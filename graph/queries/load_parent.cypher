// Tie each tree number to the one above it.
// params: rows list<map>
// returns: nothing
// uses index: tree_number
// allows: CartesianProduct - of one node by one node, each found by its key
UNWIND $rows AS row
MATCH (below:TreeNumber {number: row.start})
MATCH (above:TreeNumber {number: row.end})
MERGE (below)-[:PARENT]->(above)
