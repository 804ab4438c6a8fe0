// Counts that the graph's state tells and that are not those of its nodes.
// params: none
// returns: what string, told integer, counted integer
// uses index: graph_state_id
// allows: NodeByLabelScan, CartesianProduct - records are counted; the products are of single rows
MATCH (s:GraphState {id: 'graph'})
CALL { MATCH (a:Article) WHERE a.file IS NOT NULL RETURN count(a) AS records }
CALL { MATCH (d:Document) RETURN count(d) AS documents }
UNWIND [['records', s.records, records], ['documents', s.documents, documents]] AS line
WITH line
WHERE line[1] IS NULL OR line[1] <> line[2]
RETURN line[0] AS what, line[1] AS told, line[2] AS counted
