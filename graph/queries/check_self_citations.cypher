// Articles that cite themselves.
// params: none
// returns: pmid integer
// uses index: none
// allows: NodeByLabelScan - an invariant of all articles is checked
MATCH (a:Article)
WHERE EXISTS { MATCH (a)-[:CITES]->(a) }
RETURN a.pmid AS pmid
