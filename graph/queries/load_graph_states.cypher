// Note the state of the graph; written last, so that it tells of a whole load.
// params: rows list<map>
// returns: nothing
// uses index: graph_state_id
UNWIND $rows AS row
MERGE (s:GraphState {id: row.id})
SET s.version = row.version, s.load_id = row.load_id, s.mesh_year = row.mesh_year,
    s.records = row.records, s.documents = row.documents,
    s.descriptors_used = row.descriptors_used,
    s.citations_between_records = row.citations_between_records
