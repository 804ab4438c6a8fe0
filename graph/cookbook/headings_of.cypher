// A paper's headings with their places in the MeSH tree and their information content, the most telling first.
// The information content is null in a graph that was loaded without it.
// params: pmid integer
// returns: ui string, heading string, major boolean, qualifiers list<string>, information_content float, tree_numbers list<string>
// uses index: article_pmid
// example: pmid=407250
MATCH (a:Article {pmid: $pmid})-[h:HAS_MESH]->(d:Descriptor)
RETURN d.ui AS ui, d.name AS heading, h.major AS major, h.qualifiers AS qualifiers,
       d.ic AS information_content,
       COLLECT { MATCH (d)-[:AT]->(t:TreeNumber) RETURN t.number ORDER BY t.number } AS tree_numbers
ORDER BY coalesce(information_content, -1.0) DESC, heading, ui
