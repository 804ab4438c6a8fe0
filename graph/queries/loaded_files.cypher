// The files that the graph was made from, and those whose loading has begun.
// params: none
// returns: name string, kind string, source string, sha256 string, finished string
// uses index: none
// allows: NodeByLabelScan - all loaded files are meant, at most some thousands
MATCH (f:LoadedFile)
RETURN f.name AS name, f.kind AS kind, f.source AS source, f.sha256 AS sha256,
       f.finished AS finished ORDER BY name
