// Write the citations of articles from their records; a citation that others give too gets one more
// source. Created without a search, for older records' citations have been taken back before.
// params: rows list<map>
// returns: nothing
// uses index: article_pmid
UNWIND $rows AS row
MATCH (a:Article {pmid: row.pmid})
WITH a, row, COLLECT { MATCH (a)-[:CITES]->(other:Article) RETURN other.pmid } AS known
UNWIND row.of AS cited
MERGE (b:Article {pmid: cited.end}) ON CREATE SET b.h = cited.h
FOREACH (_ IN CASE WHEN cited.end IN known THEN [] ELSE [1] END |
  CREATE (a)-[c:CITES]->(b) SET c.sources = ['pubmed'])
WITH a, b, cited, known WHERE cited.end IN known
MATCH (a)-[c:CITES]->(b)
SET c.sources = [s IN c.sources WHERE s < 'pubmed'] + 'pubmed' + [s IN c.sources WHERE s > 'pubmed']
