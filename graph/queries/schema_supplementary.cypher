// One node per MeSH supplementary concept, found by its UI.
// params: none
// returns: nothing
// uses index: none
CREATE CONSTRAINT supplementary_ui IF NOT EXISTS FOR (s:Supplementary) REQUIRE s.ui IS UNIQUE
