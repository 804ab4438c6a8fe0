// The supplementary concepts of a paper (substances, diseases, organisms beyond the headings), each with
// the headings that MeSH maps it to.
// params: pmid integer
// returns: ui string, name string, type string, mapped_to list<string>
// uses index: article_pmid
// example: pmid=408372
MATCH (a:Article {pmid: $pmid})-[r:HAS_SUPPLEMENTARY]->(s:Supplementary)
RETURN s.ui AS ui, s.name AS name, r.type AS type,
       COLLECT { MATCH (s)-[:MAPPED_TO]->(d:Descriptor) RETURN d.name ORDER BY d.name } AS mapped_to
ORDER BY name, ui
