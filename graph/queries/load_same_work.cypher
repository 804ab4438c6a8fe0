// Write errata, updates, retractions, republications and comments.
// params: rows list<map>
// returns: nothing
// uses index: article_pmid
// allows: CartesianProduct - of one node by one node, each found by its key
UNWIND $rows AS row
MATCH (a:Article {pmid: row.start})
MATCH (b:Article {pmid: row.end})
MERGE (a)-[:SAME_WORK {kind: row.kind}]->(b)
