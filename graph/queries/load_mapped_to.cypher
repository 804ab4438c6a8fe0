// Tie supplementary concepts to the descriptors that stand for them.
// params: rows list<map>
// returns: nothing
// uses index: supplementary_ui, descriptor_ui
// allows: CartesianProduct - of one node by one node, each found by its key
UNWIND $rows AS row
MATCH (s:Supplementary {ui: row.start})
MATCH (d:Descriptor {ui: row.end})
MERGE (s)-[m:MAPPED_TO]->(d)
SET m.major = row.major
