// Write headings with their qualifiers.
// params: rows list<map>
// returns: nothing
// uses index: article_pmid, descriptor_ui
// allows: CartesianProduct - of one node by one node, each found by its key
UNWIND $rows AS row
MATCH (a:Article {pmid: row.start})
MATCH (d:Descriptor {ui: row.end})
MERGE (a)-[h:HAS_MESH]->(d)
SET h.major = row.major, h.qualifiers = row.qualifiers
