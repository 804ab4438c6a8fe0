// Why was this pair flagged? All that the graph says of two papers, a row per kind of evidence.
// `found` is how much of it ties the two, `of_first` and `of_second` what each of them has. Check
// tags are left out of headings. Of a paper without headings nothing is known: `found` is null then.
// A qualifier conflict is a heading that both have, with qualifiers of which they share none.
// params: first integer, second integer
// returns: evidence string, found integer, of_first string, of_second string, details list<string>
// uses index: article_pmid
// allows: CartesianProduct - of two papers, one row each
// example: first=407250, second=412786
MATCH (a:Article {pmid: $first}), (b:Article {pmid: $second})
WHERE a <> b
CALL (a, b) {
  MATCH (a)-[h:HAS_MESH]->(d:Descriptor)<-[g:HAS_MESH]-(b)
  WHERE NOT d.check_tag
  WITH d, h, g,
       size(h.qualifiers) > 0 AND size(g.qualifiers) > 0
         AND none(q IN h.qualifiers WHERE q IN g.qualifiers) AS conflict
  ORDER BY coalesce(d.ic, -1.0) DESC, d.name, d.ui
  RETURN collect(d.name) AS shared,
         collect(CASE WHEN h.major AND g.major THEN d.name END) AS shared_major,
         [pair IN collect(CASE WHEN conflict THEN [d.name, h.qualifiers, g.qualifiers] END) |
           pair[0] + ': ' + reduce(s = '', q IN pair[1] | s + CASE s WHEN '' THEN '' ELSE ', ' END + q)
           + ' / ' + reduce(s = '', q IN pair[2] | s + CASE s WHEN '' THEN '' ELSE ', ' END + q)
         ] AS conflicts
}
WITH *,
     count { MATCH (a)-[:HAS_MESH]->(d:Descriptor) WHERE NOT d.check_tag } AS a_headings,
     count { MATCH (b)-[:HAS_MESH]->(d:Descriptor) WHERE NOT d.check_tag } AS b_headings,
     EXISTS { (a)-[:HAS_MESH]->() } AND EXISTS { (b)-[:HAS_MESH]->() } AS indexed
WITH [
  {evidence: 'citation', found: count { (a)-[:CITES]-(b) },
   details: CASE WHEN EXISTS { (a)-[:CITES]->(b) } THEN ['the first cites the second'] ELSE [] END
     + CASE WHEN EXISTS { (a)<-[:CITES]-(b) } THEN ['the second cites the first'] ELSE [] END},
  {evidence: 'same work', found: count { (a)-[:SAME_WORK]-(b) },
   details: COLLECT { MATCH (a)-[r:SAME_WORK]-(b) RETURN DISTINCT r.kind AS kind ORDER BY kind }},
  {evidence: 'shared references', found: count { (a)-[:CITES]->()<-[:CITES]-(b) },
   a: count { (a)-[:CITES]->() }, b: count { (b)-[:CITES]->() }},
  {evidence: 'shared citers', found: count { (a)<-[:CITES]-()-[:CITES]->(b) },
   a: count { (a)<-[:CITES]-() }, b: count { (b)<-[:CITES]-() }},
  {evidence: 'chains first → x → second', found: count { (a)-[:CITES]->()-[:CITES]->(b) }},
  {evidence: 'chains second → x → first', found: count { (b)-[:CITES]->()-[:CITES]->(a) }},
  {evidence: 'shared headings', found: CASE WHEN indexed THEN size(shared) END,
   a: a_headings, b: b_headings, details: shared},
  {evidence: 'shared major headings', found: CASE WHEN indexed THEN size(shared_major) END,
   a: count { MATCH (a)-[:HAS_MAJOR]->(d:Descriptor) WHERE NOT d.check_tag },
   b: count { MATCH (b)-[:HAS_MAJOR]->(d:Descriptor) WHERE NOT d.check_tag },
   details: shared_major},
  {evidence: 'qualifier conflicts', found: CASE WHEN indexed THEN size(conflicts) END,
   details: conflicts},
  {evidence: 'year', a: a.year, b: b.year,
   details: [text IN [CASE
     WHEN a.year < b.year THEN 'the second is later'
     WHEN a.year > b.year THEN 'the first is later'
     WHEN a.year = b.year THEN 'the same year' END] WHERE text IS NOT NULL]},
  {evidence: 'retracted', a: CASE a.retracted WHEN true THEN 'yes' WHEN false THEN 'no' END,
   b: CASE b.retracted WHEN true THEN 'yes' WHEN false THEN 'no' END},
  {evidence: 'indexing method', a: a.indexing_method, b: b.indexing_method},
  {evidence: 'title and abstract', a: CASE WHEN a:Document THEN 'yes' ELSE 'no' END,
   b: CASE WHEN b:Document THEN 'yes' ELSE 'no' END}
] AS rows
UNWIND range(0, size(rows) - 1) AS place
WITH place, rows[place] AS row
RETURN row.evidence AS evidence, row.found AS found, toString(row.a) AS of_first,
       toString(row.b) AS of_second, coalesce(row.details, []) AS details
ORDER BY place
