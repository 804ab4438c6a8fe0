// MeSH similarity of pairs over topical headings and all that is above them: the sums that SimL,
// the information-content cosine and Lin's best-match average are made of.
// One list per article; `others` are the articles to compare it with. `best` sums, over the
// headings of one side, the similarity with the best heading of the other side: whatever lies
// above both may stand for their common ancestor, for the lowest one makes the most of it.
// What is above follows tree numbers: Eyebrows, in one of its places, is under no Sense Organs.
// params: ids list<map>, check_tags list<string>
// returns: id integer, found list<list<any>>
// uses index: article_pmid
UNWIND $ids AS row
MATCH (a:Article {pmid: row.id})
CALL (a) {
  MATCH (a)-[:HAS_MESH]->(h:Descriptor) WHERE NOT h.ui IN $check_tags
  RETURN collect({h: coalesce(h.ic, 0.0),
                  above: COLLECT {
                    MATCH (h)-[:AT]->(:TreeNumber)-[:PARENT*0..]->(:TreeNumber)<-[:AT]-(x:Descriptor)
                    RETURN x UNION RETURN h AS x }
         }) AS headings
}
CALL (headings) {
  UNWIND headings AS heading
  UNWIND heading.above AS x
  WITH x, min(heading.h) AS least
  RETURN collect(x) AS above, collect(least) AS least,
         sum(log(coalesce(x.depth, 0) + 1.0) ^ 2) AS depths, sum(coalesce(x.ic, 0.0) ^ 2) AS contents
}
CALL (row, headings, above, least, depths, contents) {
  UNWIND row.others AS other
  MATCH (b:Article {pmid: other})
  CALL (b) {
    MATCH (b)-[:HAS_MESH]->(h:Descriptor) WHERE NOT h.ui IN $check_tags
    RETURN collect({h: coalesce(h.ic, 0.0),
                    above: COLLECT {
                      MATCH (h)-[:AT]->(:TreeNumber)-[:PARENT*0..]->(:TreeNumber)<-[:AT]-(x:Descriptor)
                      RETURN x UNION RETURN h AS x }
           }) AS other_headings
  }
  CALL (other_headings) {
    UNWIND other_headings AS heading
    UNWIND heading.above AS x
    WITH x, min(heading.h) AS least
    RETURN collect(x) AS other_above, collect(least) AS other_least,
           sum(log(coalesce(x.depth, 0) + 1.0) ^ 2) AS other_depths,
           sum(coalesce(x.ic, 0.0) ^ 2) AS other_contents
  }
  WITH other, headings, other_headings, depths, contents, other_depths, other_contents,
       [i IN range(0, size(above) - 1) WHERE above[i] IN other_above | {x: above[i], least: least[i]}] AS common,
       [i IN range(0, size(other_above) - 1) WHERE other_above[i] IN above
         | {x: other_above[i], least: other_least[i]}] AS other_common
  RETURN collect([
    other, size(headings), size(other_headings), depths, other_depths, contents, other_contents,
    reduce(sum = 0.0, one IN common | sum + log(coalesce(one.x.depth, 0) + 1.0) ^ 2),
    reduce(sum = 0.0, one IN common | sum + coalesce(one.x.ic, 0.0) ^ 2),
    reduce(sum = 0.0, heading IN headings | sum + reduce(best = 0.0, one IN other_common |
      CASE WHEN one.x.ic > 0 AND one.x IN heading.above
                AND 2 * one.x.ic / (heading.h + one.least) > best
           THEN 2 * one.x.ic / (heading.h + one.least) ELSE best END)),
    reduce(sum = 0.0, heading IN other_headings | sum + reduce(best = 0.0, one IN common |
      CASE WHEN one.x.ic > 0 AND one.x IN heading.above
                AND 2 * one.x.ic / (heading.h + one.least) > best
           THEN 2 * one.x.ic / (heading.h + one.least) ELSE best END))
  ]) AS found
}
RETURN row.id AS id, found
