// The nearest place in the MeSH tree at or above a major heading of each of two papers, check tags
// left out: from each of the two headings the way up to it, both ends included. Of ways with equally
// few steps the one that meets deepest is taken, then by name.
// params: first integer, second integer
// returns: first_way list<map>, second_way list<map>
// uses index: article_pmid
// allows: CartesianProduct - of two papers, one row each
MATCH (a:Article {pmid: $first}), (b:Article {pmid: $second})
CALL (a) {
  MATCH (a)-[:HAS_MAJOR]->(d:Descriptor)-[:AT]->(t:TreeNumber)-[:PARENT*0..20]->(p:TreeNumber)
  WHERE NOT coalesce(d.check_tag, false)
  RETURN collect({name: d.name, from: t, place: p}) AS places
}
MATCH (b)-[:HAS_MAJOR]->(e:Descriptor)-[:AT]->(u:TreeNumber)-[:PARENT*0..20]->(p:TreeNumber)
WHERE NOT coalesce(e.check_tag, false)
UNWIND [way IN places WHERE way.place = p] AS way
WITH way.from AS t, u, p, way.name AS first_name, e.name AS second_name
ORDER BY t.depth + u.depth - 2 * p.depth, p.depth DESC, first_name, second_name, p.number
LIMIT 1
RETURN COLLECT {
         MATCH (t)-[:PARENT*0..20]->(x:TreeNumber)-[:PARENT*0..20]->(p)
         MATCH (x)<-[:AT]-(h:Descriptor)
         RETURN {ui: h.ui, name: h.name} ORDER BY x.depth DESC
       } AS first_way,
       COLLECT {
         MATCH (u)-[:PARENT*0..20]->(x:TreeNumber)-[:PARENT*0..20]->(p)
         MATCH (x)<-[:AT]-(h:Descriptor)
         RETURN {ui: h.ui, name: h.name} ORDER BY x.depth DESC
       } AS second_way
