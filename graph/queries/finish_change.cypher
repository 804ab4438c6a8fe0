// Mark the graph as whole again; written last.
// params: load_id string, mesh_year integer, records integer, documents integer, descriptors_used integer
// returns: nothing
// uses index: graph_state_id
MATCH (s:GraphState {id: 'graph'})
SET s.load_id = $load_id, s.target = null, s.mesh_year = $mesh_year, s.records = $records,
    s.documents = $documents, s.descriptors_used = $descriptors_used
