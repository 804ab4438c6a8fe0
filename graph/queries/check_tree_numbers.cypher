// Tree numbers without exactly one descriptor, or not under exactly the number right above.
// params: none
// returns: number string, descriptors list<string>, parents list<string>
// uses index: none
// allows: NodeByLabelScan - the whole MeSH tree is meant, some 65,000 numbers
MATCH (t:TreeNumber)
WITH t, split(t.number, '.') AS parts,
     COLLECT { MATCH (t)<-[:AT]-(d) RETURN d.ui } AS descriptors,
     COLLECT { MATCH (t)-[:PARENT]->(p) RETURN p.number } AS parents
WITH t, descriptors, parents,
     CASE size(parts) WHEN 1 THEN []
       ELSE [left(t.number, size(t.number) - size(last(parts)) - 1)] END AS above
WHERE size(descriptors) <> 1 OR parents <> above
RETURN t.number AS number, descriptors, parents
