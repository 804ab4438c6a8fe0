// Documents with each descriptor as a major heading, the first by pseudo-random key.
// params: ids list<string>, limit integer
// returns: ui string, pmids list<integer>
// uses index: descriptor_ui
UNWIND $ids AS id
MATCH (d:Descriptor {ui: id})
CALL (d) {
  MATCH (d)<-[:HAS_MAJOR]-(c:Document)
  WITH c ORDER BY c.h LIMIT $limit
  RETURN collect(c.pmid) AS pmids
}
RETURN d.ui AS ui, pmids
