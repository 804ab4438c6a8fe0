// Note which files have been loaded.
// params: rows list<map>
// returns: nothing
// uses index: loaded_file_name
UNWIND $rows AS row
MERGE (f:LoadedFile {name: row.name})
SET f.sha256 = row.sha256, f.records = row.records, f.headings = row.headings,
    f.references = row.references, f.finished = row.finished
