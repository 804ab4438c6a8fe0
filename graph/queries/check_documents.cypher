// Documents that lack the title or the file that their record came from.
// params: none
// returns: pmid integer, lacks string
// uses index: none
// allows: NodeByLabelScan - an invariant of all documents is checked
MATCH (d:Document)
WITH d, CASE WHEN d.title IS NULL OR d.title = '' THEN 'title'
             WHEN d.file IS NULL THEN 'file'
             WHEN NOT d:Article THEN 'Article' END AS lacks
WHERE lacks IS NOT NULL
RETURN d.pmid AS pmid, lacks
