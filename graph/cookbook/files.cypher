// The files that were loaded, with what they hold and when their loading ended.
// params: none
// returns: name string, kind string, source string, records integer, headings integer, references integer, citations integer, finished string
// uses index: none
// allows: NodeByLabelScan - all loaded files are meant, at most some thousands
MATCH (f:LoadedFile)
RETURN f.name AS name, f.kind AS kind, f.source AS source, f.records AS records,
       f.headings AS headings, f.references AS references, f.citations AS citations,
       f.finished AS finished
ORDER BY name
