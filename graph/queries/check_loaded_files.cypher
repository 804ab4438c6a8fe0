// Files whose loading has not ended, or of which no hash is known.
// params: none
// returns: name string
// uses index: none
// allows: NodeByLabelScan - all loaded files are meant, a few thousand
MATCH (f:LoadedFile)
WHERE f.finished IS NULL OR f.sha256 IS NULL
RETURN f.name AS name
