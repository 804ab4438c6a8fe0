// How many nodes each label has; answered from the count store.
// params: none
// returns: name string, count integer
// uses index: none
MATCH (n:Article) WITH count(n) AS count RETURN 'Article' AS name, count
UNION ALL MATCH (n:Document) WITH count(n) AS count RETURN 'Document' AS name, count
UNION ALL MATCH (n:Descriptor) WITH count(n) AS count RETURN 'Descriptor' AS name, count
UNION ALL MATCH (n:TreeNumber) WITH count(n) AS count RETURN 'TreeNumber' AS name, count
UNION ALL MATCH (n:Supplementary) WITH count(n) AS count RETURN 'Supplementary' AS name, count
UNION ALL MATCH (n:LoadedFile) WITH count(n) AS count RETURN 'LoadedFile' AS name, count
