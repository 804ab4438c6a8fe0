// Write the information content of every descriptor; null for those never used.
// params: ic map
// returns: nothing
// uses index: none
// allows: NodeByLabelScan - the whole of MeSH is meant, some 31,000 descriptors
MATCH (d:Descriptor)
SET d.ic = $ic[d.ui]
