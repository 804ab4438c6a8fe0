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
ON CREATE SET c.sources = [$source]
ON MATCH SET c.sources = CASE WHEN $source IN c.sources THEN c.sources ELSE
  [s IN c.sources WHERE s < $source] + $source + [s IN c.sources WHERE s > $source] END
