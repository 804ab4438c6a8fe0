// By which ties two papers are the same work: erratum, update, retraction and others.
// params: first integer, second integer
// returns: kind string
// uses index: article_pmid
MATCH (:Article {pmid: $first})-[r:SAME_WORK]-(:Article {pmid: $second})
RETURN DISTINCT r.kind AS kind
ORDER BY kind
