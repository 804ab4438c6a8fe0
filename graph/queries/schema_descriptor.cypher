// One node per MeSH descriptor, found by its UI.
// params: none
// returns: nothing
// uses index: none
CREATE CONSTRAINT descriptor_ui IF NOT EXISTS FOR (d:Descriptor) REQUIRE d.ui IS UNIQUE
