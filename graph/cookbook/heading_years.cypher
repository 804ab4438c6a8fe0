// The year profile of a heading: papers of each year that have it, and those where it is major.
// Papers without a year stand last.
// params: heading string, limit integer = 200
// returns: year integer, papers integer, major integer
// uses index: descriptor_name
// example: heading=Liver
MATCH (d:Descriptor) WHERE d.name = $heading OR d.ui = $heading
MATCH (d)<-[h:HAS_MESH]-(a:Article)
RETURN a.year AS year, count(*) AS papers, sum(CASE WHEN h.major THEN 1 ELSE 0 END) AS major
ORDER BY year LIMIT $limit
