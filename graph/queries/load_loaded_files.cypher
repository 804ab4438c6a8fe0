// Note files that are being loaded or have been (`finished` is the time, null until then).
// params: rows list<map>
// returns: nothing
// uses index: loaded_file_name
UNWIND $rows AS row
MERGE (f:LoadedFile {name: row.name})
SET f.kind = row.kind, f.source = row.source, f.sha256 = row.sha256, f.records = row.records,
    f.headings = row.headings, f.references = row.references, f.citations = row.citations,
    f.finished = row.finished
