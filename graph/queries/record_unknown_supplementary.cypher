// Make room for supplementary concepts that the loaded MeSH lacks; their names are settled at the end.
// params: rows list<map>
// returns: nothing
// uses index: supplementary_ui
UNWIND $rows AS row
MERGE (s:Supplementary {ui: row.ui})
ON CREATE SET s.name = row.name
SET s:Unsettled
