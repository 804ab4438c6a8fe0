// Which articles pass a filter. An empty list asks for nothing; within a list one match is enough.
// Years are ranges, both ends included; journals and publication types are in small letters.
// params: ids list<integer>, years list<list<integer>>, headings list<string>, journals list<string>, types list<string>
// returns: pmid integer
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})
WHERE (size($years) = 0 OR any(range IN $years WHERE range[0] <= a.year <= range[1]))
  AND (size($journals) = 0 OR toLower(a.journal) IN $journals)
  AND (size($types) = 0 OR any(type IN a.publication_types WHERE toLower(type) IN $types))
  AND (size($headings) = 0 OR EXISTS { MATCH (a)-[:HAS_MESH]->(d:Descriptor) WHERE d.ui IN $headings })
RETURN a.pmid AS pmid
