// Name descriptors that the loaded MeSH lacks after the headings that use them; remove unused ones.
// params: none
// returns: nothing
// uses index: none
// allows: NodeByLabelScan - the label stands only on what the running change has touched
MATCH (d:Unsettled)
WHERE d:Descriptor
CALL (d) {
  REMOVE d:Unsettled
  SET d.name = COLLECT { MATCH (d)<-[h:HAS_MESH]-() RETURN min(h.name) }[0]
  WITH d WHERE NOT EXISTS { (d)<-[:HAS_MESH]-() }
  DELETE d
} IN TRANSACTIONS OF 1000 ROWS
