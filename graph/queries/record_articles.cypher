// Write articles from their records.
// params: rows list<map>
// returns: nothing
// uses index: article_pmid
UNWIND $rows AS row
MERGE (a:Article {pmid: row.pmid})
SET a.title = row.title, a.year = row.year, a.h = row.h, a.journal = row.journal,
    a.status = row.status, a.version = row.version, a.indexing_method = row.indexing_method,
    a.publication_types = row.publication_types, a.retracted = row.retracted, a.file = row.file
FOREACH (_ IN CASE WHEN row.document THEN [1] ELSE [] END | SET a:Document)
FOREACH (_ IN CASE WHEN row.document THEN [] ELSE [1] END | REMOVE a:Document)
