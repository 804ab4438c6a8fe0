// The journals that publish most under a heading, with the years of those papers.
// params: heading string, limit integer = 20
// returns: journal string, papers integer, major integer, first_year integer, last_year integer
// uses index: descriptor_name
// example: heading=Liver
MATCH (d:Descriptor) WHERE d.name = $heading OR d.ui = $heading
MATCH (d)<-[h:HAS_MESH]-(a:Article)
WITH a.journal AS journal, count(*) AS papers, sum(CASE WHEN h.major THEN 1 ELSE 0 END) AS major,
     min(a.year) AS first_year, max(a.year) AS last_year
RETURN journal, papers, major, first_year, last_year
ORDER BY papers DESC, journal LIMIT $limit
