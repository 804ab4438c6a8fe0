// The headings that two papers share, check tags left out: major in both first, then the most
// telling; how many there are, and whether both papers have any heading at all.
// params: first integer, second integer, limit integer
// returns: indexed boolean, found integer, headings list<map>
// uses index: article_pmid
// allows: CartesianProduct - of two papers, one row each
MATCH (a:Article {pmid: $first}), (b:Article {pmid: $second})
CALL (a, b) {
  MATCH (a)-[h:HAS_MESH]->(d:Descriptor)<-[g:HAS_MESH]-(b)
  WHERE NOT coalesce(d.check_tag, false)
  WITH d, h, g
  ORDER BY h.major AND g.major DESC, coalesce(d.ic, -1.0) DESC, coalesce(d.name, d.ui), d.ui
  RETURN collect({
    ui: d.ui, name: coalesce(d.name, d.ui), first_major: h.major, second_major: g.major
  }) AS ranked
}
RETURN EXISTS { (a)-[:HAS_MESH]->() } AND EXISTS { (b)-[:HAS_MESH]->() } AS indexed,
       size(ranked) AS found, ranked[..$limit] AS headings
