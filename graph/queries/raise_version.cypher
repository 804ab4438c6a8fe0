// Raise the graph's version, so that nothing made from the graph before (a snapshot) passes as current.
// params: none
// returns: nothing
// uses index: graph_state_id
MATCH (s:GraphState {id: 'graph'})
SET s.version = s.version + 1
