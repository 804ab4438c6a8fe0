// Articles without a record that nothing cites or mentions, and that cite nothing.
// params: none
// returns: pmid integer
// uses index: none
// allows: NodeByLabelScan - an invariant of all articles is checked
MATCH (a:Article)
WHERE a.file IS NULL AND NOT EXISTS { MATCH (a)--() }
RETURN a.pmid AS pmid
