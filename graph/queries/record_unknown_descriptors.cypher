// Make room for descriptors that the loaded MeSH lacks; their names are settled at the end.
// params: rows list<map>
// returns: nothing
// uses index: descriptor_ui
UNWIND $rows AS row
MERGE (d:Descriptor {ui: row.ui})
ON CREATE SET d.name = row.name, d.check_tag = false, d.depth = 0
SET d:Unsettled
