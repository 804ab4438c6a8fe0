// Every article's PMID and whether it is a document, without the help of an index.
// params: none
// returns: pmid integer, document boolean
// uses index: none
// allows: NodeByLabelScan - all articles are meant: an index could hide a PMID that is there twice
MATCH (a:Article)
RETURN a.pmid AS pmid, a:Document AS document
