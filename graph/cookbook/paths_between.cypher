// The shortest citation paths between two papers, citations taken either way, at most 6 of them.
// Of more than 10,000 shortest paths, those that are found first are looked at.
// params: first integer, second integer, limit integer = 10
// returns: hops integer, pmids list<integer>, citing list<boolean>
// uses index: article_pmid
// allows: CartesianProduct - of two papers, one row each
// example: first=402220, second=424303
MATCH (a:Article {pmid: $first}), (b:Article {pmid: $second})
WHERE a <> b
MATCH p = allShortestPaths((a)-[:CITES*..6]-(b))
WITH p LIMIT 10000
WITH [n IN nodes(p) | n.pmid] AS pmids, p
RETURN length(p) AS hops, pmids,
       [i IN range(0, length(p) - 1) | startNode(relationships(p)[i]) = nodes(p)[i]] AS citing
ORDER BY pmids LIMIT $limit
