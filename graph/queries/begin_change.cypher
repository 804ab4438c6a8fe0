// Mark the graph as changing, so that nobody takes it for whole: its version grows at once.
// params: target string, version integer
// returns: nothing
// uses index: graph_state_id
MERGE (s:GraphState {id: 'graph'})
SET s.target = $target, s.version = coalesce(s.version, 0) + 1
SET s.version = CASE WHEN s.version < $version THEN $version ELSE s.version END
