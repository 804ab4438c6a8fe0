// Write MeSH descriptors.
// params: rows list<map>
// returns: nothing
// uses index: descriptor_ui
UNWIND $rows AS row
MERGE (d:Descriptor {ui: row.ui})
SET d.name = row.name, d.class = row.class, d.check_tag = row.check_tag, d.depth = row.depth,
    d.ic = row.ic, d.mesh_year = row.mesh_year
