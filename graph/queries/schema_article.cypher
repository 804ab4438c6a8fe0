// One node per PMID, found by it.
// params: none
// returns: nothing
// uses index: none
CREATE CONSTRAINT article_pmid IF NOT EXISTS FOR (a:Article) REQUIRE a.pmid IS UNIQUE
