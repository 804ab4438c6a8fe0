// Write the supplementary concepts of articles.
// params: rows list<map>
// returns: nothing
// uses index: article_pmid, supplementary_ui
UNWIND $rows AS row
MATCH (a:Article {pmid: row.pmid})
UNWIND row.of AS concept
MATCH (s:Supplementary {ui: concept.end})
CREATE (a)-[h:HAS_SUPPLEMENTARY]->(s)
SET h.type = concept.type, h.name = concept.name
