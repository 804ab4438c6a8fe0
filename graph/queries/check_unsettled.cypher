// Nodes with the helper label of an update that has not ended.
// params: none
// returns: key any, labels list<string>
// uses index: none
// allows: NodeByLabelScan - all nodes with the label are meant: none in a finished graph
MATCH (n:Unsettled)
RETURN coalesce(n.pmid, n.ui, n.number, n.name, n.id) AS key, labels(n) AS labels
