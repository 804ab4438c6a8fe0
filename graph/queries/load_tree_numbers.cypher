// Write MeSH tree numbers.
// params: rows list<map>
// returns: nothing
// uses index: tree_number
UNWIND $rows AS row
MERGE (t:TreeNumber {number: row.number})
SET t.depth = row.depth
