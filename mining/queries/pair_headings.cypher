// Topical headings that pairs share: how many, how many are major in both, and how many both
// qualify without a qualifier in common (as "adverse effects" and "therapeutic use").
// One list per article; `others` are the articles to compare it with.
// params: ids list<map>, check_tags list<string>
// returns: id integer, found list<list<any>>
// uses index: article_pmid
UNWIND $ids AS row
MATCH (a:Article {pmid: row.id})
CALL (a, row) {
  UNWIND row.others AS other
  MATCH (b:Article {pmid: other})
  CALL (a, b) {
    MATCH (a)-[one:HAS_MESH]->(d:Descriptor) WHERE NOT d.ui IN $check_tags
    MATCH (d)<-[two:HAS_MESH]-(b) // apart: of one article with itself both are the same
    RETURN count(*) AS shared,
           sum(CASE WHEN one.major AND two.major THEN 1 ELSE 0 END) AS major,
           sum(CASE WHEN size(one.qualifiers) > 0 AND size(two.qualifiers) > 0
                     AND none(q IN one.qualifiers WHERE q IN two.qualifiers)
               THEN 1 ELSE 0 END) AS conflicts
  }
  RETURN collect([other, shared, major, conflicts]) AS found
}
RETURN row.id AS id, found
