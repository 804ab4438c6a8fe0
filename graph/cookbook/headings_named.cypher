// Headings whose name contains a text, capitals or not: for finding the name that other queries take.
// params: text string, limit integer = 20
// returns: ui string, heading string, tree_numbers list<string>, papers integer, major integer
// uses index: none
// allows: NodeByLabelScan - some 31,000 descriptors; no index finds a text inside a name whatever its capitals
// example: text=malaria
MATCH (d:Descriptor)
WHERE toLower(d.name) CONTAINS toLower($text)
WITH d, count { (d)<-[:HAS_MESH]-() } AS papers
ORDER BY papers DESC, d.ui LIMIT $limit
RETURN d.ui AS ui, d.name AS heading,
       COLLECT { MATCH (d)-[:AT]->(t:TreeNumber) RETURN t.number ORDER BY t.number } AS tree_numbers,
       papers, count { (d)<-[:HAS_MAJOR]-() } AS major
ORDER BY papers DESC, ui
