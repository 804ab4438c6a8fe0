// One node that says which state the graph is in.
// params: none
// returns: nothing
// uses index: none
CREATE CONSTRAINT graph_state_id IF NOT EXISTS FOR (s:GraphState) REQUIRE s.id IS UNIQUE
