// Major headings without the HAS_MAJOR relationship that repeats them.
// params: none
// returns: pmid integer, ui string
// uses index: none
// allows: NodeByLabelScan - an invariant of all articles is checked
MATCH (a:Article)
MATCH (a)-[h:HAS_MESH]->(d)
WHERE h.major AND NOT EXISTS { MATCH (a)-[:HAS_MAJOR]->(d) }
RETURN a.pmid AS pmid, d.ui AS ui
