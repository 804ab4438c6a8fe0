// Headings beside a paper's major headings in the MeSH tree (same parent) that the paper does not have.
// Check tags are left out; `papers` counts papers with the sibling as a major heading.
// params: pmid integer, limit integer = 50
// returns: major_heading string, sibling string, parents list<string>, papers integer
// uses index: article_pmid
// example: pmid=407250
MATCH (a:Article {pmid: $pmid})
CALL (a) { MATCH (a)-[:HAS_MESH]->(own:Descriptor) RETURN collect(own) AS owned }
MATCH (a)-[:HAS_MAJOR]->(m:Descriptor)-[:SIBLING]-(s:Descriptor)
WHERE NOT m.check_tag AND NOT s IN owned
RETURN m.name AS major_heading, s.name AS sibling,
       COLLECT {
         MATCH (m)-[:BROADER]->(p:Descriptor)<-[:BROADER]-(s) RETURN p.name ORDER BY p.name
       } AS parents,
       count { (s)<-[:HAS_MAJOR]-() } AS papers
ORDER BY papers DESC, major_heading, sibling LIMIT $limit
