// One node per MeSH tree number.
// params: none
// returns: nothing
// uses index: none
CREATE CONSTRAINT tree_number IF NOT EXISTS FOR (t:TreeNumber) REQUIRE t.number IS UNIQUE
