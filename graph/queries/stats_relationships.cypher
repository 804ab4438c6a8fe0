// How many relationships each type has; answered from the count store.
// params: none
// returns: name string, count integer
// uses index: none
MATCH ()-[r:CITES]->() WITH count(r) AS count RETURN 'CITES' AS name, count
UNION ALL MATCH ()-[r:HAS_MESH]->() WITH count(r) AS count RETURN 'HAS_MESH' AS name, count
UNION ALL MATCH ()-[r:HAS_MAJOR]->() WITH count(r) AS count RETURN 'HAS_MAJOR' AS name, count
UNION ALL MATCH ()-[r:HAS_SUPPLEMENTARY]->() WITH count(r) AS count RETURN 'HAS_SUPPLEMENTARY' AS name, count
UNION ALL MATCH ()-[r:MAPPED_TO]->() WITH count(r) AS count RETURN 'MAPPED_TO' AS name, count
UNION ALL MATCH ()-[r:SAME_WORK]->() WITH count(r) AS count RETURN 'SAME_WORK' AS name, count
UNION ALL MATCH ()-[r:AT]->() WITH count(r) AS count RETURN 'AT' AS name, count
UNION ALL MATCH ()-[r:PARENT]->() WITH count(r) AS count RETURN 'PARENT' AS name, count
UNION ALL MATCH ()-[r:BROADER]->() WITH count(r) AS count RETURN 'BROADER' AS name, count
UNION ALL MATCH ()-[r:SIBLING]->() WITH count(r) AS count RETURN 'SIBLING' AS name, count
