// Descriptors without a name: a heading that leads to one says nothing.
// params: none
// returns: ui string
// uses index: none
// allows: NodeByLabelScan - all descriptors are meant, some 31,000
MATCH (d:Descriptor)
WHERE d.name IS NULL OR d.name = ''
RETURN d.ui AS ui
