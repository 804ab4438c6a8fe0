// What lies under a sibling heading of each start and shares none: the plain text, one row per pair.
// params: ids list<integer>, min_depth integer
// returns: id integer, pmid integer
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})-[:HAS_MAJOR]->(m:Descriptor)-[:SIBLING]-(:Descriptor)
      <-[:HAS_MAJOR]-(c:Document)
WHERE NOT m.check_tag AND m.depth >= $min_depth AND c <> a
  AND NOT EXISTS { MATCH (a)-[:HAS_MESH]->(d)<-[:HAS_MESH]-(c) WHERE NOT d.check_tag }
RETURN DISTINCT id, c.pmid AS pmid
