// Descriptors found by their name, for people who explore.
// params: none
// returns: nothing
// uses index: none
CREATE INDEX descriptor_name IF NOT EXISTS FOR (d:Descriptor) ON (d.name)
