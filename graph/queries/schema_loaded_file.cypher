// One node per loaded file.
// params: none
// returns: nothing
// uses index: none
CREATE CONSTRAINT loaded_file_name IF NOT EXISTS FOR (f:LoadedFile) REQUIRE f.name IS UNIQUE
