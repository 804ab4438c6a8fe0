// Articles without a record that have what only a record gives.
// params: none
// returns: pmid integer
// uses index: none
// allows: NodeByLabelScan - an invariant of all articles is checked
MATCH (a:Article)
WHERE a.file IS NULL
  AND (a:Document OR a.title IS NOT NULL OR a.status IS NOT NULL
       OR EXISTS { MATCH (a)-[:HAS_MESH|HAS_MAJOR|HAS_SUPPLEMENTARY]->() })
RETURN a.pmid AS pmid
