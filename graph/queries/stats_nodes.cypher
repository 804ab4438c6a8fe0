// How many nodes each label has; answered from the count store.
// params: none
// returns: name string, count integer
// uses index: none
MATCH (n:Article) RETURN 'Article' AS name, count(n) AS count
UNION ALL MATCH (n:Document) RETURN 'Document' AS name, count(n) AS count
UNION ALL MATCH (n:Descriptor) RETURN 'Descriptor' AS name, count(n) AS count
UNION ALL MATCH (n:TreeNumber) RETURN 'TreeNumber' AS name, count(n) AS count
UNION ALL MATCH (n:LoadedFile) RETURN 'LoadedFile' AS name, count(n) AS count
