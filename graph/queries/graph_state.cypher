// The state of the graph: which load it shows, and counts that are known since then.
// `target` is set while a change is under way: the load that the graph will show at its end.
// params: none
// returns: version integer, load_id string, target string, mesh_year integer, records integer, documents integer, descriptors_used integer
// uses index: graph_state_id
MATCH (s:GraphState {id: 'graph'})
RETURN s.version AS version, s.load_id AS load_id, s.target AS target, s.mesh_year AS mesh_year,
       s.records AS records, s.documents AS documents, s.descriptors_used AS descriptors_used
