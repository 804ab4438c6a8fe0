// Which of some papers cite which. Only references are followed, so a paper cited by thousands
// costs no more than another.
// params: ids list<integer>
// returns: pmid integer, cited list<integer>
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})
RETURN a.pmid AS pmid,
       COLLECT { MATCH (a)-[:CITES]->(b) WHERE b.pmid IN $ids RETURN b.pmid ORDER BY b.pmid } AS cited
ORDER BY pmid
