// Write errata, updates, retractions, republications and comments of articles.
// params: rows list<map>
// returns: nothing
// uses index: article_pmid
UNWIND $rows AS row
MATCH (a:Article {pmid: row.pmid})
UNWIND row.of AS other
MERGE (b:Article {pmid: other.end}) ON CREATE SET b.h = other.h
CREATE (a)-[:SAME_WORK {kind: other.kind}]->(b)
