// Write citations of one source; a citation that others give too gets one more source.
// params: rows list<map>, source string
// returns: nothing
// uses index: article_pmid
UNWIND $rows AS row
MERGE (a:Article {pmid: row.pmid}) ON CREATE SET a.h = row.h
WITH a, row
UNWIND row.of AS cited
MERGE (b:Article {pmid: cited.end}) ON CREATE SET b.h = cited.h
MERGE (a)-[c:CITES]->(b)
SET c.sources = COLLECT {
  UNWIND coalesce(c.sources, []) + $source AS source RETURN DISTINCT source ORDER BY source }
