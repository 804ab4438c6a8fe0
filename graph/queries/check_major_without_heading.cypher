// HAS_MAJOR relationships without the major heading that they repeat.
// params: none
// returns: pmid integer, ui string
// uses index: none
// allows: NodeByLabelScan - an invariant of all articles is checked
MATCH (a:Article)
MATCH (a)-[:HAS_MAJOR]->(d)
WHERE NOT EXISTS { MATCH (a)-[h:HAS_MESH]->(d) WHERE h.major }
RETURN a.pmid AS pmid, d.ui AS ui
