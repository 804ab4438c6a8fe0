// The headings of two papers side by side: those of both first, then the most telling; check tags
// left out. `first_major` and `second_major` are null where a paper lacks the heading. For a heading
// of one paper only, `nearest` is the other paper's heading fewest steps away in the MeSH tree, and
// `broader` the nearest heading at or above both.
// params: first integer, second integer
// returns: ui string, heading string, information_content float, first_major boolean, first_qualifiers list<string>, second_major boolean, second_qualifiers list<string>, nearest string, broader string, steps integer
// uses index: article_pmid
// allows: CartesianProduct - of two papers, one row each
// example: first=407250, second=412786
MATCH (a:Article {pmid: $first}), (b:Article {pmid: $second})
WHERE a <> b
// The places of each paper's headings, and all above them, with the steps up.
CALL (a) {
  MATCH (a)-[:HAS_MESH]->(d:Descriptor)-[:AT]->(t:TreeNumber)-[:PARENT*0..20]->(p:TreeNumber)
  WHERE NOT d.check_tag
  RETURN collect({of: d, place: p, steps: t.depth - p.depth}) AS first_places
}
CALL (b) {
  MATCH (b)-[:HAS_MESH]->(d:Descriptor)-[:AT]->(t:TreeNumber)-[:PARENT*0..20]->(p:TreeNumber)
  WHERE NOT d.check_tag
  RETURN collect({of: d, place: p, steps: t.depth - p.depth}) AS second_places
}
CALL (a, b) {
  MATCH (a)-[:HAS_MESH]->(d:Descriptor) WHERE NOT d.check_tag RETURN d
  UNION
  MATCH (b)-[:HAS_MESH]->(d:Descriptor) WHERE NOT d.check_tag RETURN d
}
OPTIONAL MATCH (a)-[h:HAS_MESH]->(d)
OPTIONAL MATCH (b)-[g:HAS_MESH]->(d)
CALL (d, h, g, first_places, second_places) {
  WITH d, CASE WHEN h IS NULL THEN first_places WHEN g IS NULL THEN second_places ELSE [] END AS others
  UNWIND others AS other
  WITH d, other, other.place AS p
  MATCH (d)-[:AT]->(t:TreeNumber)-[:PARENT*0..20]->(p)
  MATCH (p)<-[:AT]-(broader:Descriptor)
  WITH other, broader, p.depth AS depth, t.depth - p.depth + other.steps AS steps
  ORDER BY steps, depth DESC, other.of.name, broader.name LIMIT 1
  RETURN collect({nearest: other.of.name, broader: broader.name, steps: steps})[0] AS near
}
RETURN d.ui AS ui, d.name AS heading, d.ic AS information_content,
       h.major AS first_major, coalesce(h.qualifiers, []) AS first_qualifiers,
       g.major AS second_major, coalesce(g.qualifiers, []) AS second_qualifiers,
       near.nearest AS nearest, near.broader AS broader, near.steps AS steps
ORDER BY first_major IS NULL OR second_major IS NULL, coalesce(information_content, -1.0) DESC,
         heading, ui
