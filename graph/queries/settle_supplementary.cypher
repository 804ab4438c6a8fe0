// Name supplementary concepts that the loaded MeSH lacks after the records that use them; remove unused ones.
// params: none
// returns: nothing
// uses index: none
// allows: NodeByLabelScan - the label stands only on what the running change has touched
MATCH (s:Unsettled)
WHERE s:Supplementary
CALL (s) {
  REMOVE s:Unsettled
  SET s.name = COLLECT { MATCH (s)<-[h:HAS_SUPPLEMENTARY]-() RETURN min(h.name) }[0]
  WITH s WHERE NOT EXISTS { (s)<-[:HAS_SUPPLEMENTARY]-() }
  DELETE s
} IN TRANSACTIONS OF 1000 ROWS
