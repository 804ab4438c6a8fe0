// Names of descriptors.
// params: ids list<string>
// returns: ui string, name string
// uses index: descriptor_ui
UNWIND $ids AS id
MATCH (d:Descriptor {ui: id})
RETURN d.ui AS ui, d.name AS name
