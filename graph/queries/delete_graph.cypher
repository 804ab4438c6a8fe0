// Remove everything that CiteMesh has written, in batches; other data of the database stays.
// params: none
// returns: nothing
// uses index: none
// allows: UnionNodeByLabelsScan - every node of our labels is meant
MATCH (n:Article|Descriptor|TreeNumber|Supplementary|LoadedFile|GraphState)
CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS
