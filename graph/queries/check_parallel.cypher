// Relationships of one type that stand more than once between the same two nodes.
// params: none
// returns: pmid integer, type string, other any, times integer
// uses index: none
// allows: NodeByLabelScan - an invariant of all articles is checked
MATCH (a:Article)
CALL (a) {
  MATCH (a)-[r:CITES|HAS_MESH|HAS_MAJOR]->(b)
  WITH type(r) AS type, b, count(*) AS times
  WHERE times > 1
  RETURN type, coalesce(b.pmid, b.ui) AS other, times
}
RETURN a.pmid AS pmid, type, other, times
