// The state of the graph: which load it shows, and counts that are known since then.
// params: none
// returns: version integer, load_id string, mesh_year integer, records integer, documents integer, descriptors_used integer, citations_between_records integer
// uses index: graph_state_id
MATCH (s:GraphState {id: 'graph'})
RETURN s.version AS version, s.load_id AS load_id, s.mesh_year AS mesh_year,
       s.records AS records, s.documents AS documents,
       s.descriptors_used AS descriptors_used,
       s.citations_between_records AS citations_between_records
