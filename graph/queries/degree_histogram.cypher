// How often articles are cited: for each number of citations, how many articles have it.
// params: none
// returns: degree integer, articles integer
// uses index: none
// allows: NodeByLabelScan - a histogram of all articles is meant; it reads each article's degree only
MATCH (a:Article)
WITH count { (a)<-[:CITES]-() } AS degree
WHERE degree > 0
RETURN degree, count(*) AS articles ORDER BY degree
