// Everything that the graph says: each node with its labels, its properties and what goes out of it.
// A node is named by its own key (PMID, UI, tree number, file name), never by Neo4j's internal id.
// params: none
// returns: key any, labels list<string>, properties map, out list<list<any>>
// uses index: none
// allows: UnionNodeByLabelsScan - all nodes with a label of ours are meant
MATCH (n:Article|Descriptor|TreeNumber|Supplementary|LoadedFile|GraphState|Unsettled)
RETURN coalesce(n.pmid, n.ui, n.number, n.name, n.id) AS key, labels(n) AS labels,
       properties(n) AS properties,
       COLLECT {
         MATCH (n)-[r]->(m)
         RETURN [type(r), coalesce(m.pmid, m.ui, m.number, m.name, m.id), properties(r)]
       } AS out
