// Write citations.
// params: rows list<map>
// returns: nothing
// uses index: article_pmid
UNWIND $rows AS row
MATCH (a:Article {pmid: row.start})
MATCH (b:Article {pmid: row.end})
MERGE (a)-[c:CITES]->(b)
SET c.source = row.source
