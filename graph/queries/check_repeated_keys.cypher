// Nodes that share their key with another of their label, or have none.
// Articles are counted outside (check_articles): their keys are too many to group here.
// params: none
// returns: label string, key string, nodes integer
// uses index: none
// allows: NodeByLabelScan - all descriptors, tree numbers, concepts and files are meant
MATCH (n:Descriptor) WITH n.ui AS key, count(*) AS nodes WHERE nodes > 1 OR key IS NULL
RETURN 'Descriptor' AS label, key, nodes
UNION ALL
MATCH (n:TreeNumber) WITH n.number AS key, count(*) AS nodes WHERE nodes > 1 OR key IS NULL
RETURN 'TreeNumber' AS label, key, nodes
UNION ALL
MATCH (n:Supplementary) WITH n.ui AS key, count(*) AS nodes WHERE nodes > 1 OR key IS NULL
RETURN 'Supplementary' AS label, key, nodes
UNION ALL
MATCH (n:LoadedFile) WITH n.name AS key, count(*) AS nodes WHERE nodes > 1 OR key IS NULL
RETURN 'LoadedFile' AS label, key, nodes
UNION ALL
MATCH (n:GraphState) WITH n.id AS key, count(*) AS nodes WHERE nodes > 1 OR key IS NULL
RETURN 'GraphState' AS label, key, nodes
