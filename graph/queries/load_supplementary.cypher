// Write MeSH supplementary concepts.
// params: rows list<map>
// returns: nothing
// uses index: supplementary_ui
UNWIND $rows AS row
MERGE (s:Supplementary {ui: row.ui})
SET s.name = row.name, s.scr_class = row.scr_class, s.mesh_year = row.mesh_year
