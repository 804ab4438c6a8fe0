// Retracted papers that papers of later years than the retraction still cite.
// The retraction's year is its notice's; where the graph does not know it, every citing paper of a
// later year than the retracted paper counts, and `notice_year` is null.
// params: limit integer = 20
// returns: pmid integer, title string, year integer, notice_year integer, cited_after integer, citing_pmids list<integer>
// uses index: none
// allows: DirectedRelationshipTypeScan - retractions are few beside papers: all ties of the same work are read, no other paper
CALL () {
  MATCH (a:Article)-[r:SAME_WORK]->(n:Article)
  WHERE r.kind IN ['RetractionIn', 'RetractedandRepublishedIn']
  RETURN a, n
  UNION
  MATCH (n:Article)-[r:SAME_WORK]->(a:Article)
  WHERE r.kind IN ['RetractionOf', 'RetractedandRepublishedFrom']
  RETURN a, n
}
WITH a, min(n.year) AS notice_year
MATCH (a)<-[:CITES]-(c:Article)
WHERE c.year > coalesce(notice_year, a.year)
WITH a, notice_year, c ORDER BY c.year DESC, c.pmid
WITH a, notice_year, count(c) AS cited_after, collect(c.pmid)[0..10] AS citing_pmids
RETURN a.pmid AS pmid, a.title AS title, a.year AS year, notice_year, cited_after, citing_pmids
ORDER BY cited_after DESC, pmid LIMIT $limit
