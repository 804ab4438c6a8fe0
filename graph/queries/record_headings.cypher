// Write the headings of articles; major ones a second time, as a type that mining reads without a property.
// params: rows list<map>
// returns: nothing
// uses index: article_pmid, descriptor_ui
UNWIND $rows AS row
MATCH (a:Article {pmid: row.pmid})
UNWIND row.of AS heading
MATCH (d:Descriptor {ui: heading.end})
CREATE (a)-[h:HAS_MESH]->(d)
SET h.major = heading.major, h.qualifiers = heading.qualifiers, h.name = heading.name
FOREACH (_ IN CASE WHEN heading.major THEN [1] ELSE [] END | CREATE (a)-[:HAS_MAJOR]->(d))
