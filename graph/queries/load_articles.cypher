// Write articles; those without a record carry only PMID and h.
// params: rows list<map>
// returns: nothing
// uses index: article_pmid
UNWIND $rows AS row
MERGE (a:Article {pmid: row.pmid})
SET a.title = row.title, a.year = row.year, a.h = row.h, a.journal = row.journal,
    a.status = row.status, a.version = row.version, a.indexing_method = row.indexing_method,
    a.publication_types = row.publication_types, a.retracted = row.retracted
FOREACH (_ IN CASE WHEN row.labels ENDS WITH 'Document' THEN [1] ELSE [] END | SET a:Document)
