// How many citations lie between two articles that have a record.
// params: none
// returns: count integer
// uses index: none
// allows: NodeByLabelScan - all citations are meant; stats asks only in graphs of moderate size
MATCH (a:Article)
WHERE a.file IS NOT NULL
RETURN sum(count { (a)-[:CITES]->(b:Article) WHERE b.file IS NOT NULL }) AS count
