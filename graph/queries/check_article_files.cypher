// Files that articles name as their source and that are not among the loaded ones.
// params: none
// returns: file string, articles integer
// uses index: loaded_file_name
// allows: NodeByLabelScan - an invariant of all articles is checked
MATCH (a:Article)
WHERE a.file IS NOT NULL
WITH a.file AS file, count(*) AS articles
WHERE NOT EXISTS { MATCH (:LoadedFile {name: file}) }
RETURN file, articles
