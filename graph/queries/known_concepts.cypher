// UIs of the concepts that the loaded MeSH names.
// params: none
// returns: descriptors list<string>, supplementary list<string>
// uses index: none
// allows: NodeByLabelScan - the whole of MeSH is meant
RETURN COLLECT { MATCH (d:Descriptor) WHERE d.mesh_year IS NOT NULL RETURN d.ui } AS descriptors,
       COLLECT { MATCH (s:Supplementary) WHERE s.mesh_year IS NOT NULL RETURN s.ui } AS supplementary
