// Write major headings a second time, as a type of their own: mining then reads no property.
// params: rows list<map>
// returns: nothing
// uses index: article_pmid, descriptor_ui
// allows: CartesianProduct - of one node by one node, each found by its key
UNWIND $rows AS row
MATCH (a:Article {pmid: row.start})
MATCH (d:Descriptor {ui: row.end})
MERGE (a)-[:HAS_MAJOR]->(d)
