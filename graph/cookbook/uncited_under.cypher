// Papers with a major heading that no paper of this graph cites, the newest first.
// params: heading string, limit integer = 20
// returns: pmid integer, title string, year integer, journal string
// uses index: descriptor_name
// example: heading=Malaria
MATCH (d:Descriptor) WHERE d.name = $heading OR d.ui = $heading
MATCH (d)<-[:HAS_MAJOR]-(a:Article)
WHERE NOT EXISTS { (a)<-[:CITES]-() }
RETURN a.pmid AS pmid, a.title AS title, a.year AS year, a.journal AS journal
ORDER BY coalesce(year, 0) DESC, pmid DESC LIMIT $limit
