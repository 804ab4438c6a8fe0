// How many headings use each descriptor, and whether the loaded MeSH knows it.
// Degrees are read, not articles.
// params: none
// returns: ui string, headings integer, known boolean
// uses index: none
// allows: NodeByLabelScan - the whole of MeSH is meant, some 31,000 descriptors
MATCH (d:Descriptor)
WITH d, count { (d)<-[:HAS_MESH]-() } AS headings
WHERE headings > 0
RETURN d.ui AS ui, headings, d.mesh_year IS NOT NULL AS known
