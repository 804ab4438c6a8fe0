// Remove articles without a record that nothing mentions any more.
// params: none
// returns: nothing
// uses index: none
// allows: NodeByLabelScan - the label stands only on what the running change has touched
MATCH (a:Unsettled)
WHERE a:Article
CALL (a) {
  REMOVE a:Unsettled
  WITH a WHERE a.file IS NULL AND NOT EXISTS { (a)--() }
  DELETE a
} IN TRANSACTIONS OF 10000 ROWS
